using System.Collections.Frozen;
using System.Collections.Immutable;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>What came in within a stretch of time.</summary>
/// <param name="Seconds">How long the stretch really was.</param>
/// <param name="Acknowledged">Heartbeats that were durable and acknowledged in it.</param>
/// <param name="AckP50Ms">Half of them were acknowledged at most so long after they were received, in milliseconds; null when there were
/// none.</param>
/// <param name="AckP99Ms">Of a hundred, ninety-nine were.</param>
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

/// <summary>The figures of one moment.</summary>
/// <param name="At">When they were taken.</param>
/// <param name="Since">Since when this process counts.</param>
/// <param name="LastSecond">The last whole second.</param>
/// <param name="LastMinute">The last minute, or less when the process is younger.</param>
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

/// <summary>
/// What this process has taken in, for whoever looks at it now: no device, no topic, only how many and how fast. A heartbeat costs a few
/// additions; what a second and a minute held is the difference of two pictures, taken once a second.
/// </summary>
public sealed class IngestStatistics : IDisposable
{
    /// <summary>For so long heartbeats may wait while none is answered before the queue counts as standing still.</summary>
    public static readonly TimeSpan StallThreshold = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1),
        Minute = TimeSpan.FromMinutes(1);

    // Eight steps for each doubling, from 2^6 µs on: a figure says at most 12.5 % more than it was, and never less.
    private const int StepsPerDoubling = 8,
        StepBits = 3,
        SmallestBit = 6,
        Doublings = 20,
        Steps = (Doublings + 1) * StepsPerDoubling;

    private readonly TimeProvider _time;
    private readonly ITimer _taking;
    private readonly Lock _pictures = new();
    private readonly List<Snapshot> _kept = [];
    private readonly long[] _latencies = new long[Steps];
    private FrozenDictionary<string, Counter> _refused = FrozenDictionary<string, Counter>.Empty;
    private Snapshot _before,
        _now;
    private long _received,
        _settled,
        _acknowledged,
        _signInsRefused,
        _connectionsRefused,
        _movedAt;

    public IngestStatistics(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        Since = time.GetUtcNow();
        _movedAt = time.GetTimestamp();
        _before = _now = Take();
        _kept.Add(_now);
        _taking = time.CreateTimer(_ => Sample(), null, Second, Second);
    }

    /// <summary>Since when it counts.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>How many connections are open; told by the broker.</summary>
    public Func<int> Connections { get; set; } = () => 0;

    /// <summary>How many clients are signed in; told by the broker.</summary>
    public Func<int> Sessions { get; set; } = () => 0;

    /// <summary>Heartbeats that were received and not answered yet.</summary>
    public long InFlight => Math.Max(0, Volatile.Read(ref _received) - Volatile.Read(ref _settled));

    /// <summary>Whether heartbeats have been waiting for a while and none is answered: nothing can be made durable.</summary>
    public bool IsStalled => InFlight > 0 && _time.GetElapsedTime(Volatile.Read(ref _movedAt)) > StallThreshold;

    /// <summary>Names the reasons for which a publish can be refused, so that those that never were are shown too.</summary>
    public void RegisterReasons(IEnumerable<string> reasons) =>
        _refused = reasons.ToFrozenDictionary(reason => reason, _ => new Counter(), StringComparer.Ordinal);

    /// <summary>A heartbeat was received that the registry will answer.</summary>
    /// <returns>When, for <see cref="Completed"/>.</returns>
    public long Received()
    {
        var now = _time.GetTimestamp();
        // Who comes into an empty house has not waited yet.
        if (Interlocked.Increment(ref _received) - Volatile.Read(ref _settled) <= 1)
            Volatile.Write(ref _movedAt, now);
        return now;
    }

    /// <summary>A heartbeat was answered.</summary>
    /// <returns>How long it waited.</returns>
    public TimeSpan Completed(long receivedAt, bool isAcknowledged)
    {
        var now = _time.GetTimestamp();
        Interlocked.Increment(ref _settled);
        Volatile.Write(ref _movedAt, now);
        var took = _time.GetElapsedTime(receivedAt, now);
        if (isAcknowledged)
        {
            Interlocked.Increment(ref _acknowledged);
            Interlocked.Increment(ref _latencies[StepOf(took)]);
        }

        return took;
    }

    /// <summary>A publish was refused, for one of the reasons of <see cref="RegisterReasons"/>.</summary>
    public void Refused(string reason)
    {
        if (_refused.TryGetValue(reason, out var tally))
            Interlocked.Increment(ref tally.Count);
    }

    public void SignInRefused() => Interlocked.Increment(ref _signInsRefused);

    public void ConnectionRefused() => Interlocked.Increment(ref _connectionsRefused);

    /// <summary>What everybody may know: how many were acknowledged since the process began.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>How many publishes were refused since the process began, by reason, in the order of reasons.</summary>
    public ImmutableArray<(string Reason, long Count)> Refusals =>
        [.. _refused.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, Volatile.Read(ref one.Value.Count)))];

    /// <summary>The figures as of the last whole second.</summary>
    public IngestReading Read()
    {
        lock (_pictures)
        {
            return new IngestReading(
                _now.At,
                Since,
                Between(_before, _now),
                Between(_kept[0], _now),
                _now.Acknowledged,
                _now.Refused,
                _now.SignInsRefused,
                _now.ConnectionsRefused,
                Connections(),
                Sessions(),
                InFlight
            );
        }
    }

    public void Dispose() => _taking.Dispose();

    private void Sample()
    {
        var picture = Take();
        lock (_pictures)
        {
            // A clockwork that stood still makes up for its ticks all at once.
            if (_time.GetElapsedTime(_now.Timestamp, picture.Timestamp) < Second / 2)
                return;
            (_before, _now) = (_now, picture);
            _kept.Add(picture);
            while (_time.GetElapsedTime(_kept[1].Timestamp, picture.Timestamp) >= Minute)
                _kept.RemoveAt(0);
        }
    }

    private Snapshot Take() =>
        new(
            _time.GetUtcNow(),
            _time.GetTimestamp(),
            Acknowledged,
            [.. _latencies],
            Refusals,
            Volatile.Read(ref _signInsRefused),
            Volatile.Read(ref _connectionsRefused)
        );

    private IngestWindow Between(Snapshot from, Snapshot to)
    {
        var latencies = new long[Steps];
        for (var step = 0; step < Steps; step++)
            latencies[step] = to.Latencies[step] - from.Latencies[step];
        var before = from.Refused.ToDictionary(one => one.Reason, one => one.Count, StringComparer.Ordinal);
        return new IngestWindow(
            _time.GetElapsedTime(from.Timestamp, to.Timestamp).TotalSeconds,
            to.Acknowledged - from.Acknowledged,
            Quantile(latencies, 0.5),
            Quantile(latencies, 0.99),
            [.. to.Refused.Select(one => (one.Reason, one.Count - before.GetValueOrDefault(one.Reason)))],
            to.SignInsRefused - from.SignInsRefused,
            to.ConnectionsRefused - from.ConnectionsRefused
        );
    }

    /// <summary>The least step that a share of all does not exceed, in milliseconds.</summary>
    private static double? Quantile(long[] latencies, double share)
    {
        var all = latencies.Sum();
        if (all == 0)
            return null;
        var step = -1;
        for (long seen = 0, wanted = (long)Math.Ceiling(all * share); seen < wanted; )
            seen += latencies[++step];
        return MaxOf(step) / 1000.0;
    }

    private static int StepOf(TimeSpan took)
    {
        var microseconds = Math.Max(0, (long)took.TotalMicroseconds);
        if (microseconds < 1 << SmallestBit)
            return (int)(microseconds >> (SmallestBit - StepBits));
        var doubling = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)microseconds);
        return Math.Min(
            Steps - 1,
            (doubling - SmallestBit + 1) * StepsPerDoubling + (int)((microseconds >> (doubling - StepBits)) & (StepsPerDoubling - 1))
        );
    }

    /// <summary>The most that a step holds, in microseconds.</summary>
    private static long MaxOf(int step)
    {
        var (doubling, within) = (step / StepsPerDoubling, step % StepsPerDoubling);
        return doubling == 0
            ? (within + 1L) << (SmallestBit - StepBits)
            : (StepsPerDoubling + within + 1L) << (doubling - 1 + SmallestBit - StepBits);
    }

    private sealed class Counter
    {
        public long Count;
    }

    private sealed record Snapshot(
        DateTimeOffset At,
        long Timestamp,
        long Acknowledged,
        ImmutableArray<long> Latencies,
        ImmutableArray<(string Reason, long Count)> Refused,
        long SignInsRefused,
        long ConnectionsRefused
    );
}
