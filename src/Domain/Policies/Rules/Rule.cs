using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>What one version of an instrument says of one technology: what it may capture, the retention, the required notices.</summary>
/// <param name="Technology">The technology governed.</param>
/// <param name="Capture">What the text permits the technology to capture; empty when it permits nothing by itself.</param>
/// <param name="Departments">The departments whose devices it applies to; empty: every department.</param>
/// <param name="Pauses">True when the text does not permit the technology but pauses it.</param>
/// <param name="Note">A sentence for readers of the table, or null.</param>
/// <param name="Purposes">The purposes for which the text permits its use, most important first; empty when it names none.</param>
/// <param name="ProhibitedUses">The uses that the text prohibits.</param>
/// <param name="Sharing">The recipients that may be given recordings, in the words of the text; null when it does not say.</param>
/// <param name="Owner">Id of the department that is responsible for this row, or null.</param>
/// <param name="ReviewBy">The day by which the owner must have reviewed this row, or null.</param>
public sealed record Rule(
    string Technology,
    ImmutableArray<Capture> Capture,
    ImmutableArray<Retention> Retention,
    ImmutableArray<RequiredNotice> Notice,
    RecordsAccess RecordsAccess,
    ImmutableArray<string> Departments,
    bool Pauses = false,
    string? Note = null,
    ImmutableArray<string> Purposes = default,
    ImmutableArray<string> ProhibitedUses = default,
    string? Sharing = null,
    string? Owner = null,
    DateOnly? ReviewBy = null
)
{
    /// <summary>The purposes for which the text permits its use, most important first; empty when it names none.</summary>
    public ImmutableArray<string> Purposes { get; init; } = Purposes.IsDefault ? [] : Purposes;

    /// <summary>The uses that the text prohibits.</summary>
    public ImmutableArray<string> ProhibitedUses { get; init; } = ProhibitedUses.IsDefault ? [] : ProhibitedUses;

    /// <summary>Whether the rule applies to devices of this department.</summary>
    public bool AppliesTo(string department) => Departments.IsEmpty || Departments.Contains(department);
}
