using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>
/// How large the heartbeat log's commits are and how long they take. A span is of a whole commit, never of a heartbeat, and says only how
/// many.
/// </summary>
public static class CommitMetrics
{
    /// <summary>The name of the meter and of the source of spans.</summary>
    public const string Name = "SurveillanceRegistry.Postgres";

    private static readonly double[] Seconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

    private static readonly int[] Counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<int> Size = Meter.CreateHistogram(
        "registry.commits.size",
        "{heartbeat}",
        "Heartbeats that one commit of the log took together.",
        tags: null,
        new InstrumentAdvice<int> { HistogramBucketBoundaries = Counts }
    );

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "registry.commits.duration",
        "s",
        "How long a commit of the log took, until it was durable, tries that failed included.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds }
    );

    /// <summary>Begins to measure a commit; it ends when the measure is disposed.</summary>
    internal static Measure Begin(int deliveries)
    {
        var span = Source.StartActivity("heartbeats.commit");
        span?.SetTag("registry.commit.size", deliveries);
        return new Measure(span, deliveries, Stopwatch.GetTimestamp());
    }

    internal readonly struct Measure(Activity? span, int deliveries, long began) : IDisposable
    {
        public void Dispose()
        {
            span?.Dispose();
            Size.Record(deliveries);
            Duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
    }
}
