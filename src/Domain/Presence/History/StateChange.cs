namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>A state change of a device, at the instant at which the registry learned of it.</summary>
public sealed record StateChange(DateTimeOffset At, DeviceObservation Observation);
