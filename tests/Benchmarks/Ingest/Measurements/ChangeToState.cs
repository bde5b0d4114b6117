using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.Report;
using SurveillanceRegistry.Benchmarks.Ingest.UnderTest;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest.Measurements;

/// <summary>
/// A device starts or stops recording sound while many others publish heartbeats. Measures when its PUBACK arrives, when the public API
/// returns the new state, and when the screens of its place are notified of a new notice.
/// </summary>
internal static class ChangeToState
{
    /// <summary>Changes before the first one that counts: until the JIT has optimised the code of a change and of the API.</summary>
    private const int WarmUpChanges = 600;

    private const int BackgroundDevices = 1_000,
        MaxSeconds = 600;
    private const double MaxP50Milliseconds = 5,
        MaxP99Milliseconds = 25;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    public static async Task RunAsync(BenchmarkScale scale, FigureTable table)
    {
        await using var generator = LoadGenerator.Start();
        var backgroundDevices = scale.IsFull ? BackgroundDevices : 50;
        await using var registry = await RegistryUnderTest.OpenAsync(
            generator,
            async database =>
            {
                await RegisteredDevices.InsertPlaceAsync(database, 0);
                await RegisteredDevices.InsertDevicesAsync(database, RegisteredDevices.FixedAt(0), 0, 1);
                await RegisteredDevices.InsertDevicesAsync(database, RegisteredDevices.Mobile, 1, backgroundDevices);
            }
        );
        await generator.OpenAsync("background", registry.MqttPort, backgroundDevices, backgroundDevices, first: 1);
        using var probe = await ChangeProbe.OpenAsync(registry);
        await generator.RunPacedAsync("background", scale.BackgroundPerSecond, scale.WarmSeconds, registry.Cpu);

        // The load runs until the changes are done, so that every change is measured under load.
        var load = generator.RunPacedAsync("background", scale.BackgroundPerSecond, MaxSeconds, registry.Cpu, scale.SettleSeconds);
        await Task.Delay(TimeSpan.FromSeconds(scale.SettleSeconds));
        var changes = new List<ChangeLatency>();
        for (var change = 0; change < WarmUpChanges + scale.Changes && !load.IsCompleted; change++)
        {
            var latency = await probe.ChangeAsync(recordsSound: change % 2 == 0);
            if (change >= WarmUpChanges)
                changes.Add(latency);
            await Task.Delay(Pause);
        }

        await generator.StopPacedAsync();
        var run = await load;
        if (changes.Count < scale.Changes)
            throw new InvalidOperationException("The load ended before the changes did.");
        table.Add(ToFigure(changes, run));
    }

    private static Figure ToFigure(List<ChangeLatency> changes, LoadRun run)
    {
        var runs = new RunSeries();
        runs.Add(run);
        double[] acknowledged = [.. changes.Select(change => change.Acknowledged).Order()];
        double[] read = [.. changes.Select(change => change.Read).Order()];
        double[] notified = [.. changes.Select(change => change.Notified).Order()];
        var (p50, p99) = (Figures.Percentile(read, 50), Figures.Percentile(read, 99));
        return new Figure(
            Invariant($"a capture change published → the device's state, {run.Result.PerSecond:#,0} heartbeats/s behind it"),
            Invariant($"p50 {p50:0.0}, p99 {p99:0.0} ms"),
            $"its durable PUBACK, the floor: {Format(acknowledged)}; screens notified of the new notice: {Format(notified)}",
            Invariant($"heartbeats behind it: {runs.Latency}"),
            runs.Cores,
            Invariant($"{changes.Count} changes, read over HTTP again and again"),
            "p50 ≤ 5 ms, p99 ≤ 25 ms",
            p50 <= MaxP50Milliseconds && p99 <= MaxP99Milliseconds
        );
    }

    private static string Format(double[] sorted) =>
        Invariant($"p50 {Figures.Percentile(sorted, 50):0.0}, p99 {Figures.Percentile(sorted, 99):0.0} ms");
}
