using System.Globalization;
using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;

namespace SurveillanceRegistry.Benchmarks.Ingest.Report;

/// <summary>Several measured runs of the same load.</summary>
internal sealed class RunSeries
{
    private readonly List<LoadRun> _runs = [];

    /// <summary>The run with the median rate.</summary>
    public LoadRun Median => _runs.OrderBy(run => run.Result.PerSecond).ElementAt(_runs.Count / 2);

    public double PerSecond => Median.Result.PerSecond;

    public double P50 => MedianOf(result => result.P50);

    public double P99 => MedianOf(result => result.P99);

    public LoadResult Last => _runs[^1].Result;

    /// <summary>The median rate with the lowest and the highest.</summary>
    public string Rate =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{PerSecond:#,0}/s [{_runs.Min(run => run.Result.PerSecond):#,0}–{_runs.Max(run => run.Result.PerSecond):#,0}]"
        );

    public string Latency => string.Create(CultureInfo.InvariantCulture, $"p50 {P50:0.00}, p99 {P99:0.0} ms");

    /// <summary>The cores of the median run.</summary>
    public string Cores => CpuUsage.Format(Median.Cores);

    public string Duration =>
        string.Create(CultureInfo.InvariantCulture, $"{_runs.Count} × {_runs.Average(run => run.Result.Seconds):0} s");

    /// <summary>Adds a run; throws if a publish failed or a connection was lost.</summary>
    public void Add(LoadRun run)
    {
        var result = run.Result;
        if (result.Problem is not null || result.Refused > 0 || result.Unanswered > 0)
            throw new InvalidOperationException(
                $"{result.Refused} publishes were refused, {result.Unanswered} had no answer, "
                    + $"{result.Lost} connections were lost: {result.Problem}"
            );
        _runs.Add(run);
    }

    private double MedianOf(Func<LoadResult, double> value) => _runs.Select(run => value(run.Result)).Order().ElementAt(_runs.Count / 2);
}
