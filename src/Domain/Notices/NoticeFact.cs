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
/// One fact of a notice, independent of language: what a technology captures at a place. Of one technology and capture there are at most
/// two of fixed devices: what devices that are heard report, and what the other devices may be doing. Each fleet has its own.
/// </summary>
/// <param name="Mode">The highest mode that a heard device reports; "recorded" for devices that may be doing anything.</param>
/// <param name="Since">When that mode began, or when the device was last heard; null when it never was.</param>
/// <param name="AllowedBy">Ids of instruments in force that permit this capture to every device of the fact.</param>
/// <param name="GovernedBy">The texts that govern the technology.</param>
/// <param name="UnderReview">True when no rule in force permits this capture to a device of the fact.</param>
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
    /// <summary>The fleet of mobile devices that may be making this capture; null for devices of the place itself.</summary>
    public string? Fleet { get; init; }

    /// <summary>The department of the fleet; null for devices of the place itself.</summary>
    public string? FleetDepartment { get; init; }

    /// <summary>True when a rule in force allows this capture to one of the departments whose devices are of this fact.</summary>
    public bool IsAllowedToSome { get; init; }

    /// <summary>The registered statuses, other than active, of devices of this fact. In such a status a device may not capture.</summary>
    public ImmutableArray<Lifecycle> InactiveStatuses { get; init; } = [];

    /// <summary>True when every device of this fact is heard, and none reports anything of this capture.</summary>
    public bool IsUnstated { get; init; }

    /// <summary>True when a device of this fact named a capture that its register entry does not name.</summary>
    public bool IsUnregistered { get; init; }

    /// <summary>
    /// Since when the register says that every device of this fact is gone, or its sensor is, and no other person has confirmed it; null
    /// when it names one of them.
    /// </summary>
    public DateTimeOffset? WithdrawnSince { get; init; }

    /// <summary>
    /// Whether a device of this fact exceeds what it is expected to do: no rule in force permits it, its status forbids it, or its register
    /// entry does not name it.
    /// </summary>
    public bool Exceeds => UnderReview || IsUnregistered || !InactiveStatuses.IsDefaultOrEmpty;
}
