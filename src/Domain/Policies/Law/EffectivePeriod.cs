using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>How sure an answer about a day is.</summary>
public enum Certainty
{
    Certain,
    Possible,
}

/// <summary>Where a day lies in relation to a period.</summary>
public enum Phase
{
    Before,
    During,
    After,
}

/// <summary>
/// From when to when a text holds, as far as anybody knows. <see cref="From"/> is the first day on which it holds,
/// <see cref="To"/> the first day on which it no longer does. Both may be imprecise or unknown; then the <c>KnownBy</c> dates say
/// what is known all the same: held by this day, ended by this day.
/// </summary>
/// <param name="From">First day on which it holds; null when not known.</param>
/// <param name="FromNotBefore">When <paramref name="From"/> is not known: it cannot have held before this date (the day it was
/// passed).</param>
/// <param name="FromKnownBy">When <paramref name="From"/> is not known: a source shows it in force by this date.</param>
/// <param name="To">First day on which it no longer holds; null when open or not known.</param>
/// <param name="Ended">With <paramref name="To"/> null: true when it has ended on an unknown day, false when it is open.</param>
/// <param name="EndKnownBy">When it ended on an unknown day: a source shows it replaced by this date.</param>
public sealed record EffectivePeriod(
    LawDate? From,
    LawDate? FromNotBefore = null,
    LawDate? FromKnownBy = null,
    LawDate? To = null,
    bool Ended = false,
    LawDate? EndKnownBy = null
)
{
    [JsonIgnore]
    public DatePrecision FromPrecision => From?.Precision ?? DatePrecision.Unknown;

    [JsonIgnore]
    public DatePrecision ToPrecision => To?.Precision ?? (Ended ? DatePrecision.Unknown : DatePrecision.Open);

    /// <summary>The first day on which it may hold.</summary>
    [JsonIgnore]
    public DateOnly MayHoldFrom => From?.Earliest ?? FromNotBefore?.Earliest ?? DateOnly.MinValue;

    /// <summary>The first day on which it surely no longer holds; <see cref="DateOnly.MaxValue"/> when there is none.</summary>
    [JsonIgnore]
    public DateOnly SurelyEndedFrom => To?.Latest ?? EndKnownBy?.Latest ?? DateOnly.MaxValue;

    private DateOnly SurelyHeldFrom => From?.Latest ?? FromKnownBy?.Latest ?? DateOnly.MaxValue;

    private DateOnly MayEndFrom =>
        To?.Earliest
        ?? (
            !Ended ? DateOnly.MaxValue
            : SurelyHeldFrom == DateOnly.MaxValue ? DateOnly.MinValue
            : SurelyHeldFrom.AddDays(1)
        );

    /// <summary>Whether the day lies before, in or after the period, by what may be.</summary>
    public Phase PhaseOn(DateOnly day) =>
        day < MayHoldFrom ? Phase.Before
        : day >= SurelyEndedFrom ? Phase.After
        : Phase.During;

    /// <summary>Whether the period surely, or only possibly, holds on a day in <see cref="Phase.During"/>.</summary>
    public Certainty CertaintyOn(DateOnly day) => day >= SurelyHeldFrom && day < MayEndFrom ? Certainty.Certain : Certainty.Possible;

    /// <summary>
    /// Whether the start is a known day by now: stated, or shown by a source to lie in the past of <paramref name="day"/>.
    /// </summary>
    public bool IsStartKnownOn(DateOnly day) => From is not null || day >= SurelyHeldFrom;

    /// <summary>
    /// Whether anything is known of the text for that day. One that a source only shows in force by a date says nothing of the time before
    /// that date; one without any date at all is not known to have been absent on any day.
    /// </summary>
    public bool IsEvidencedOn(DateOnly day) =>
        From is not null || FromNotBefore is not null || FromKnownBy is not { } by || day >= by.Earliest;

    /// <summary>Whether two periods may both hold on some day.</summary>
    public bool Overlaps(EffectivePeriod other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return MayHoldFrom < other.SurelyEndedFrom && other.MayHoldFrom < SurelyEndedFrom;
    }
}
