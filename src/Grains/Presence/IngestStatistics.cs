using System.Collections.Frozen;
using System.Collections.Immutable;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Counts what this process received: no device and no topic, only how many and how fast. A heartbeat costs a few additions. A snapshot is
/// taken once a second; the last second and the last minute are differences of two snapshots. Thread-safe.
/// </summary>
public sealed class IngestStatistics : IDisposable
{
    /// <summary>How long heartbeats may wait while none is answered before ingest counts as stalled.</summary>
    public static readonly TimeSpan StallThreshold = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly ITimer _sampling;
    private readonly Lock _lock = new();
    private readonly List<IngestSnapshot> _lastMinute = [];
    private readonly LatencyHistogram _latencies = new();
    private FrozenDictionary<string, Counter> _refused = FrozenDictionary<string, Counter>.Empty;
    private IngestSnapshot _previous;
    private IngestSnapshot _newest;
    private long _received;
    private long _answered;
    private long _acknowledged;
    private long _signInsRefused;
    private long _connectionsRefused;
    private long _lastProgressAt;

    public IngestStatistics(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        Since = time.GetUtcNow();
        _lastProgressAt = time.GetTimestamp();
        _previous = _newest = TakeSnapshot();
        _lastMinute.Add(_newest);
        _sampling = time.CreateTimer(_ => Sample(), null, Second, Second);
    }

    /// <summary>When the process began to count.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>
    /// Returns the number of open connections; zero until <c>UseRegistryBroker</c> sets it, once, before the host starts.
    /// </summary>
    public Func<int> Connections { get; set; } = () => 0;

    /// <summary>Returns the number of sessions. The broker sets it together with <see cref="Connections"/>.</summary>
    public Func<int> Sessions { get; set; } = () => 0;

    /// <summary>Heartbeats that were received and not answered yet.</summary>
    public long InFlight => Math.Max(0, Volatile.Read(ref _received) - Volatile.Read(ref _answered));

    /// <summary>True if heartbeats wait and none was answered for <see cref="StallThreshold"/>: nothing can be made durable.</summary>
    public bool IsStalled => InFlight > 0 && _time.GetElapsedTime(Volatile.Read(ref _lastProgressAt)) > StallThreshold;

    /// <summary>Heartbeats that were acknowledged since the process began.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Publishes that were refused since the process began, by reason, in the order of reasons.</summary>
    public ImmutableArray<(string Reason, long Count)> Refusals =>
        [
            .. _refused
                .OrderBy(counter => counter.Key, StringComparer.Ordinal)
                .Select(counter => (counter.Key, Volatile.Read(ref counter.Value.Count))),
        ];

    /// <summary>Names the reasons for which a publish can be refused, so that reasons with a count of zero are shown too.</summary>
    public void RegisterReasons(IEnumerable<string> reasons) =>
        _refused = reasons.ToFrozenDictionary(reason => reason, _ => new Counter(), StringComparer.Ordinal);

    /// <summary>Counts a heartbeat that was received and will be answered.</summary>
    /// <returns>The timestamp of receipt, for <see cref="Completed"/>.</returns>
    public long Received()
    {
        var now = _time.GetTimestamp();
        // First pending heartbeat: restart the stall timer.
        if (Interlocked.Increment(ref _received) - Volatile.Read(ref _answered) <= 1)
            Volatile.Write(ref _lastProgressAt, now);
        return now;
    }

    /// <summary>Counts the answer to a heartbeat.</summary>
    /// <returns>How long the heartbeat waited.</returns>
    public TimeSpan Completed(long receivedAt, bool isAcknowledged)
    {
        var now = _time.GetTimestamp();
        Interlocked.Increment(ref _answered);
        Volatile.Write(ref _lastProgressAt, now);
        var latency = _time.GetElapsedTime(receivedAt, now);
        if (isAcknowledged)
        {
            Interlocked.Increment(ref _acknowledged);
            _latencies.Record(latency);
        }

        return latency;
    }

    /// <summary>Counts a publish that was refused, for one of the reasons given to <see cref="RegisterReasons"/>.</summary>
    public void Refused(string reason)
    {
        if (_refused.TryGetValue(reason, out var counter))
            Interlocked.Increment(ref counter.Count);
    }

    public void SignInRefused() => Interlocked.Increment(ref _signInsRefused);

    public void ConnectionRefused() => Interlocked.Increment(ref _connectionsRefused);

    /// <summary>Reads the statistics as of the last whole second.</summary>
    public IngestReading Read()
    {
        lock (_lock)
        {
            return new IngestReading(
                _newest.At,
                Since,
                Between(_previous, _newest),
                Between(_lastMinute[0], _newest),
                _newest.Acknowledged,
                _newest.Refused,
                _newest.SignInsRefused,
                _newest.ConnectionsRefused,
                Connections(),
                Sessions(),
                InFlight
            );
        }
    }

    public void Dispose() => _sampling.Dispose();

    private void Sample()
    {
        var snapshot = TakeSnapshot();
        lock (_lock)
        {
            // A process that stood still gets all the missed timer ticks at once.
            if (_time.GetElapsedTime(_newest.Timestamp, snapshot.Timestamp) < Second / 2)
                return;
            _previous = _newest;
            _newest = snapshot;
            _lastMinute.Add(snapshot);
            while (_time.GetElapsedTime(_lastMinute[1].Timestamp, snapshot.Timestamp) >= Minute)
                _lastMinute.RemoveAt(0);
        }
    }

    private IngestSnapshot TakeSnapshot() =>
        new(
            _time.GetUtcNow(),
            _time.GetTimestamp(),
            Acknowledged,
            _latencies.Counts(),
            Refusals,
            Volatile.Read(ref _signInsRefused),
            Volatile.Read(ref _connectionsRefused)
        );

    private IngestWindow Between(IngestSnapshot from, IngestSnapshot to)
    {
        var latencies = to.Latencies.Zip(from.Latencies, (after, before) => after - before).ToArray();
        var refusedBefore = from.Refused.ToDictionary(refusal => refusal.Reason, refusal => refusal.Count, StringComparer.Ordinal);
        return new IngestWindow(
            _time.GetElapsedTime(from.Timestamp, to.Timestamp).TotalSeconds,
            to.Acknowledged - from.Acknowledged,
            LatencyHistogram.Percentile(latencies, 0.5),
            LatencyHistogram.Percentile(latencies, 0.99),
            [.. to.Refused.Select(refusal => (refusal.Reason, refusal.Count - refusedBefore.GetValueOrDefault(refusal.Reason)))],
            to.SignInsRefused - from.SignInsRefused,
            to.ConnectionsRefused - from.ConnectionsRefused
        );
    }

    private sealed class Counter
    {
        public long Count;
    }
}
