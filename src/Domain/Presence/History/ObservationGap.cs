namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>A time in which the registry could not observe. What devices did in it, and what screens showed, is not known.</summary>
/// <param name="From">When observation ended; null when there was none before.</param>
/// <param name="To">When observation began again; null while it has not.</param>
public sealed record ObservationGap(DateTimeOffset? From, DateTimeOffset? To)
{
    /// <summary>The gap at an instant; null when the registry could observe then.</summary>
    /// <param name="observedUntil">The latest end of the observed periods that began by then; null when there was none.</param>
    /// <param name="observedAgain">The begin of the next observed period; null when there is none.</param>
    /// <param name="now">The present, up to which a gap without an end lasts.</param>
    public static ObservationGap? At(DateTimeOffset at, DateTimeOffset? observedUntil, DateTimeOffset? observedAgain, DateTimeOffset now)
    {
        if (observedUntil >= at)
            return null;
        // The registry extends its period once a second: a short time between two periods is no gap.
        return (observedAgain ?? now) - observedUntil <= StateHistory.Tolerance ? null : new ObservationGap(observedUntil, observedAgain);
    }
}
