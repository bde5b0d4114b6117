using System.Diagnostics;
using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;
using SurveillanceRegistry.Benchmarks.Ingest.Report;
using SurveillanceRegistry.Benchmarks.Ingest.UnderTest;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest.Measurements;

/// <summary>
/// The same heartbeats a second into a registry of a thousand devices and into one of a million, in turn. The cost of a heartbeat must not
/// depend on the number of registered devices, and the memory of each must be small.
/// </summary>
internal static class MillionDevices
{
    private const double MaxCpuRatio = 1.2,
        MaxBytes = 64;
    private const int InFlight = 200,
        MaxWarmUpsWithoutProgress = 60;

    public static async Task RunAsync(BenchmarkScale scale, FigureTable table)
    {
        await using var generator = LoadGenerator.Start();
        await using var few = await OpenAsync(generator, scale, scale.FewDevices);
        await using var many = await OpenAsync(generator, scale, scale.ManyDevices);
        var fewHeapBefore = await ServerHeap.LiveBytesAsync(few.Pid);
        var manyHeapBefore = await ServerHeap.LiveBytesAsync(many.Pid);

        await generator.OpenAsync("few", few.MqttPort, scale.FewDevices, scale.Gateways, InFlight);
        await generator.OpenAsync("many", many.MqttPort, scale.ManyDevices, scale.Gateways, InFlight);
        var fewCpu = few.Cpu.With(("other registry", many.Pid));
        var manyCpu = many.Cpu.With(("other registry", few.Pid));
        await generator.RunPacedAsync("few", scale.HeartbeatsPerSecond, scale.WarmSeconds, fewCpu);
        table.AddNote(await WarmUntilEachHasPublishedAsync(generator, scale, manyCpu));
        var fewHeapAfter = await ServerHeap.LiveBytesAsync(few.Pid);
        var manyHeapAfter = await ServerHeap.LiveBytesAsync(many.Pid);

        var ofFew = new RunSeries();
        var ofMany = new RunSeries();
        for (var round = 0; round < scale.Runs; round++)
        {
            ofFew.Add(await RunAsync("few", fewCpu));
            ofMany.Add(await RunAsync("many", manyCpu));
        }

        AddCpuFigure(table, scale, ofFew, ofMany);
        AddMemoryFigure(table, scale, (fewHeapBefore, fewHeapAfter), (manyHeapBefore, manyHeapAfter));

        Task<LoadRun> RunAsync(string clients, CpuUsage cpu) =>
            generator.RunPacedAsync(clients, scale.HeartbeatsPerSecond, scale.TimedSeconds, cpu, scale.SettleSeconds);
    }

    /// <summary>
    /// Opens a registry as if after a restart: each device has published before and its state does not change. The deadline is an hour,
    /// because each of a million devices publishes only every minute or two.
    /// </summary>
    private static Task<RegistryUnderTest> OpenAsync(LoadGenerator generator, BenchmarkScale scale, int devices)
    {
        var template = RegisteredDevices.Mobile with { OwnDeadlineSeconds = 3600 };
        var capture = default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off);
        return RegistryUnderTest.OpenAsync(
            generator,
            async database =>
            {
                await RegisteredDevices.InsertDevicesAsync(database, template, 0, devices, scale.Gateways);
                await RegisteredDevices.InsertHeartbeatsAsync(
                    database,
                    new Heartbeat(0, "", 1, 1, DateTimeOffset.UtcNow, null, capture, Health.Ok, "10.12.1", null)
                );
            }
        );
    }

    /// <summary>
    /// Warms the large registry until every device has published: the first heartbeat of a device since the start is expensive, because
    /// the registry looks up the device and its last heartbeat.
    /// </summary>
    private static async Task<string> WarmUntilEachHasPublishedAsync(LoadGenerator generator, BenchmarkScale scale, CpuUsage cpu)
    {
        var began = Stopwatch.GetTimestamp();
        var seconds = Math.Max(scale.WarmSeconds, scale.ManyDevices / scale.HeartbeatsPerSecond * 1.1);
        var warm = await generator.RunPacedAsync("many", scale.HeartbeatsPerSecond, seconds, cpu);
        var unanswered = long.MaxValue;
        for (var attempts = 0; warm.Result.Unanswered > 0; attempts++)
        {
            if (warm.Result.Unanswered < unanswered)
                (attempts, unanswered) = (0, warm.Result.Unanswered);
            else if (attempts == MaxWarmUpsWithoutProgress)
                throw new InvalidOperationException($"{unanswered} first heartbeats are not acknowledged, and their number stays.");
            warm = await generator.RunPacedAsync("many", 1, 1, cpu);
        }

        var perSecond = scale.ManyDevices / Stopwatch.GetElapsedTime(began).TotalSeconds;
        return Invariant($"{scale.ManyDevices:#,0} devices: each published for the first time since the registry opened, ")
            + Invariant($"at {perSecond:#,0}/s.");
    }

    private static void AddCpuFigure(FigureTable table, BenchmarkScale scale, RunSeries ofFew, RunSeries ofMany)
    {
        var microsecondsOfFew = CpuMicroseconds(ofFew);
        var microsecondsOfMany = CpuMicroseconds(ofMany);
        var ratio = microsecondsOfMany / microsecondsOfFew;
        table.Add(
            new Figure(
                Invariant($"{scale.ManyDevices:#,0} registered devices, ")
                    + Invariant($"{scale.HeartbeatsPerSecond:#,0} heartbeats/s over {scale.Gateways} gateway connections"),
                Invariant($"{microsecondsOfMany:0.0} µs of CPU a heartbeat"),
                Invariant($"{microsecondsOfFew:0.0} µs with {scale.FewDevices:#,0} devices ({ofFew.Cores}); ratio **{ratio:0.00}**"),
                Invariant($"{ofMany.Latency}; with {scale.FewDevices:#,0}: {ofFew.Latency}"),
                ofMany.Cores,
                ofMany.Duration,
                "≤ 1.2 × that at 1,000 devices",
                ratio <= MaxCpuRatio
            )
        );
    }

    private static double CpuMicroseconds(RunSeries runs) =>
        (runs.Median.Cores["server"] + runs.Median.Cores["PostgreSQL"]) * 1e6 / runs.PerSecond;

    /// <summary>The memory of presence exists before a device publishes. The sessions need more once a device has published.</summary>
    private static void AddMemoryFigure(
        FigureTable table,
        BenchmarkScale scale,
        (long Before, long After) fewHeap,
        (long Before, long After) manyHeap
    )
    {
        var additionalDevices = (double)(scale.ManyDevices - scale.FewDevices);
        var presence = (manyHeap.Before - fewHeap.Before) / additionalDevices;
        var withSessions = (manyHeap.After - fewHeap.After) / additionalDevices;
        table.Add(
            new Figure(
                "… memory of presence",
                Invariant($"{presence:0} bytes a device"),
                Invariant($"live on the server's heap after a full collection: ")
                    + Invariant($"{fewHeap.Before / 1e6:0.0} MB with {scale.FewDevices:#,0} registered, ")
                    + Invariant($"{manyHeap.Before / 1e6:0.0} MB with {scale.ManyDevices:#,0}; ")
                    + Invariant($"after all had published {manyHeap.After / 1e6:0.0} MB, ")
                    + Invariant($"with the sessions' memory {withSessions:0} bytes a device"),
                "",
                "",
                "",
                "≤ 64 bytes",
                presence <= MaxBytes
            )
        );
    }
}
