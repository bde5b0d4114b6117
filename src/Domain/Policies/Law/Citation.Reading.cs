using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>Finds and parses citations in texts.</summary>
public sealed partial record Citation
{
    /// <summary>The longest text that is read as one citation.</summary>
    private const int MaxLength = 200;

    /// <summary>A number with this many characters or fewer may be a year.</summary>
    private const int MaxAmbiguousLength = 4;

    /// <summary>Every citation in a text, in order.</summary>
    public static IEnumerable<Citation> FindIn(string text) => FindIn(text, null);

    /// <summary>
    /// Every citation in a text, in order, and every chapter of the manual without the manual's name: <c>16.091</c>, <c>16091</c>.
    /// </summary>
    /// <param name="chapters">The chapters that exist; null when they are not known. A chapter of the manual then needs the manual's
    /// name.</param>
    public static IEnumerable<Citation> FindIn(string text, KnownChapters? chapters)
    {
        ArgumentNullException.ThrowIfNull(text);
        var named = CitationPattern()
            .Matches(text)
            .Select(match => (match.Index, End: match.Index + match.Length, Citation: Parse(match, chapters)));
        var unnamed = chapters is null
            ? []
            : UnnamedChapterPattern()
                .Matches(text)
                .Where(match => match.Length > MaxAmbiguousLength)
                .Select(match => (match.Index, End: match.Index + match.Length, Citation: ParseManual(match, chapters, isNamed: false)));
        var position = 0;
        foreach (
            var (index, end, citation) in named.Concat(unnamed).Where(found => found.Citation is not null).OrderBy(found => found.Index)
        )
        {
            // A number inside a citation is a part of it.
            if (index < position)
                continue;
            position = end;
            yield return citation!;
        }
    }

    /// <summary>Reads a text that consists of one citation. Blanks around it are ignored.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Citation? citation) =>
        TryParse(text, null, out citation);

    /// <summary>
    /// Reads a text that consists of one citation, or of a known chapter of the manual without the manual's name: <c>16.091</c>,
    /// <c>16091</c>.
    /// </summary>
    /// <param name="chapters">The chapters that exist; null when they are not known.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, KnownChapters? chapters, [NotNullWhen(true)] out Citation? citation)
    {
        citation = null;
        if (text?.Trim() is not { Length: > 0 and <= MaxLength } trimmed)
            return false;
        if (CitationPattern().Match(trimmed) is { Success: true, Index: 0 } match && match.Length == trimmed.Length)
            citation = Parse(match, chapters);
        else if (UnnamedChapterPattern().Match(trimmed) is { Success: true, Index: 0 } bare && bare.Length == trimmed.Length)
            citation = ParseManual(bare, chapters, isNamed: false);
        if (citation is not null)
            citation = citation with { Original = text };
        return citation is not null;
    }

    private static Citation? Parse(Match match, KnownChapters? chapters)
    {
        if (match.Groups["manual"].Success)
            return ParseManual(match, chapters, isNamed: true);
        return ParseByYear(match) ?? ParseByNumber(match) ?? ParseSection(match);
    }

    /// <summary>A text that is numbered by year; null when the match is of another kind.</summary>
    private static Citation? ParseByYear(Match match)
    {
        if (Value(match, "year") is not { } year)
            return null;
        if (Value(match, "law") is { } law)
            return Numbered(match, SessionLaw, year, law);
        return Value(match, "order") is { } order
            ? Numbered(match, ExecutiveOrder, year, order, digits: 2)
            : Numbered(match, AttorneyGeneral, year, match.Groups["opinion"].Value);
    }

    /// <summary>A text that has only a number; null when the match is of another kind.</summary>
    private static Citation? ParseByNumber(Match match)
    {
        if (Value(match, "ordinance") is { } ordinance)
            return Numbered(match, Ordinance, null, ordinance) with { Bill = Value(match, "bill") };
        if (Value(match, "bill") is { } bill)
            return Numbered(match, CouncilBill, null, bill);
        return Value(match, "file") is { } file ? Numbered(match, ClerkFile, null, file) : null;
    }

    /// <summary>A chapter or section of a code, or of a code that is not named.</summary>
    private static Citation ParseSection(Match match)
    {
        var (code, number) = (Value(match, "smc"), Value(match, "rcw")) switch
        {
            ({ } city, _) => (MunicipalCode, city),
            (_, { } state) => (StateCode, state),
            _ => ((string?)null, match.Groups["none"].Value),
        };
        var parts = number.ToUpperInvariant().Split('.');
        var section = parts.Length > 2 ? parts[2].PadLeft(3, '0') : null;
        return new Citation(code, TrimZeros(parts[0]), parts[1], section, ParseLevels(match), match.Value);
    }

    private static Citation Numbered(Match match, string code, string? title, string number, int digits = 1) =>
        new(code, title, TrimZeros(number).PadLeft(digits, '0'), null, null, match.Value);

    private static string? Value(Match match, string group) => match.Groups[group] is { Success: true, Value: var value } ? value : null;

    /// <summary>A chapter of the manual; null when the number may mean something else and the list does not have such a chapter.</summary>
    private static Citation? ParseManual(Match match, KnownChapters? chapters, bool isNamed)
    {
        var number = match.Groups["manual"].Value;
        var parts = number.Contains('.', StringComparison.Ordinal) ? number.Split('.') : [number[..^3], number[^3..]];
        var citation = new Citation(Manual, TrimZeros(parts[0]), parts[1], null, ParseLevels(match), match.Value);
        // Four figures may be a year and five any number, unless the list has such a chapter.
        return isNamed && number.Length > MaxAmbiguousLength || chapters?.IsListed(citation) == true ? citation : null;
    }

    /// <summary>The levels under the section, with dots between them. The first letter of a municipal level is a capital.</summary>
    private static string? ParseLevels(Match match)
    {
        if (match.Groups["brackets"] is { Success: true, Value: var brackets })
            return brackets[1..^1].Replace(")(", ".", StringComparison.Ordinal);
        return match.Groups["dots"] is { Success: true, Value: var dots } ? char.ToUpperInvariant(dots[1]) + dots[2..] : null;
    }

    private static string TrimZeros(string number) => number.TrimStart('0') is { Length: > 0 } significant ? significant : "0";

    // Every repetition is bounded, so that the time of a search grows only with the length of the text.
    private const string Blank = @"\s{1,8}";
    private const string MayBlank = @"\s{0,8}";
    private const string MayNo = $$"""(?:No\.?{{MayBlank}})?""";
    private const string MayChapterWord = $$"""(?:(?:Chapters?|Ch\.?|Sections?|Sec\.?|§§?){{MayBlank}})?""";
    private const string SectionNumber = @"[0-9]{1,2}(?-i:[A-Z])?\.[0-9]{2,3}(?-i:[A-Z])?(?:\.[0-9]{1,3})?";

    // The levels under a section: .F.1.a as the City writes them, or (14)(a) as the State does.
    private const string Dots = @"(?<dots>\.(?-i:[A-Za-z])(?!\w)(?:\.[0-9]{1,2}(?!\w))?(?:\.(?-i:[a-z])(?!\w))?)";
    private const string Brackets = @"(?<brackets>(?:\((?-i:[0-9A-Za-z]){1,4}\)){1,5})";
    private const string MayLevels = $"(?:{Dots}|{Brackets})?";

    private const string ManualName = $$"""(?:Seattle{{Blank}}Police{{Blank}}Department{{Blank}}\()?SPD\)?{{Blank}}(?:Manual|Policy)""";

    private const string ManualChapter =
        $$"""{{ManualName}}{{Blank}}{{MayChapterWord}}(?<manual>[0-9]{1,2}\.[0-9]{3}|[0-9]{4,5}){{MayLevels}}""";

    private const string MunicipalName = $$"""(?:Seattle{{Blank}}Municipal{{Blank}}Code(?:{{MayBlank}}\(SMC\))?|SMC\)?|S\.M\.C\.)""";

    private const string MunicipalSection = $"{MunicipalName}{Blank}{MayChapterWord}(?<smc>{SectionNumber}){MayLevels}";

    private const string StateName =
        $$"""(?:Revised{{Blank}}Code{{Blank}}of{{Blank}}Washington(?:{{MayBlank}}\(RCW\))?|RCW\)?|R\.C\.W\.)""";

    private const string StateSection = $"{StateName}{Blank}{MayChapterWord}(?<rcw>{SectionNumber}){MayLevels}";

    // The name of the code may follow the number: 14.18.020 SMC.
    private const string SectionOfMunicipal = $"{MayChapterWord}(?<smc>{SectionNumber}){MayLevels}{Blank}SMC(?!{Blank}[0-9])";

    private const string SectionOfState = $"{MayChapterWord}(?<rcw>{SectionNumber}){MayLevels}{Blank}RCW(?!{Blank}[0-9])";

    private const string OrdinanceName = $$"""(?:Ordinances?{{Blank}}|Ords?(?:\.{{MayBlank}}|{{Blank}}))""";
    private const string BillOfOrdinance = $$"""(?:{{MayBlank}}\((?:CB|C\.B\.|Council{{Blank}}Bill){{MayBlank}}(?<bill>[0-9]{5,7})\))?""";

    private const string OrdinanceNumber = $$"""{{OrdinanceName}}{{MayNo}}(?<ordinance>[0-9]{5,7}){{BillOfOrdinance}}""";
    private const string BillNumber = $$"""(?:CB|C\.B\.|Council{{Blank}}Bills?){{Blank}}{{MayNo}}(?<bill>[0-9]{5,7})""";
    private const string FileNumber = $$"""(?:Clerk{{Blank}}Files?|C\.?F\.?){{Blank}}{{MayNo}}(?<file>[0-9]{5,7})""";

    private const string LawChapterWord = @"(?:Chapter|Chap\.?|Ch\.?|c\.?)";
    private const string LawsOfYear =
        $$"""Laws{{Blank}}of{{Blank}}(?<year>[0-9]{4}),?{{MayBlank}}{{LawChapterWord}}{{MayBlank}}(?<law>[0-9]{1,4})""";

    private const string ChapterOfLaws =
        $$"""{{LawChapterWord}}{{Blank}}(?<law>[0-9]{1,4}),?{{Blank}}Laws{{Blank}}of{{Blank}}(?<year>[0-9]{4})""";

    private const string YearAndChapter = $$"""(?<year>[0-9]{4}){{Blank}}(?-i:c|ch\.?){{Blank}}(?<law>[0-9]{1,4})""";

    private const string OrderNumber = $$"""(?:Executive{{Blank}}Order|E\.?O\.?){{Blank}}{{MayNo}}(?<year>[0-9]{4})-(?<order>[0-9]{1,3})""";

    private const string OpinionNumber = $$"""AGO{{Blank}}(?<year>[0-9]{4})(?:{{Blank}}No\.?{{MayBlank}}|-)(?<opinion>[0-9]{1,3})""";

    // Without a code only the three-part form is a citation: nothing else in legal texts has that form.
    private const string UnnamedSection = $$"""(?<none>[0-9]{1,2}\.[0-9]{2,3}\.[0-9]{2,3}){{MayLevels}}""";

    [GeneratedRegex(
        @"(?<![\w.\-])(?:"
            + $"{ManualChapter}|{MunicipalSection}|{StateSection}|{SectionOfMunicipal}|{SectionOfState}"
            + $"|{OrdinanceNumber}|{BillNumber}|{FileNumber}"
            + $"|{LawsOfYear}|{ChapterOfLaws}|{YearAndChapter}|{OrderNumber}|{OpinionNumber}|{UnnamedSection}"
            + @")(?!\w|\.[0-9])",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex CitationPattern();

    [GeneratedRegex(
        @"(?<![\w.,\-])(?<manual>[0-9]{1,2}\.[0-9]{3}|[0-9]{4,5})(?![\w\-]|[.,][0-9])",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex UnnamedChapterPattern();
}
