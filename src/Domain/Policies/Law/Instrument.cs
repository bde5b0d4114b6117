using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>The kinds of instrument. A city statement describes what is done; it authorises nothing.</summary>
public enum InstrumentKind
{
    ManualChapter,
    MunicipalCode,
    Ordinance,
    StateLaw,
    ExecutiveOrder,
    CityStatement,
}

/// <summary>A text that governs surveillance technology: a manual chapter, a chapter of the municipal code, a state law, …</summary>
/// <param name="Id">Identifier, e.g. <c>spd-manual-16.170</c>.</param>
/// <param name="Citation">How it is cited, e.g. <c>SPD Manual 16.170</c>.</param>
/// <param name="Authority">The authority that can change it, in words.</param>
/// <param name="Versions">Its versions in the order of their numbers, 1, 2, …; their periods do not overlap.</param>
/// <param name="Url">The address of its present text, or null.</param>
public sealed record Instrument(
    string Id,
    [property: JsonRequired] InstrumentKind Kind,
    string Citation,
    string Authority,
    ImmutableArray<InstrumentVersion> Versions,
    string? Url = null
)
{
    /// <summary>Whether texts of this kind can permit a capture.</summary>
    public bool Authorises => Kind != InstrumentKind.CityStatement;
}

/// <summary>One text of an instrument, the period in which it is in force, and its rule for each technology.</summary>
/// <param name="Number">1, 2, … in the order of time. It changes when an earlier text is recorded.</param>
/// <param name="Title">The title of that text.</param>
/// <param name="Passed">The date it was passed or issued; null when not known or when there is none.</param>
/// <param name="Signed">The date it was signed.</param>
/// <param name="Filed">The date it was filed.</param>
/// <param name="By">What made this version, e.g. <c>Ordinance 125376</c>; null when not known.</param>
/// <param name="SupersededBy">Id of another instrument that replaced it, or null.</param>
public sealed record InstrumentVersion(
    int Number,
    string Title,
    EffectivePeriod Effective,
    LawDate? Passed,
    LawDate? Signed,
    LawDate? Filed,
    string? By,
    string? SupersededBy,
    Source Source,
    ImmutableArray<Rule> Rules
)
{
    /// <summary>
    /// The identity of this version within its instrument. It stays when an earlier text is inserted and the numbers change. Empty only in
    /// what older versions of the registry and people wrote: <c>VersionIdentity</c> completes that.
    /// </summary>
    public string Id { get; init; } = "";

    /// <summary>The rule for a technology, or null when the text has none.</summary>
    public Rule? RuleFor(string technology) => Rules.FirstOrDefault(rule => rule.Technology == technology);

    /// <summary>
    /// Whether it is in force from a day that is certainly before the day on which it was passed. Some laws do that; most often one of the
    /// days is wrong.
    /// </summary>
    [JsonIgnore]
    public bool IsInForceBeforePassed =>
        (Effective.From ?? Effective.FromKnownBy) is { } start && Passed is { } passed && start.Latest < passed.Earliest;

    /// <summary>Whether this text could be known on a day: it was passed or signed by then, or its source was read by then.</summary>
    internal bool IsKnownOn(DateOnly day) => (Passed?.Latest ?? Signed?.Latest ?? Source.ReadOn) <= day;
}
