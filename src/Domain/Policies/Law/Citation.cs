using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>
/// A citation of a legal text, parsed from the many ways in which people write one (<c>SPD Manual Chapter  10.060</c>, <c>14.18.10</c>
/// for 14.18.010, <c>Ord 125376 (CB 118930)</c>) into parts in one normal form. Two citations are equal when their parts are, however
/// they were written.
/// </summary>
/// <param name="Code">The code, one of <see cref="Codes"/>; null when the citation names none.</param>
/// <param name="Title">The title of a code or of the manual, <c>14</c>; the year for texts that are numbered by year; null when there is
/// none.</param>
/// <param name="Chapter">The chapter inside its title, <c>18</c>, or <c>090</c> of the manual; the number for texts without
/// chapters.</param>
/// <param name="Section">The section inside its chapter with three digits, <c>020</c>; null when the whole chapter is cited. The manual has
/// none.</param>
/// <param name="Subsection">The levels under the section, with dots between them: <c>F</c>, <c>14</c>, <c>14.a</c>; null for
/// none.</param>
/// <param name="Original">The text as it was written.</param>
public sealed partial record Citation(string? Code, string? Title, string Chapter, string? Section, string? Subsection, string Original)
{
    /// <summary>The police department's manual, whose chapters have no sections.</summary>
    public const string Manual = "SPD Manual";

    /// <summary>The Seattle Municipal Code.</summary>
    public const string MunicipalCode = "SMC";

    /// <summary>The Revised Code of Washington.</summary>
    public const string StateCode = "RCW";

    /// <summary>A city ordinance, by its number.</summary>
    public const string Ordinance = "Ordinance";

    /// <summary>A council bill, by its number.</summary>
    public const string CouncilBill = "CB";

    /// <summary>A session law of the State, by year and chapter.</summary>
    public const string SessionLaw = "Laws";

    /// <summary>An executive order of the mayor, by year and number.</summary>
    public const string ExecutiveOrder = "Executive Order";

    /// <summary>An opinion of the Attorney General, by year and number.</summary>
    public const string AttorneyGeneral = "AGO";

    /// <summary>A file of the City Clerk, by its number.</summary>
    public const string ClerkFile = "Clerk File";

    /// <summary>Every code that can be cited, with the prefix of its instruments' ids.</summary>
    private static readonly (string Code, string Prefix)[] IdPrefixes =
    [
        (Manual, "spd-manual"),
        (MunicipalCode, "smc"),
        (StateCode, "rcw"),
        (Ordinance, "ord"),
        (CouncilBill, "cb"),
        (SessionLaw, "laws"),
        (ExecutiveOrder, "eo"),
        (AttorneyGeneral, "ago"),
        (ClerkFile, "clerk-file"),
    ];

    /// <summary>Every code that can be cited.</summary>
    public static IEnumerable<string> Codes => IdPrefixes.Select(entry => entry.Code);

    /// <summary>
    /// The council bill in brackets after an ordinance, <c>118930</c>; null for none. It is a second name of the same text.
    /// </summary>
    public string? Bill { get; init; }

    /// <summary>Whether the cited code has chapters: the manual, the municipal code, the state code, or a code that is not named.</summary>
    public bool HasChapters => Code is null or Manual or MunicipalCode or StateCode;

    /// <summary>
    /// The chapter with its title: <c>14.18</c>, <c>16.090</c>; <c>2026-239</c> for texts that are numbered by year; else the number.
    /// </summary>
    public string ChapterNumber =>
        this switch
        {
            { Title: null } => Chapter,
            { HasChapters: true } => $"{Title}.{Chapter}",
            _ => $"{Title}-{Chapter}",
        };

    /// <summary>
    /// The id of the instrument for this chapter or number, <c>smc-14.18</c>, <c>laws-2026-ch-239</c>; null when no code is named.
    /// </summary>
    public string? InstrumentId =>
        Code is null
            ? null
            : IdPrefixes.First(entry => entry.Code == Code).Prefix
                + "-"
                + (Code == SessionLaw ? $"{Title}-ch-{Chapter}" : ChapterNumber.ToLowerInvariant());

    /// <summary>
    /// The path of the cited text on the public pages: <c>/instruments/smc-14.18#020</c>. A section that is an instrument of its own
    /// (<c>smc-11.50.570</c>) has a page of its own. Null when no such instrument is registered.
    /// </summary>
    /// <param name="isInstrument">Whether an instrument with this id is registered.</param>
    public string? Link(Func<string, bool> isInstrument)
    {
        ArgumentNullException.ThrowIfNull(isInstrument);
        if (InstrumentId is not { } id)
            return null;
        if (Section is not null && isInstrument($"{id}.{Section}"))
            return $"/instruments/{id}.{Section}";
        if (!isInstrument(id))
            return null;
        return Section is null ? $"/instruments/{id}" : $"/instruments/{id}#{Section}";
    }

    /// <summary>Whether another citation names the same chapter and section. A citation without a code matches any code.</summary>
    public bool MeansTheSameAs(Citation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Code is null || other.Code is null || Code == other.Code)
            && Title == other.Title
            && Chapter == other.Chapter
            && Section == other.Section;
    }

    /// <summary>Whether the parts are equal, however they were written.</summary>
    public bool Equals(Citation? other) => other is not null && Parts == other.Parts;

    /// <inheritdoc/>
    public override int GetHashCode() => Parts.GetHashCode();

    /// <summary>
    /// The citation in the usual form of its code: <c>SMC 14.18.020.F</c>, <c>RCW 42.56.240(14)</c>, <c>SPD Manual 16.090</c>,
    /// <c>Ordinance 125376</c>, <c>Laws of 2026, ch. 239</c>.
    /// </summary>
    public override string ToString() =>
        Code switch
        {
            SessionLaw => $"Laws of {Title}, ch. {Chapter}",
            AttorneyGeneral => $"AGO {Title} No. {Chapter}",
            _ => (Code is null ? "" : Code + " ") + ChapterNumber + (Section is null ? "" : "." + Section) + Levels,
        };

    private (string?, string?, string, string?, string?) Parts => (Code, Title, Chapter, Section, Subsection);

    /// <summary>
    /// The levels under the section as they are written: the State puts each level in brackets, the City uses dots as long as letters and
    /// figures alternate.
    /// </summary>
    private string Levels
    {
        get
        {
            if (Subsection is null)
                return "";
            return Code != StateCode && DottedLevels().IsMatch(Subsection)
                ? "." + Subsection
                : $"({Subsection.Replace(".", ")(", StringComparison.Ordinal)})";
        }
    }

    [GeneratedRegex(@"^[A-Z](\.[0-9]{1,2})?(\.[a-z])?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex DottedLevels();
}
