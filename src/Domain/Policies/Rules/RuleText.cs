using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>
/// The values of a row as people write them in a form or a spreadsheet, one a line: <c>limit 21 days | patrol reads | with exceptions</c>,
/// <c>limit end-of-shift | parking reads</c>, <c>sign-before-activation 30 days</c>. A backslash escapes a bar or a backslash in
/// a text, and a blank at either end of it. A value that was written is read back as the same value.
/// </summary>
public static class RuleText
{
    private const string Days = "days";
    private const string Months = "months";
    private const string Years = "years";

    /// <summary>The expected form of a retention, for error messages.</summary>
    public const string RetentionExpected =
        "'minimum', 'limit' or 'practice', then a number of days, months or years, or 'end-of-shift' or 'end-of-sentence', "
        + "then perhaps '| class of data | note', e.g. limit 21 days | patrol reads";

    /// <summary>The expected form of a notice duty, for error messages.</summary>
    public const string NoticeExpected =
        "'posted-sign', 'sign-before-activation', 'spoken' or 'public-page', "
        + "then perhaps a number of days, e.g. sign-before-activation 30 days";

    public static string Write(Retention retention)
    {
        ArgumentNullException.ThrowIfNull(retention);
        var amount = retention switch
        {
            { Days: { } days } => string.Create(CultureInfo.InvariantCulture, $"{days} {Days}"),
            { Months: { } months } => string.Create(CultureInfo.InvariantCulture, $"{months} {Months}"),
            { Years: { } years } => string.Create(CultureInfo.InvariantCulture, $"{years} {Years}"),
            { Event: { } until } => Json.Word(until),
            _ => "",
        };
        var dataClass = retention.DataClass is null ? "" : Escape(retention.DataClass);
        var note = retention.Note is null ? "" : Escape(retention.Note);
        return $"{Json.Word(retention.Bound)} {amount}"
            + (dataClass.Length + note.Length == 0 ? "" : " | " + dataClass)
            + (note.Length == 0 ? "" : " | " + note);
    }

    public static string Write(RequiredNotice duty)
    {
        ArgumentNullException.ThrowIfNull(duty);
        return Json.Word(duty.Duty) + (duty.Days is { } days ? string.Create(CultureInfo.InvariantCulture, $" {days} {Days}") : "");
    }

    /// <summary>Reads a retention; false when the line does not have its form.</summary>
    public static bool TryRead(string line, out Retention retention)
    {
        retention = null!;
        if (!TrySplit(line, out var fields) || fields.Length > 3)
            return false;
        var words = fields[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is < 2 or > 3 || !Json.TryWord<RetentionBound>(words[0], out var bound))
            return false;
        var dataClass = Field(fields, 1);
        var note = Field(fields, 2);
        if (words.Length == 2 && Json.TryWord<RetentionEvent>(words[1], out var until))
            retention = new Retention(bound, null, until, dataClass, note);
        else if (words.Length == 3 && TryDays(words[1], words[2], out var days))
            retention = new Retention(bound, days, null, dataClass, note);
        else if (words.Length == 3 && TryAmount(words[1], words[2], Months, out var months))
            retention = new Retention(bound, null, null, dataClass, note) { Months = months };
        else if (words.Length == 3 && TryAmount(words[1], words[2], Years, out var years))
            retention = new Retention(bound, null, null, dataClass, note) { Years = years };
        return retention is not null;
    }

    /// <summary>Reads a notice duty; false when the line does not have its form.</summary>
    public static bool TryRead(string line, out RequiredNotice duty)
    {
        ArgumentNullException.ThrowIfNull(line);
        duty = null!;
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is not (1 or 3) || !Json.TryWord<NoticeDuty>(words[0], out var kind))
            return false;
        if (words.Length == 1)
            duty = new RequiredNotice(kind);
        else if (TryDays(words[1], words[2], out var days))
            duty = new RequiredNotice(kind, days);
        return duty is not null;
    }

    /// <summary>The lines of a text that are not blank, without blanks around them.</summary>
    public static ImmutableArray<string> SplitLines(string? text) =>
        text is null ? [] : [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static bool TryDays(string number, string unit, out int days) => TryAmount(number, unit, Days, out days);

    /// <summary>Reads a number and a unit, in the plural or in the singular.</summary>
    private static bool TryAmount(string number, string unit, string units, out int amount) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out amount) && (unit == units || unit == units[..^1]);

    private static string? Field(ImmutableArray<string> fields, int index) =>
        fields.Length > index && fields[index].Length > 0 ? fields[index] : null;

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 2);
        foreach (var (at, c) in text.Index())
        {
            if (c is '\\' or '|' || char.IsWhiteSpace(c) && (at == 0 || at == text.Length - 1))
                escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>The fields between bars, without the blanks around them; false when the line ends in a backslash.</summary>
    private static bool TrySplit(string line, out ImmutableArray<string> fields)
    {
        var all = ImmutableArray.CreateBuilder<string>();
        var field = new StringBuilder();
        // The end of the last escaped character: a blank up to here belongs to the text.
        var escapedLength = 0;
        var isEscaped = false;
        foreach (var c in line)
        {
            if (isEscaped)
            {
                escapedLength = field.Append(c).Length;
            }
            else if (c == '|')
            {
                all.Add(TrimEnd(field, escapedLength));
                field.Clear();
                escapedLength = 0;
            }
            else if (c != '\\' && (field.Length > 0 || !char.IsWhiteSpace(c)))
            {
                field.Append(c);
            }

            isEscaped = !isEscaped && c == '\\';
        }

        all.Add(TrimEnd(field, escapedLength));
        fields = all.ToImmutable();
        return !isEscaped;
    }

    private static string TrimEnd(StringBuilder field, int minLength)
    {
        while (field.Length > minLength && char.IsWhiteSpace(field[^1]))
            field.Length--;
        return field.ToString();
    }
}
