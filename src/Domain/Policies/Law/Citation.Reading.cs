using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>How a citation is found and read in a text.</summary>
public sealed partial record Citation
{
    /// <summary>The longest text that is read as one citation.</summary>
    private const int MaxCharacters = 200;

    /// <summary>Every citation in a text, in order.</summary>
    public static IEnumerable<Citation> FindIn(string text) => FindIn(text, null);

    /// <summary>
    /// Every citation in a text, in order, and every chapter of the manual that stands there without its name: <c>16.091</c>, <c>16091</c>.
    /// </summary>
    /// <param name="chapters">The chapters that exist; null when nobody knows: then a chapter of the manual must be named as one.</param>
    public static IEnumerable<Citation> FindIn(string text, KnownChapters? chapters)
    {
        ArgumentNullException.ThrowIfNull(text);
        var named = Cited().Matches(text).Select(match => (match.Index, End: match.Index + match.Length, Citation: Read(match, chapters)));
        var unnamed = chapters is null
            ? []
            : Unnamed()
                .Matches(text)
                .Where(match => match.Length > ShortestUnnamed)
                .Select(match => (match.Index, End: match.Index + match.Length, Citation: OfManual(match, chapters, isNamed: false)));
        var read = 0;
        foreach (
            var (index, end, citation) in named.Concat(unnamed).Where(found => found.Citation is not null).OrderBy(found => found.Index)
        )
        {
            // A number inside a citation is none of its own.
            if (index < read)
                continue;
            read = end;
            yield return citation!;
        }
    }

    /// <summary>Reads a text that is one citation and nothing besides; blanks around it do not count.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Citation? citation) =>
        TryParse(text, null, out citation);

    /// <summary>
    /// Reads a text that is one citation, or a known chapter of the manual without its name: <c>16.091</c>, <c>16091</c>.
    /// </summary>
    /// <param name="chapters">The chapters that exist; null when nobody knows.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, KnownChapters? chapters, [NotNullWhen(true)] out Citation? citation)
    {
        citation = null;
        if (text?.Trim() is not { Length: > 0 and <= MaxCharacters } trimmed)
            return false;
        if (Cited().Match(trimmed) is { Success: true, Index: 0 } match && match.Length == trimmed.Length)
            citation = Read(match, chapters);
        else if (Unnamed().Match(trimmed) is { Success: true, Index: 0 } bare && bare.Length == trimmed.Length)
            citation = OfManual(bare, chapters, isNamed: false);
        if (citation is not null)
            citation = citation with { Original = text };
        return citation is not null;
    }

    private static Citation? Read(Match match, KnownChapters? chapters)
    {
        string? Group(string name) => match.Groups[name] is { Success: true, Value: var value } ? value : null;
        if (match.Groups["manual"].Success)
            return OfManual(match, chapters, isNamed: true);
        if (Group("year") is { } year)
        {
            return Group("law") is { } law ? Numbered(SessionLaw, year, law)
                : Group("order") is { } order ? Numbered(ExecutiveOrder, year, order, digits: 2)
                : Numbered(AttorneyGeneral, year, match.Groups["opinion"].Value);
        }

        if ((Group("ordinance"), Group("bill"), Group("file")) is var (ordinance, bill, file) && (ordinance ?? bill ?? file) is { } number)
            return Numbered(
                ordinance is not null ? Ordinance
                    : bill is not null ? CouncilBill
                    : ClerkFile,
                null,
                number
            ) with
            {
                Bill = ordinance is null ? null : bill,
            };

        var (code, cited) =
            Group("smc") is { } city ? (MunicipalCode, city)
            : Group("rcw") is { } state ? (StateCode, state)
            : ((string?)null, match.Groups["none"].Value);
        var parts = cited.ToUpperInvariant().Split('.');
        return new Citation(
            code,
            Trimmed(parts[0]),
            parts[1],
            parts.Length > 2 ? parts[2].PadLeft(3, '0') : null,
            Levelled(match),
            match.Value
        );

        Citation Numbered(string of, string? title, string number, int digits = 1) =>
            new(of, title, Trimmed(number).PadLeft(digits, '0'), null, null, match.Value);
    }

    /// <summary>A chapter of the manual; null when it is not written as one and the list does not know it.</summary>
    private static Citation? OfManual(Match match, KnownChapters? chapters, bool isNamed)
    {
        var number = match.Groups["manual"].Value;
        var parts = number.Contains('.', StringComparison.Ordinal) ? number.Split('.') : [number[..^3], number[^3..]];
        var citation = new Citation(Manual, Trimmed(parts[0]), parts[1], null, Levelled(match), match.Value);
        // Four figures may be a year and five anything at all, unless the list knows such a chapter.
        return isNamed && number.Length > ShortestUnnamed || chapters?.IsListed(citation) == true ? citation : null;
    }

    /// <summary>The levels under the section, with dots between them; the first letter of the City's is a capital.</summary>
    private static string? Levelled(Match match)
    {
        if (match.Groups["brackets"] is { Success: true, Value: var brackets })
            return brackets[1..^1].Replace(")(", ".", StringComparison.Ordinal);
        return match.Groups["dots"] is { Success: true, Value: var dots } ? char.ToUpperInvariant(dots[1]) + dots[2..] : null;
    }

    private static string Trimmed(string number) => number.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : "0";

    private const int ShortestUnnamed = 4;

    // Every repetition is bounded, so that no text makes the search slower than its length.
    private const string Blank = @"\s{1,8}",
        MayBlank = @"\s{0,8}";

    private const string Of = @"(?:(?:Chapters?|Ch\.?|Sections?|Sec\.?|§§?)" + MayBlank + ")?";

    private const string Number = @"[0-9]{1,2}(?-i:[A-Z])?\.[0-9]{2,3}(?-i:[A-Z])?(?:\.[0-9]{1,3})?";

    private const string Under =
        @"(?:(?<dots>\.(?-i:[A-Za-z])(?!\w)(?:\.[0-9]{1,2}(?!\w))?(?:\.(?-i:[a-z])(?!\w))?)|(?<brackets>(?:\((?-i:[0-9A-Za-z]){1,4}\)){1,5}))?";

    // With its code, any form; without one only the three-part form, which nothing else in these texts has.
    [GeneratedRegex(
        @"(?<![\w.\-])(?:"
            + "(?:Seattle"
            + Blank
            + "Police"
            + Blank
            + "Department"
            + Blank
            + @"\()?SPD\)?"
            + Blank
            + "(?:Manual|Policy)"
            + Blank
            + Of
            + @"(?<manual>[0-9]{1,2}\.[0-9]{3}|[0-9]{4,5})"
            + Under
            + "|(?:Seattle"
            + Blank
            + "Municipal"
            + Blank
            + "Code(?:"
            + MayBlank
            + @"\(SMC\))?|SMC\)?|S\.M\.C\.)"
            + Blank
            + Of
            + "(?<smc>"
            + Number
            + ")"
            + Under
            + "|(?:Revised"
            + Blank
            + "Code"
            + Blank
            + "of"
            + Blank
            + "Washington(?:"
            + MayBlank
            + @"\(RCW\))?|RCW\)?|R\.C\.W\.)"
            + Blank
            + Of
            + "(?<rcw>"
            + Number
            + ")"
            + Under
            + "|"
            + Of
            + "(?<smc>"
            + Number
            + ")"
            + Under
            + Blank
            + @"SMC(?!"
            + Blank
            + "[0-9])"
            + "|"
            + Of
            + "(?<rcw>"
            + Number
            + ")"
            + Under
            + Blank
            + @"RCW(?!"
            + Blank
            + "[0-9])"
            + "|(?:Ordinances?"
            + Blank
            + @"|Ords?(?:\."
            + MayBlank
            + "|"
            + Blank
            + @"))(?:No\.?"
            + MayBlank
            + ")?(?<ordinance>[0-9]{5,7})(?:"
            + MayBlank
            + @"\((?:CB|C\.B\.|Council"
            + Blank
            + "Bill)"
            + MayBlank
            + @"(?<bill>[0-9]{5,7})\))?"
            + @"|(?:CB|C\.B\.|Council"
            + Blank
            + "Bills?)"
            + Blank
            + @"(?:No\.?"
            + MayBlank
            + ")?(?<bill>[0-9]{5,7})"
            + @"|(?:Clerk"
            + Blank
            + @"Files?|C\.?F\.?)"
            + Blank
            + @"(?:No\.?"
            + MayBlank
            + ")?(?<file>[0-9]{5,7})"
            + "|Laws"
            + Blank
            + "of"
            + Blank
            + "(?<year>[0-9]{4}),?"
            + MayBlank
            + @"(?:Chapter|Chap\.?|Ch\.?|c\.?)"
            + MayBlank
            + "(?<law>[0-9]{1,4})"
            + @"|(?:Chapter|Chap\.?|Ch\.?|c\.?)"
            + Blank
            + "(?<law>[0-9]{1,4}),?"
            + Blank
            + "Laws"
            + Blank
            + "of"
            + Blank
            + "(?<year>[0-9]{4})"
            + "|(?<year>[0-9]{4})"
            + Blank
            + @"(?-i:c|ch\.?)"
            + Blank
            + "(?<law>[0-9]{1,4})"
            + "|(?:Executive"
            + Blank
            + @"Order|E\.?O\.?)"
            + Blank
            + @"(?:No\.?"
            + MayBlank
            + ")?(?<year>[0-9]{4})-(?<order>[0-9]{1,3})"
            + "|AGO"
            + Blank
            + "(?<year>[0-9]{4})(?:"
            + Blank
            + @"No\.?"
            + MayBlank
            + @"|-)(?<opinion>[0-9]{1,3})"
            + @"|(?<none>[0-9]{1,2}\.[0-9]{2,3}\.[0-9]{2,3})"
            + Under
            + @")(?!\w|\.[0-9])",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Cited();

    [GeneratedRegex(
        @"(?<![\w.,\-])(?<manual>[0-9]{1,2}\.[0-9]{3}|[0-9]{4,5})(?![\w\-]|[.,][0-9])",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Unnamed();
}
