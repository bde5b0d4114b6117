using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>A city's fleet at rest: every device connected, one beat each 30 s. What it costs, and whether any deadline is missed.</summary>
internal static class ConnectedFleet
{
    private const double SecondsBetweenBeats = 30, MostCores = 0.1, MostKilobytes = 25;
    private const int DeadlineSeconds = 90;

    public static async Task RunAsync(Scale scale, Table table)
    {
        await using var generator = LoadGenerator.Start();
        await using var subject = await Subject.OpenAsync(generator, database => Registered.DevicesAsync(database, Registered.Moving, 0, scale.Fleet));
        var before = Cores.ResidentBytes(subject.House.Pid);
        var heapBefore = await ServerHeap.LiveBytesAsync(subject.House.Pid);
        var opened = await generator.OpenAsync("fleet", subject.Port, scale.Fleet, scale.Fleet);
        // Every device speaks twice before anything counts; from then on each has a deadline.
        var settle = scale.IsFull ? 2 * SecondsBetweenBeats : 2;
        var between = scale.IsFull ? SecondsBetweenBeats : 1;
        var since = DateTime.UtcNow.AddSeconds(settle);
        var run = await generator.PacedAsync("fleet", scale.Fleet / between, scale.FleetMinutes * 60, subject.Cores, settle);
        var after = Cores.ResidentBytes(subject.House.Pid);
        var heapAfter = await ServerHeap.LiveBytesAsync(subject.House.Pid);
        var notHeard = await Registered.NotHeardAsync(subject.Database, since);

        var (cpu, kilobytes) = (run.Cores["server"] + run.Cores["PostgreSQL"], (after - before) / 1000.0 / scale.Fleet);
        var missed = notHeard + run.Outcome.Unanswered + run.Outcome.Ended + (run.Outcome.Max > DeadlineSeconds * 1000 ? 1 : 0);
        var load = Invariant($"{scale.Fleet:#,0} connected devices, a beat each every {between:0} s");
        var latency = Invariant($"p50 {run.Outcome.P50:0.00}, p99 {run.Outcome.P99:0.0}, longest {run.Outcome.Max:0} ms; generator late by {run.Outcome.LagMilliseconds:0} ms at most");
        var took = Invariant($"{run.Outcome.Seconds / 60:0.#} min, opened in {opened.Seconds:0} s");
        table.Add(new Figure(load, Invariant($"{cpu * 100:0.0} % of one core, server and PostgreSQL"), Invariant($"due {scale.Fleet / between:#,0}/s, acknowledged {run.Outcome.PerSecond:#,0}/s"), latency, Cores.Words(run.Cores), took, "≤ 10 % of one core", cpu <= MostCores));
        table.Add(new Figure("… memory of the server", Invariant($"{kilobytes:0.0} kB a device"), Invariant($"resident {before / 1e6:0} → {after / 1e6:0} MB; live on the heap {heapBefore / 1e6:0} → {heapAfter / 1e6:0} MB, {(heapAfter - heapBefore) / 1000.0 / scale.Fleet:0.0} kB a device"), "", "", took, "≤ 25 kB", kilobytes <= MostKilobytes));
        table.Add(new Figure("… deadlines of 90 s", Invariant($"{missed} missed"), Invariant($"{notHeard} findings of not being heard, {run.Outcome.Unanswered} beats without an answer, {run.Outcome.Ended} connections lost, of {run.Outcome.Acknowledged:#,0} beats"), "", "", took, "none missed", missed == 0));
    }
}
