using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>The status of a pair of technology and instrument on a day.</summary>
public enum RuleStatus
{
    /// <summary>The text was adopted; its effective date is not known.</summary>
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
    /// <summary>
    /// Whether this row may be printed on a sign as the law that governs: it is in force or adopted, and was checked against its source.
    /// </summary>
    public bool IsPrintable => Status is RuleStatus.InForce or RuleStatus.Adopted && Version?.Source.Confidence == Confidence.Sourced;

    /// <summary>
    /// Whether the text was adopted on an unknown date and neither permits nor requires anything by itself, such as an ordinance that
    /// amends a section of the code. It is the history of a rule, for readers who want to know more.
    /// </summary>
    public bool IsBackground =>
        Status == RuleStatus.Adopted
        && Instrument.Authorises
        && Rule is { Capture.IsEmpty: true, Retention.IsEmpty: true, Notice.IsEmpty: true };

    /// <summary>The scheduled text as a row of its own; null when none is known.</summary>
    public GovernanceRow? AsScheduled()
    {
        if (Status == RuleStatus.Scheduled)
            return this;
        return Next is null
            ? null
            : this with
            {
                Version = Next,
                Rule = Next.RuleFor(Technology.Id),
                Status = RuleStatus.Scheduled,
                Certainty = Certainty.Certain,
                Next = null,
                DisagreesWith = [],
            };
    }
}
