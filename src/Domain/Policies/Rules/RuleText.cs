using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>
/// Values of a row as people write them in a form or a spreadsheet, one to a line: <c>limit 21 days | patrol reads | with exceptions</c>,
/// <c>limit end-of-shift | parking reads</c>, <c>sign-before-activation 30 days</c>. A bar or a backslash in a text has a backslash before
/// it,
/// and so has a blank at either end of one. What is written is read back as the same.
/// </summary>
public static class RuleText
{
    private const string Days = "days",
        Day = "day";

    /// <summary>What a retention looks like.</summary>
    public const string RetentionExpected =
        "'minimum', 'limit' or 'practice', then a number of days or 'end-of-shift' or 'end-of-sentence', then perhaps '| class of data | note', e.g. limit 21 days | patrol reads";

    /// <summary>What a notice duty looks like.</summary>
    public const string NoticeExpected =
        "'posted-sign', 'sign-before-activation', 'spoken' or 'public-page', then perhaps a number of days, e.g. sign-before-activation 30 days";

    public static string Write(Retention retention)
    {
        ArgumentNullException.ThrowIfNull(retention);
        var amount =
            retention.Days is { } days ? string.Create(CultureInfo.InvariantCulture, $"{days} {Days}")
            : retention.Event is { } until ? Json.Word(until)
            : "";
        var (data, note) = (
            retention.DataClass is null ? "" : Escape(retention.DataClass),
            retention.Note is null ? "" : Escape(retention.Note)
        );
        return $"{Json.Word(retention.Bound)} {amount}"
            + (data.Length + note.Length == 0 ? "" : " | " + data)
            + (note.Length == 0 ? "" : " | " + note);
    }

    public static string Write(RequiredNotice duty)
    {
        ArgumentNullException.ThrowIfNull(duty);
        return Json.Word(duty.Duty) + (duty.Days is { } days ? string.Create(CultureInfo.InvariantCulture, $" {days} {Days}") : "");
    }

    /// <summary>Reads a retention; false when the line is none.</summary>
    public static bool TryRead(string line, out Retention retention)
    {
        retention = null!;
        if (!TrySplit(line, out var fields) || fields.Length > 3)
            return false;
        var words = fields[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is < 2 or > 3 || !Json.TryWord<RetentionBound>(words[0], out var bound))
            return false;
        var (data, note) = (Field(fields, 1), Field(fields, 2));
        if (words.Length == 2 && Json.TryWord<RetentionEvent>(words[1], out var until))
            retention = new Retention(bound, null, until, data, note);
        else if (words.Length == 3 && TryDays(words[1], words[2], out var days))
            retention = new Retention(bound, days, null, data, note);
        return retention is not null;
    }

    /// <summary>Reads a notice duty; false when the line is none.</summary>
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

    /// <summary>The lines of a text that say something, without blanks around them.</summary>
    public static ImmutableArray<string> For(string? text) =>
        text is null ? [] : [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static bool TryDays(string number, string unit, out int days) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out days) && (unit == Days || unit == Day);

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

    /// <summary>The fields between bars, without the blanks around them; false when a backslash stands before nothing.</summary>
    private static bool TrySplit(string line, out ImmutableArray<string> fields)
    {
        var (all, field, kept, isEscaped) = (ImmutableArray.CreateBuilder<string>(), new StringBuilder(), 0, false);
        foreach (var c in line)
        {
            if (isEscaped)
                kept = field.Append(c).Length;
            else if (c == '|')
                (all, field, kept) = (Added(all, field, kept), new StringBuilder(), 0);
            else if (c != '\\' && (field.Length > 0 || !char.IsWhiteSpace(c)))
                field.Append(c);
            isEscaped = !isEscaped && c == '\\';
        }

        fields = Added(all, field, kept).ToImmutable();
        return !isEscaped;
    }

    /// <param name="kept">So many characters are not to be trimmed: the last of them had a backslash before it.</param>
    private static ImmutableArray<string>.Builder Added(ImmutableArray<string>.Builder all, StringBuilder field, int kept)
    {
        while (field.Length > kept && char.IsWhiteSpace(field[^1]))
            field.Length--;
        all.Add(field.ToString());
        return all;
    }
}
