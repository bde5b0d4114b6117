using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>Whether a unit that is heard reports the stated mode, or nobody can say.</summary>
public enum FactCertainty
{
    Reported,
    Unknown,
}

/// <summary>A text that governs a technology on the day of the notice.</summary>
/// <param name="EffectiveFrom">The first day of the version that holds; null when its day is not known.</param>
public sealed record GoverningText(string Instrument, string Citation, string Title, LawDate? EffectiveFrom);

/// <summary>How long a governing text lets recordings stay.</summary>
public sealed record StatedRetention(string Instrument, string Citation, Retention Retention);

/// <summary>
/// One fact of a notice, free of language: what a technology takes in at a place.
/// </summary>
/// <param name="Mode">The highest mode that any covering unit reports or, when it is not heard, may be in.</param>
/// <param name="Since">When that mode began, or when the unit was last heard; null when it never was.</param>
/// <param name="AllowedBy">Ids of instruments in force that allow this capture to every unit that may be making it.</param>
/// <param name="GovernedBy">The texts that govern the technology.</param>
/// <param name="UnderReview">True when a unit may be making a capture that no rule in force allows.</param>
public sealed record NoticeFact(
    string Technology,
    Capture Capture,
    Mode Mode,
    FactCertainty Certainty,
    DateTimeOffset? Since,
    ImmutableArray<string> AllowedBy,
    ImmutableArray<GoverningText> GovernedBy,
    ImmutableArray<StatedRetention> Retention,
    bool UnderReview
);
