using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>
/// Reads dates as people write them: <c>November 29, 2026</c>, <c>29 Nov 2026</c>, <c>November 2026</c>, <c>2026</c>, <c>2026-11-29</c>. A
/// date that can mean two days is refused.
/// </summary>
public static partial class LawDateReader
{
    /// <summary>What a form or a file may have, for error messages.</summary>
    public const string Expected = "a date such as November 29, 2026, or only what the source states: November 2026 or 2026";

    private const string NoDate = "is not a date of the calendar";

    private const int MonthsOfYear = 12;

    private static readonly string[] Months = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..MonthsOfYear];

    /// <summary>Reads a date; null when the text is none.</summary>
    /// <param name="problem">What is wrong and what to write instead, as a sentence; null when a date was read.</param>
    public static LawDate? Read(string text, out string? problem)
    {
        var date = Read(text, out string? why, out var instead);
        problem = why is null ? null : $"“{text.Trim()}” {why}{(instead is null ? "" : $": write {instead}")}.";
        return date;
    }

    /// <summary>Why a text is no certain date, for the end of a sentence: <c>can mean February 1, 2018 or January 2, 2018</c>; null when it
    /// is one, or nothing like one.</summary>
    public static string? FindReason(string text) => Read(text, out string? why, out _) is null && why != NoDate ? why : null;

    private static LawDate? Read(string text, out string? why, out string? instead)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = Blanks().Replace(InPlainDigits(text).Trim(), " ");
        (why, instead) = (null, null);
        if (TryIso(trimmed, out var date) || TryWords(trimmed, out date))
            return date;
        if (Numbers().Match(trimmed) is { Success: true } numbers)
            return FromNumbers(numbers, out why, out instead);
        why = NoSuchDay(trimmed);
        if (why is null)
            (why, instead) = TwoDigitYear().IsMatch(trimmed)
                ? ("has a year of two digits", "all four, for example November 29, 2026")
                : (NoDate, Expected);
        return null;
    }

    /// <summary>Keyboards of some languages have full-width digits: they mean the same.</summary>
    private static string InPlainDigits(string text) => text.Any(char.IsSurrogate) ? text : text.Normalize(NormalizationForm.FormKC);

    /// <summary>Why a year, a month and a day are no date; null when the text is none of these.</summary>
    private static string? NoSuchDay(string text)
    {
        if (Iso().IsMatch(text))
        {
            int[] parts = [.. text.Split('-').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
            return parts is [_, < 1 or > MonthsOfYear, ..]
                ? "is no date: the months are 1 to 12"
                : NoSuchDay(parts[0], parts.ElementAtOrDefault(1));
        }

        return
            Words().Match(text) is { Success: true } match
            && MonthOf(match.Groups["month"].Value) is { } month
            && match.Groups["before"].Success != match.Groups["after"].Success
            ? NoSuchDay(Number(match.Groups["year"]), month)
            : null;
    }

    private static string? NoSuchDay(int year, int month) =>
        month is < 1 or > MonthsOfYear
        || !LawDate.TryParse(Join(year.ToString("0000", CultureInfo.InvariantCulture), month, ""), out var date)
            ? null
            : $"is no day: {date.Earliest.ToString("MMMM yyyy", CultureInfo.InvariantCulture)} has {date.Latest.Day} days";

    private static bool TryIso(string text, out LawDate date)
    {
        date = default;
        if (!Iso().IsMatch(text))
            return false;
        var padded = string.Join('-', text.Split('-').Select(part => part.PadLeft(2, '0')));
        return LawDate.TryParse(padded, out date);
    }

    private static bool TryWords(string text, out LawDate date)
    {
        date = default;
        var match = Words().Match(text);
        if (!match.Success || MonthOf(match.Groups["month"].Value) is not { } month)
            return false;
        var day = match.Groups["before"].Success ? match.Groups["before"].Value : match.Groups["after"].Value;
        if (match.Groups["before"].Success && match.Groups["after"].Success)
            return false;
        return LawDate.TryParse(Join(match.Groups["year"].Value, month, day), out date);
    }

    /// <summary>Two numbers and a year: unless one of them cannot be a month, they can mean two days.</summary>
    private static LawDate? FromNumbers(Match numbers, out string? why, out string? instead)
    {
        var (first, second) = (Number(numbers.Groups["first"]), Number(numbers.Groups["second"]));
        var year = numbers.Groups["year"].Value;
        var readings = new[] { Join(year, first, Text(second)), Join(year, second, Text(first)) }
            .Where(reading => LawDate.TryParse(reading, out _))
            .Select(LawDate.Parse)
            .Distinct()
            .ToArray();
        (why, instead) = readings.Length switch
        {
            1 => (null, null),
            0 => (NoDate, Expected),
            _ => ($"can mean {InWords(readings[0])} or {InWords(readings[1])}", "the month as a word"),
        };
        return readings.Length == 1 ? readings[0] : null;
    }

    private static int? MonthOf(string word)
    {
        var name = word.TrimEnd('.');
        const int MinLetters = 3;
        var index =
            name.Length < MinLetters
                ? -1
                : Array.FindIndex(
                    Months,
                    month => month.StartsWith(name, StringComparison.OrdinalIgnoreCase) || month == "September" && IsSept(name)
                );
        return index < 0 ? null : index + 1;
    }

    private static bool IsSept(string name) => name.Equals("Sept", StringComparison.OrdinalIgnoreCase);

    private static string InWords(LawDate date) => date.Earliest.ToString("MMMM d, yyyy", CultureInfo.InvariantCulture);

    private static string Join(string year, int month, string day) =>
        string.Create(CultureInfo.InvariantCulture, $"{year}-{month:00}") + (day.Length == 0 ? "" : "-" + day.PadLeft(2, '0'));

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^[0-9]{4}(-[0-9]{1,2}){0,2}$")]
    private static partial Regex Iso();

    [GeneratedRegex(
        @"^((?<before>[0-9]{1,2})(st|nd|rd|th)?\.? (of )?)?(?<month>[A-Za-z]+\.?)"
            + @"( (?<after>[0-9]{1,2})(st|nd|rd|th)?)?,? (?<year>[0-9]{4})$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Words();

    [GeneratedRegex(@"^(?<first>[0-9]{1,2})[/.](?<second>[0-9]{1,2})[/.](?<year>[0-9]{4})$")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"^(?!.*[0-9]{4}).*?(^|[/. -])'?[0-9]{2}$")]
    private static partial Regex TwoDigitYear();
}
