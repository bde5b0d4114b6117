using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Domain.Policies;

/// <summary>
/// A citation of a chapter, read from the many ways in which people write one: <c>SPD Manual Chapter  10.060</c>, <c>16091</c> after
/// "SPD Manual", <c>14.18.10</c> for 14.18.010, <c>SMC 14.18.020.F</c>, <c>RCW 42.56.240(14)</c>. The original is kept.
/// </summary>
/// <param name="Code"><c>SPD Manual</c>, <c>SMC</c> or <c>RCW</c>; null where the text names none.</param>
/// <param name="Chapter">The chapter: <c>10.060</c> of the manual, <c>14.18</c> of a code.</param>
/// <param name="Section">The section with three digits, <c>020</c>; null when the whole chapter is cited. The manual has none.</param>
/// <param name="Subsection">What follows the section, without dots and brackets: <c>F</c>, <c>14</c>; null for nothing.</param>
/// <param name="Original">The words as they were written.</param>
public sealed partial record Citation(string? Code, string Chapter, string? Section, string? Subsection, string Original)
{
    /// <summary>The code of the police department's manual, whose chapters have no sections.</summary>
    public const string Manual = "SPD Manual";

    /// <summary>Every citation in a text, in order.</summary>
    public static IEnumerable<Citation> FindIn(string text) => Cited().Matches(text).Select(Read);

    /// <summary>Whether another citation means the same chapter and section; an unnamed code may be any code.</summary>
    public bool MeansTheSameAs(Citation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Code is null || other.Code is null || Code == other.Code) && Chapter == other.Chapter && Section == other.Section;
    }

    /// <summary>The citation in its one form: <c>SMC 14.18.020.F</c>.</summary>
    public override string ToString() =>
        (Code is null ? "" : Code + " ") + Chapter + (Section is null ? "" : "." + Section)
        + (Subsection is null ? "" : char.IsAsciiDigit(Subsection[0]) ? $"({Subsection})" : "." + Subsection);

    private static Citation Read(Match match)
    {
        var code = match.Groups["code"].Value switch
        {
            "" => null,
            "SMC" => "SMC",
            "RCW" => "RCW",
            _ => Manual,
        };
        var subsection = match.Groups["subsection"].Value is { Length: > 0 } written ? written.Trim('.', '(', ')') : null;
        var number = match.Groups["number"].Value;
        if (code == Manual)
            return new Citation(code, number.Contains('.', StringComparison.Ordinal) ? number : number[..^3] + "." + number[^3..], null, subsection, match.Value);
        var parts = number.Split('.');
        return new Citation(code, parts[0] + "." + parts[1], parts.Length > 2 ? parts[2].PadLeft(3, '0') : null, subsection, match.Value);
    }

    // With its code, any form; without one only the three-part form, which nothing else in these texts has.
    [GeneratedRegex(
        """
        (?<![\w.\-])(?:
          (?<code>SPD)\)?\s+Manual\s+(?:Chapter\s+)?(?<number>\d{1,2}\.\d{3}|\d{5})
        | (?:(?<code>SMC|RCW)\)?\s+(?:Chapter\s+)?)(?<number>\d{1,2}\.\d{2,3}(?:\.\d{1,3})?)
        | (?<number>\d{1,2}\.\d{2,3}\.\d{2,3})
        )(?<subsection>\.[A-Z]\b|\(\d+\))?(?![\w])
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Cited();
}
