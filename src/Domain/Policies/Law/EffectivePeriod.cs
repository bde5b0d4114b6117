using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>How certain it is that a text is in force on a day.</summary>
public enum Certainty
{
    Certain,
    Possible,
}

/// <summary>Whether a day is before, in or after a period.</summary>
public enum Phase
{
    Before,
    During,
    After,
}

/// <summary>
/// The period in which a text is in force, as far as it is known. <see cref="From"/> is the first day on which it is in force,
/// <see cref="To"/> the first day on which it no longer is. Both may be imprecise or unknown. When a day is not known,
/// <see cref="FromKnownBy"/> or <see cref="EndKnownBy"/> is a date on which a source shows that the text was already in force, or ended.
/// </summary>
/// <param name="From">First day on which it is in force; null when not known.</param>
/// <param name="FromNotBefore">When <paramref name="From"/> is not known: it cannot have been in force before this date (the day it was
/// passed).</param>
/// <param name="FromKnownBy">When <paramref name="From"/> is not known: a source shows it in force by this date.</param>
/// <param name="To">First day on which it is no longer in force; null when open or not known.</param>
/// <param name="Ended">With <paramref name="To"/> null: true when it has ended on an unknown day, false when it is open.</param>
/// <param name="EndKnownBy">When it has ended on an unknown day: a source shows it replaced by this date.</param>
public sealed record EffectivePeriod(
    LawDate? From,
    LawDate? FromNotBefore = null,
    LawDate? FromKnownBy = null,
    LawDate? To = null,
    bool Ended = false,
    LawDate? EndKnownBy = null
)
{
    /// <summary>
    /// What must happen before it is in force, in words, e.g. <c>the mayor ends the pause</c>. The day is not known: until it is recorded
    /// as <see cref="From"/>, the text is in force on no day. Null when it needs nothing else.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Condition { get; init; }

    [JsonIgnore]
    public DatePrecision FromPrecision => From?.Precision ?? DatePrecision.Unknown;

    [JsonIgnore]
    public DatePrecision ToPrecision => To?.Precision ?? (Ended ? DatePrecision.Unknown : DatePrecision.Open);

    /// <summary>
    /// The first day on which it may be in force. A text that waits for a condition sorts after all others.
    /// </summary>
    [JsonIgnore]
    public DateOnly EarliestPossibleStart =>
        Condition is not null ? DateOnly.MaxValue : From?.Earliest ?? FromNotBefore?.Earliest ?? DateOnly.MinValue;

    /// <summary>
    /// The first day on which it is certainly no longer in force; null when there is none. No day stands for "never": a reader may ask for
    /// the last day of the calendar too.
    /// </summary>
    [JsonIgnore]
    public DateOnly? LatestPossibleEnd => To?.Latest ?? EndKnownBy?.Latest;

    /// <summary>Whether no day can be in the period: it ends before it can begin. No register takes such a period.</summary>
    [JsonIgnore]
    public bool IsEmpty => LatestPossibleEnd <= EarliestPossibleStart;

    /// <summary>The first day on which it was certainly in force; null when there is none.</summary>
    private DateOnly? SurelyHeldFrom => From?.Latest ?? FromKnownBy?.Latest;

    /// <summary>The first day on which it may have ended; null when there is none.</summary>
    private DateOnly? MayEndFrom =>
        To is { } to ? to.Earliest
        : Ended ? SurelyHeldFrom?.AddDays(1) ?? DateOnly.MinValue
        : null;

    /// <summary>Whether the day is before, in or after the longest period that the dates allow.</summary>
    public Phase PhaseOn(DateOnly day)
    {
        if (Condition is not null || day < EarliestPossibleStart)
            return Phase.Before;
        return day >= LatestPossibleEnd ? Phase.After : Phase.During;
    }

    /// <summary>Whether the text is certainly, or only possibly, in force on a day in <see cref="Phase.During"/>.</summary>
    public Certainty CertaintyOn(DateOnly day) => day >= SurelyHeldFrom && !(day >= MayEndFrom) ? Certainty.Certain : Certainty.Possible;

    /// <summary>
    /// Whether the text is known to have begun: its start is stated, or a source shows it in force on or before <paramref name="day"/>.
    /// </summary>
    public bool IsStartKnownOn(DateOnly day) => From is not null || day >= SurelyHeldFrom;

    /// <summary>
    /// Whether the dates say anything about the day. When a source only shows the text in force by a date, nothing is known of the time
    /// before that date. A text without any date may have been in force on every day.
    /// </summary>
    public bool IsEvidencedOn(DateOnly day) =>
        From is not null || FromNotBefore is not null || FromKnownBy is not { } by || day >= by.Earliest;

    /// <summary>
    /// Whether another text begins where this one ends: both dates are stated alike, however exactly. So one of them holds on each day,
    /// though it may not be known which.
    /// </summary>
    internal bool MeetsAtStartOf(EffectivePeriod other) => To is { } end && other.From == end && EarliestPossibleStart < end.Earliest;

    /// <summary>Whether two texts may both be in force on some day.</summary>
    public bool Overlaps(EffectivePeriod other)
    {
        ArgumentNullException.ThrowIfNull(other);
        // What waits for a condition is in force on no day yet.
        if (Condition is not null || other.Condition is not null || MeetsAtStartOf(other) || other.MeetsAtStartOf(this))
            return false;
        return !(EarliestPossibleStart >= other.LatestPossibleEnd) && !(other.EarliestPossibleStart >= LatestPossibleEnd);
    }
}
