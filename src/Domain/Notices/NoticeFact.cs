using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>Whether a device that is heard reports the stated mode, or the mode is not known.</summary>
public enum FactCertainty
{
    Reported,
    Unknown,
}

/// <summary>A text that governs a technology on the day of the notice.</summary>
/// <param name="EffectiveFrom">The date on which the version in force took effect; null when it is not known.</param>
public sealed record GoverningText(string Instrument, string Citation, string Title, LawDate? EffectiveFrom);

/// <summary>A retention that a governing text states.</summary>
public sealed record StatedRetention(string Instrument, string Citation, Retention Retention);

/// <summary>
/// One fact of a notice, independent of language: what a technology captures at a place.
/// </summary>
/// <param name="Mode">The highest mode that any covering device reports or, when it is not heard, may be in.</param>
/// <param name="Since">When that mode began, or when the device was last heard; null when it never was.</param>
/// <param name="AllowedBy">Ids of instruments in force that permit this capture to every device that may be making it.</param>
/// <param name="GovernedBy">The texts that govern the technology.</param>
/// <param name="UnderReview">True when a device may be making a capture that no rule in force permits.</param>
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
)
{
    /// <summary>True when a rule in force allows this capture to one of the departments whose devices may be making it.</summary>
    public bool IsAllowedToSome { get; init; }
}
