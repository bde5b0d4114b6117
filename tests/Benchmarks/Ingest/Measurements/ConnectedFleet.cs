using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.Peers;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;
using SurveillanceRegistry.Benchmarks.Ingest.Report;
using SurveillanceRegistry.Benchmarks.Ingest.UnderTest;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest.Measurements;

/// <summary>A city's fleet at rest: connected devices that publish every 30 s. Measures CPU, memory and missed deadlines.</summary>
internal static class ConnectedFleet
{
    private const double HeartbeatIntervalSeconds = 30,
        MaxCores = 0.1,
        MaxKilobytes = 25,
        MaxMinutesOfBareBroker = 4;
    private const int DeadlineSeconds = 90;

    public static async Task RunAsync(BenchmarkScale scale, FigureTable table)
    {
        var interval = scale.IsFull ? HeartbeatIntervalSeconds : 1;
        // Every device publishes twice before the measured time; from then on each has a deadline.
        var settleSeconds = scale.IsFull ? 2 * HeartbeatIntervalSeconds : 2;
        var bare = await RunBareBrokerAsync(scale, interval, settleSeconds);

        await using var generator = LoadGenerator.Start();
        await using var registry = await RegistryUnderTest.OpenAsync(
            generator,
            database => RegisteredDevices.InsertDevicesAsync(database, RegisteredDevices.Mobile, 0, scale.FleetDevices)
        );
        var before = await MemoryAsync(registry);
        var opened = await generator.OpenAsync("fleet", registry.MqttPort, scale.FleetDevices, scale.FleetDevices);
        var since = DateTime.UtcNow.AddSeconds(settleSeconds);
        var run = await generator.RunPacedAsync(
            "fleet",
            scale.FleetDevices / interval,
            scale.FleetMinutes * 60,
            registry.Cpu,
            settleSeconds
        );
        var after = await MemoryAsync(registry);
        var notHeard = await RegisteredDevices.CountNotHeardAsync(registry.Database, since);

        var duration = Invariant($"{run.Result.Seconds / 60:0.#} min, opened in {opened.Seconds:0} s");
        table.Add(CpuFigure(scale, interval, run, bare, duration));
        table.Add(MemoryFigure(scale, before, after, duration));
        table.Add(DeadlineFigure(run.Result, notHeard, duration));
    }

    /// <summary>
    /// Measures a bare broker with the same fleet before the registry opens: two fleets at once would need more sockets than a process may
    /// have.
    /// </summary>
    private static async Task<LoadRun> RunBareBrokerAsync(BenchmarkScale scale, double interval, double settleSeconds)
    {
        await using var generator = LoadGenerator.Start();
        var (broker, port) = await BareBroker.StartAsync();
        await using var _ = broker;
        await generator.OpenAsync("bare", port, scale.FleetDevices, scale.FleetDevices);
        return await generator.RunPacedAsync(
            "bare",
            scale.FleetDevices / interval,
            Math.Min(scale.FleetMinutes, MaxMinutesOfBareBroker) * 60,
            new CpuUsage(("generator", generator.Pid), ("MQTTnet", broker.Pid)),
            settleSeconds
        );
    }

    private static async Task<(long Resident, long Heap)> MemoryAsync(RegistryUnderTest registry) =>
        (CpuUsage.ResidentBytes(registry.Pid), await ServerHeap.LiveBytesAsync(registry.Pid));

    private static Figure CpuFigure(BenchmarkScale scale, double interval, LoadRun run, LoadRun bare, string duration)
    {
        var cores = run.Cores["server"] + run.Cores["PostgreSQL"];
        var bareCores = bare.Cores["MQTTnet"];
        return new Figure(
            Invariant($"{scale.FleetDevices:#,0} connected devices, a heartbeat each every {interval:0} s"),
            Invariant($"{cores * 100:0.0} % of one core, server and PostgreSQL"),
            Invariant($"a bare MQTTnet 5 broker, {bare.Result.Seconds / 60:0.#} min: {bareCores * 100:0.0} %; ")
                + Invariant($"ratio **{cores / bareCores:0.00}**. ")
                + Invariant($"Due {scale.FleetDevices / interval:#,0}/s, acknowledged {run.Result.PerSecond:#,0}/s"),
            Invariant($"p50 {run.Result.P50:0.00}, p99 {run.Result.P99:0.0}, longest {run.Result.Max:0} ms; ")
                + Invariant($"generator late by {run.Result.LagMilliseconds:0} ms at most"),
            CpuUsage.Format(run.Cores),
            duration,
            "≤ 10 % of one core",
            cores <= MaxCores
        );
    }

    private static Figure MemoryFigure(
        BenchmarkScale scale,
        (long Resident, long Heap) before,
        (long Resident, long Heap) after,
        string duration
    )
    {
        var kilobytes = (after.Resident - before.Resident) / 1000.0 / scale.FleetDevices;
        var heapKilobytes = (after.Heap - before.Heap) / 1000.0 / scale.FleetDevices;
        return new Figure(
            "… memory of the server",
            Invariant($"{kilobytes:0.0} kB a device"),
            Invariant($"resident {before.Resident / 1e6:0} → {after.Resident / 1e6:0} MB; ")
                + Invariant($"live on the heap {before.Heap / 1e6:0} → {after.Heap / 1e6:0} MB, {heapKilobytes:0.0} kB a device"),
            "",
            "",
            duration,
            "≤ 25 kB",
            kilobytes <= MaxKilobytes
        );
    }

    private static Figure DeadlineFigure(LoadResult result, long notHeard, string duration)
    {
        var isAnyLatencyOverDeadline = result.Max > DeadlineSeconds * 1000;
        var missed = notHeard + result.Unanswered + result.Lost + (isAnyLatencyOverDeadline ? 1 : 0);
        return new Figure(
            "… deadlines of 90 s",
            Invariant($"{missed} missed"),
            Invariant($"{notHeard} records of a device not heard, {result.Unanswered} heartbeats without an answer, ")
                + Invariant($"{result.Lost} connections lost, of {result.Acknowledged:#,0} heartbeats"),
            "",
            "",
            duration,
            "none missed",
            missed == 0
        );
    }
}
