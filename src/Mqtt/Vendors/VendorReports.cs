using System.Collections.Immutable;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>What follows from one message of a gateway, or from time passing.</summary>
/// <param name="Heartbeats">Must be durable before the message is acknowledged, in this order.</param>
/// <param name="IsOverRate">Whether a report is not among them because its device is over its rate limit.</param>
/// <param name="Recorded">
/// Completed when it is durable what the reports named that are not among the heartbeats. The message is not answered before.
/// </param>
internal readonly record struct VendorReports(ImmutableArray<VendorHeartbeat> Heartbeats, bool IsOverRate, Task Recorded);
