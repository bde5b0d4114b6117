using System.Collections.Immutable;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>The counters of <see cref="IngestStatistics"/> at one moment.</summary>
internal sealed record IngestSnapshot(
    DateTimeOffset At,
    long Timestamp,
    long Acknowledged,
    ImmutableArray<long> Latencies,
    ImmutableArray<(string Reason, long Count)> Refused,
    long SignInsRefused,
    long ConnectionsRefused
);
