using System.Collections.Immutable;
using System.Numerics;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Counts latencies in buckets: eight for each doubling, from 2^6 µs on. A percentile is therefore at most 12.5 % greater than the latency
/// that was measured, and never smaller. Thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int BucketsPerDoubling = 8;
    private const int BucketBits = 3;
    private const int SmallestBit = 6;
    private const int Doublings = 20;
    private const int Buckets = (Doublings + 1) * BucketsPerDoubling;

    private readonly long[] _counts = new long[Buckets];

    public void Record(TimeSpan latency) => Interlocked.Increment(ref _counts[BucketOf(latency)]);

    /// <summary>Copies the count of every bucket.</summary>
    public ImmutableArray<long> Counts() => [.. _counts];

    /// <summary>Returns the latency that a share of all counted ones does not exceed, in milliseconds; null if none was counted.</summary>
    public static double? Percentile(IReadOnlyList<long> counts, double share)
    {
        var total = counts.Sum();
        if (total == 0)
            return null;
        var wanted = (long)Math.Ceiling(total * share);
        var bucket = -1;
        var seen = 0L;
        while (seen < wanted)
            seen += counts[++bucket];
        return MaxMicroseconds(bucket) / 1000.0;
    }

    private static int BucketOf(TimeSpan latency)
    {
        var microseconds = Math.Max(0, (long)latency.TotalMicroseconds);
        if (microseconds < 1 << SmallestBit)
            return (int)(microseconds >> (SmallestBit - BucketBits));
        var doubling = BitOperations.Log2((ulong)microseconds);
        var within = (int)((microseconds >> (doubling - BucketBits)) & (BucketsPerDoubling - 1));
        return Math.Min(Buckets - 1, (doubling - SmallestBit + 1) * BucketsPerDoubling + within);
    }

    /// <summary>The greatest latency that a bucket holds, in microseconds.</summary>
    private static long MaxMicroseconds(int bucket)
    {
        var (doubling, within) = (bucket / BucketsPerDoubling, bucket % BucketsPerDoubling);
        return doubling == 0
            ? (within + 1L) << (SmallestBit - BucketBits)
            : (BucketsPerDoubling + within + 1L) << (doubling - 1 + SmallestBit - BucketBits);
    }
}
