using System.Collections.Immutable;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>What the process received within a period of time.</summary>
/// <param name="Seconds">The length of the period as measured.</param>
/// <param name="Acknowledged">Heartbeats that were made durable and acknowledged.</param>
/// <param name="AckP50Ms">The median time from receipt to acknowledgement, in milliseconds; null if there was none.</param>
/// <param name="AckP99Ms">The 99th percentile of that time, in milliseconds; null if there was none.</param>
/// <param name="Refused">Publishes that were refused, by reason.</param>
/// <param name="SignInsRefused">Sign-ins that were refused.</param>
/// <param name="ConnectionsRefused">Connections that were refused before they could sign in.</param>
public sealed record IngestWindow(
    double Seconds,
    long Acknowledged,
    double? AckP50Ms,
    double? AckP99Ms,
    ImmutableArray<(string Reason, long Count)> Refused,
    long SignInsRefused,
    long ConnectionsRefused
)
{
    public double PerSecond => Seconds > 0 ? Acknowledged / Seconds : 0;
}
