using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>What a retention figure means: kept at least, kept at most, or what is done in practice.</summary>
public enum RetentionBound
{
    Minimum,
    Limit,
    Practice,
}

/// <summary>An event that ends keeping, where no number of days is stated.</summary>
public enum RetentionEvent
{
    EndOfShift,
    EndOfSentence,
}

/// <summary>How long recordings stay.</summary>
/// <param name="Bound">Minimum, limit or practice.</param>
/// <param name="Days">Days, 0 or more; null when an event ends keeping.</param>
/// <param name="Event">The event that ends keeping, or null.</param>
/// <param name="DataClass">The class of data it speaks of; null: all that the technology records.</param>
/// <param name="Note">What the text adds, e.g. "with exceptions"; null for nothing.</param>
public sealed record Retention(
    RetentionBound Bound,
    int? Days,
    RetentionEvent? Event = null,
    string? DataClass = null,
    string? Note = null
);

/// <summary>A duty to tell the public.</summary>
public enum NoticeDuty
{
    PostedSign,
    SignBeforeActivation,
    Spoken,
    PublicPage,
}

/// <summary>A duty to tell the public, with the days before activation where the text states them.</summary>
public sealed record RequiredNotice(NoticeDuty Duty, int? Days = null);

/// <summary>Whether the public may have the recordings.</summary>
public enum RecordsAccessKind
{
    Open,
    Conditions,
    Exempt,
    NotKnown,
}

/// <summary>Access to recordings as public records, in the words of the text.</summary>
public sealed record RecordsAccess(RecordsAccessKind Access, string? Text = null);

/// <summary>
/// What one version of an instrument says of one technology: who may capture what, how long it stays, what the public must be told.
/// </summary>
/// <param name="Technology">The technology governed.</param>
/// <param name="Capture">What the text lets the technology capture; empty when it allows nothing by itself.</param>
/// <param name="Departments">Only units of these departments; empty: of every department.</param>
/// <param name="Pauses">True when the text does not allow but pauses the technology.</param>
/// <param name="Note">A sentence for readers of the table, or null.</param>
/// <param name="Purposes">What the text lets it be used for, most important first; empty when it names none.</param>
/// <param name="ProhibitedUses">What the text forbids to use it for.</param>
/// <param name="Sharing">With whom recordings may be shared, in the words of the text, or null when it does not say.</param>
/// <param name="Owner">Id of the department that keeps this row true, or null while nobody does.</param>
/// <param name="ReviewBy">The day by which the owner must have looked at this row again, or null.</param>
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
    /// <summary>What the text lets it be used for, most important first; empty when it names none.</summary>
    public ImmutableArray<string> Purposes { get; init; } = Purposes.IsDefault ? [] : Purposes;

    /// <summary>What the text forbids to use it for.</summary>
    public ImmutableArray<string> ProhibitedUses { get; init; } = ProhibitedUses.IsDefault ? [] : ProhibitedUses;

    /// <summary>Whether the rule speaks of units of this department.</summary>
    public bool AppliesTo(string department) => Departments.IsEmpty || Departments.Contains(department);
}
