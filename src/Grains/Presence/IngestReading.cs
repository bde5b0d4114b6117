using System.Collections.Immutable;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>The ingest statistics of one moment.</summary>
/// <param name="At">When they were read.</param>
/// <param name="Since">When this process began to count.</param>
/// <param name="LastSecond">The last whole second.</param>
/// <param name="LastMinute">The last minute, or less if the process is younger.</param>
/// <param name="InFlight">Heartbeats that were received and not answered yet.</param>
public sealed record IngestReading(
    DateTimeOffset At,
    DateTimeOffset Since,
    IngestWindow LastSecond,
    IngestWindow LastMinute,
    long Acknowledged,
    ImmutableArray<(string Reason, long Count)> Refused,
    long SignInsRefused,
    long ConnectionsRefused,
    int Connections,
    int Sessions,
    long InFlight
);
