using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>The status of a pair of technology and instrument on a day.</summary>
public enum RuleStatus
{
    /// <summary>The text was adopted; its effective date is not known, or it waits for an event.</summary>
    Adopted,
    Scheduled,
    InForce,
    Paused,
    Superseded,
    Ended,

    /// <summary>The registry has no text for that day. This never means that there was no rule.</summary>
    NotKnown,
}

/// <summary>One row of the governance table: a technology, an instrument, and their status on a day.</summary>
/// <param name="Version">The version of the instrument for the day; null when the registry has no text for it.</param>
/// <param name="Rule">What that version says of the technology; null when there is no version.</param>
/// <param name="Next">A later version that was already known on that day and has not begun, or null.</param>
/// <param name="DisagreesWith">Ids of instruments, in force or adopted, for the same technology and department whose periods for the same
/// data contradict this text's: another limit, a minimum or a practice beyond a limit, a practice below a minimum.</param>
public sealed record GovernanceRow(
    Technology Technology,
    Instrument Instrument,
    InstrumentVersion? Version,
    Rule? Rule,
    RuleStatus Status,
    Certainty Certainty,
    InstrumentVersion? Next,
    ImmutableArray<string> DisagreesWith
)
{
    /// <summary>Whether the text was adopted and waits for an event: it is in force on no day, and perhaps never will be.</summary>
    public bool IsWaiting => Version?.Effective.Condition is not null;

    /// <summary>
    /// Whether this row may be printed on a sign as the law that governs: it is in force, or was adopted and may be, and was checked
    /// against its source.
    /// </summary>
    public bool IsPrintable => MayBeInForce && Version?.Source.Confidence == Confidence.Sourced;

    /// <summary>Whether the text is in force, or was adopted on a day that is not known and may be.</summary>
    internal bool MayBeInForce => Status is RuleStatus.InForce or RuleStatus.Adopted && !IsWaiting;

    /// <summary>
    /// Whether the text was adopted on an unknown date and neither permits nor requires anything by itself, such as an ordinance that
    /// amends a section of the code. It is the history of a rule, for readers who want to know more.
    /// </summary>
    public bool IsBackground =>
        Status == RuleStatus.Adopted
        && !IsWaiting
        && Instrument.Authorises
        && Rule is { Capture.IsEmpty: true, Retention.IsEmpty: true, Notice.IsEmpty: true };

    /// <summary>
    /// The text to come as a row of its own: scheduled, or adopted where it waits for an event. Null when none is known.
    /// </summary>
    public GovernanceRow? AsUpcoming()
    {
        if (Status == RuleStatus.Scheduled || IsWaiting)
            return this;
        return Next is null
            ? null
            : this with
            {
                Version = Next,
                Rule = Next.RuleFor(Technology.Id),
                Status = StatusBefore(Next),
                Certainty = Certainty.Certain,
                Next = null,
                DisagreesWith = [],
            };
    }

    /// <summary>
    /// The status of a text that has not begun. Without a first day it is not scheduled: what it waits for may never happen.
    /// </summary>
    internal static RuleStatus StatusBefore(InstrumentVersion version) =>
        version.Effective.Condition is null ? RuleStatus.Scheduled : RuleStatus.Adopted;
}
