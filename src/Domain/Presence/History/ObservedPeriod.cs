namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>A period in which the registry itself could observe.</summary>
public sealed record ObservedPeriod(DateTimeOffset From, DateTimeOffset To);
