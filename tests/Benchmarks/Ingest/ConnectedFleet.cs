using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// A city's fleet at rest: every device connected, one beat each 30 s. What it costs, and whether any deadline is missed.
/// </summary>
internal static class ConnectedFleet
{
    private const double SecondsBetweenBeats = 30,
        MaxCores = 0.1,
        MaxKilobytes = 25;
    private const double MaxMinutesBare = 4;
    private const int DeadlineSeconds = 90;

    public static async Task RunAsync(Scale scale, Table table)
    {
        // Every device speaks twice before anything counts; from then on each has a deadline.
        var settle = scale.IsFull ? 2 * SecondsBetweenBeats : 2;
        var between = scale.IsFull ? SecondsBetweenBeats : 1;
        var bare = await BareAsync(scale, between, settle);
        await using var generator = LoadGenerator.Start();
        await using var subject = await Subject.OpenAsync(
            generator,
            database => Registered.DevicesAsync(database, Registered.Moving, 0, scale.Fleet)
        );
        var before = Cores.ResidentBytes(subject.House.Pid);
        var heapBefore = await ServerHeap.LiveBytesAsync(subject.House.Pid);
        var opened = await generator.OpenAsync("fleet", subject.Port, scale.Fleet, scale.Fleet);
        var since = DateTime.UtcNow.AddSeconds(settle);
        var run = await generator.PacedAsync("fleet", scale.Fleet / between, scale.FleetMinutes * 60, subject.Cores, settle);
        var after = Cores.ResidentBytes(subject.House.Pid);
        var heapAfter = await ServerHeap.LiveBytesAsync(subject.House.Pid);
        var notHeard = await Registered.NotHeardAsync(subject.Database, since);

        var (cpu, kilobytes) = (run.Cores["server"] + run.Cores["PostgreSQL"], (after - before) / 1000.0 / scale.Fleet);
        var missed = notHeard + run.Outcome.Unanswered + run.Outcome.Ended + (run.Outcome.Max > DeadlineSeconds * 1000 ? 1 : 0);
        var load = Invariant($"{scale.Fleet:#,0} connected devices, a beat each every {between:0} s");
        var latency = Invariant(
            $"p50 {run.Outcome.P50:0.00}, p99 {run.Outcome.P99:0.0}, longest {run.Outcome.Max:0} ms; generator late by {run.Outcome.LagMilliseconds:0} ms at most"
        );
        var took = Invariant($"{run.Outcome.Seconds / 60:0.#} min, opened in {opened.Seconds:0} s");
        table.Add(
            new Figure(
                load,
                Invariant($"{cpu * 100:0.0} % of one core, server and PostgreSQL"),
                Invariant(
                    $"a bare MQTTnet 5 broker, {bare.Outcome.Seconds / 60:0.#} min: {bare.Cores["MQTTnet"] * 100:0.0} %; ratio **{cpu / bare.Cores["MQTTnet"]:0.00}**. Due {scale.Fleet / between:#,0}/s, acknowledged {run.Outcome.PerSecond:#,0}/s"
                ),
                latency,
                Cores.Words(run.Cores),
                took,
                "≤ 10 % of one core",
                cpu <= MaxCores
            )
        );
        table.Add(
            new Figure(
                "… memory of the server",
                Invariant($"{kilobytes:0.0} kB a device"),
                Invariant(
                    $"resident {before / 1e6:0} → {after / 1e6:0} MB; live on the heap {heapBefore / 1e6:0} → {heapAfter / 1e6:0} MB, {(heapAfter - heapBefore) / 1000.0 / scale.Fleet:0.0} kB a device"
                ),
                "",
                "",
                took,
                "≤ 25 kB",
                kilobytes <= MaxKilobytes
            )
        );
        table.Add(
            new Figure(
                "… deadlines of 90 s",
                Invariant($"{missed} missed"),
                Invariant(
                    $"{notHeard} findings of not being heard, {run.Outcome.Unanswered} beats without an answer, {run.Outcome.Ended} connections lost, of {run.Outcome.Acknowledged:#,0} beats"
                ),
                "",
                "",
                took,
                "none missed",
                missed == 0
            )
        );
    }

    /// <summary>
    /// The same fleet at a broker that does nothing with what it hears, before ours opens: two such fleets at once would need more sockets
    /// than a process may have.
    /// </summary>
    private static async Task<Run> BareAsync(Scale scale, double between, double settle)
    {
        await using var generator = LoadGenerator.Start();
        var (broker, port) = await BareBroker.StartAsync();
        await using var _ = broker;
        await generator.OpenAsync("bare", port, scale.Fleet, scale.Fleet);
        return await generator.PacedAsync(
            "bare",
            scale.Fleet / between,
            Math.Min(scale.FleetMinutes, MaxMinutesBare) * 60,
            new Cores(("generator", generator.Pid), ("MQTTnet", broker.Pid)),
            settle
        );
    }
}
