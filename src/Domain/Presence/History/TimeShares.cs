namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>How a span of time divides: the three shares add up to the whole.</summary>
/// <param name="Heard">The device was heard.</param>
/// <param name="NotHeard">The registry could observe, and did not hear the device.</param>
/// <param name="Unseen">The registry itself could not observe, or did not know the device yet.</param>
public sealed record TimeShares(TimeSpan Whole, TimeSpan Heard, TimeSpan NotHeard, TimeSpan Unseen);
