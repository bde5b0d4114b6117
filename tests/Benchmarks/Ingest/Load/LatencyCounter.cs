using System.Diagnostics;
using HdrHistogram;

namespace SurveillanceRegistry.Benchmarks.Ingest.Load;

/// <summary>Counts acknowledgements and records their latencies within the measured time. Thread-safe.</summary>
internal sealed class LatencyCounter
{
    private readonly Lock _lock = new();
    private readonly LongHistogram _microseconds = new(1, 120_000_000, 3);
    private long _countFrom = long.MaxValue;
    private long _countTo;
    private long _acknowledged;
    private long _allAcknowledged;
    private long _refused;

    /// <summary>Begins a run; returns the timestamp at which the measured time begins, after the settling time.</summary>
    public long Begin(LoadOrder order)
    {
        lock (_lock)
        {
            _microseconds.Reset();
            _acknowledged = 0;
            _countFrom = Stopwatch.GetTimestamp() + Ticks(order.SettleSeconds);
            _countTo = order.Messages > 0 ? long.MaxValue : _countFrom + Ticks(order.Seconds);
            return _countFrom;
        }
    }

    /// <param name="latency">In stopwatch ticks, counted from <paramref name="due"/>.</param>
    public void Record(long latency, long due, bool isSuccess)
    {
        lock (_lock)
        {
            if (!isSuccess)
            {
                _refused++;
                return;
            }

            _allAcknowledged++;
            var acknowledgedAt = due + latency;
            if (acknowledgedAt < _countFrom || acknowledgedAt >= _countTo)
                return;
            _acknowledged++;
            _microseconds.RecordValue(Math.Clamp(latency / (Stopwatch.Frequency / 1_000_000), 1, _microseconds.HighestTrackableValue));
        }
    }

    /// <summary>Ends the measured time, if it has not ended, and returns its counts and latencies.</summary>
    public LoadResult End()
    {
        lock (_lock)
        {
            _countTo = Math.Min(_countTo, Stopwatch.GetTimestamp());
            return new LoadResult(
                "ended",
                Seconds: (_countTo - _countFrom) / (double)Stopwatch.Frequency,
                Acknowledged: _acknowledged,
                AllAcknowledged: _allAcknowledged,
                Refused: _refused,
                P50: Milliseconds(50),
                P99: Milliseconds(99),
                P999: Milliseconds(99.9),
                Max: Milliseconds(100)
            );
        }
    }

    /// <summary>Returns the counts since the connections were opened.</summary>
    public LoadResult Totals()
    {
        lock (_lock)
            return new LoadResult("ended", AllAcknowledged: _allAcknowledged, Refused: _refused);
    }

    public static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private double Milliseconds(double percentile) =>
        _microseconds.TotalCount == 0 ? 0 : _microseconds.GetValueAtPercentile(percentile) / 1000.0;
}
