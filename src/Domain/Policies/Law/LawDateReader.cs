using System.Globalization;
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

    private static readonly string[] Months = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];

    /// <summary>Reads a date; null when the text is none.</summary>
    /// <param name="problem">What is wrong and what to write instead, as a sentence; null when a date was read.</param>
    public static LawDate? Read(string text, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = Blanks().Replace(text.Trim(), " ");
        problem = null;
        if (TryIso(trimmed, out var date) || TryWords(trimmed, out date))
            return date;
        if (Numbers().Match(trimmed) is { Success: true } numbers)
            return FromNumbers(trimmed, numbers, out problem);
        problem = TwoDigitYear().IsMatch(trimmed)
            ? $"“{trimmed}” has a year of two digits: write all four, for example November 29, 2026."
            : $"“{trimmed}” is not a date of the calendar: write {Expected}.";
        return null;
    }

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
    private static LawDate? FromNumbers(string text, Match numbers, out string? problem)
    {
        var (first, second) = (Number(numbers.Groups["first"]), Number(numbers.Groups["second"]));
        var year = numbers.Groups["year"].Value;
        var readings = new[] { Join(year, first, Text(second)), Join(year, second, Text(first)) }
            .Where(reading => LawDate.TryParse(reading, out _))
            .Select(LawDate.Parse)
            .Distinct()
            .ToArray();
        problem = readings.Length switch
        {
            1 => null,
            0 => $"“{text}” is not a date of the calendar: write {Expected}.",
            _ => $"“{text}” can mean {InWords(readings[0])} or {InWords(readings[1])}: write the month as a word.",
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

    [GeneratedRegex(@"(^|[/. -])'?[0-9]{2}$")]
    private static partial Regex TwoDigitYear();
}
