using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// The same beats a second into a registry with a thousand devices and into one with a million, turn about: what a beat costs must not
/// depend on how many others are known, and what is known of each must be small.
/// </summary>
internal static class MillionDevices
{
    private const double MostTimes = 1.2, MostBytes = 64;
    private const int OwnConnections = 1_000;

    public static async Task RunAsync(Scale scale, Table table)
    {
        await using var generator = LoadGenerator.Start();
        var areGateways = false;
        await using var few = await Subject.OpenAsync(generator, database => RegisterAsync(database, scale.Few));
        await using var many = await Subject.OpenAsync(generator, database => RegisterAsync(database, scale.Many));
        var heapOfFew = await ServerHeap.LiveBytesAsync(few.House.Pid);
        var heapUnheard = await ServerHeap.LiveBytesAsync(many.House.Pid);

        var (connectionsOfFew, connectionsOfMany) = areGateways ? (scale.Gateways, scale.Gateways) : (Math.Min(scale.Few, OwnConnections), Math.Min(scale.Few, OwnConnections));
        var speakers = areGateways ? scale.Many : connectionsOfMany;
        await generator.OpenAsync("few", few.Port, areGateways ? scale.Few : connectionsOfFew, connectionsOfFew, areGateways ? 200 : 1);
        await generator.OpenAsync("many", many.Port, speakers, connectionsOfMany, areGateways ? 200 : 1);
        await generator.PacedAsync("few", scale.Beats, scale.WarmSeconds, few.Cores.With(("other registry", many.House.Pid)));
        // Long enough that each has spoken.
        await generator.PacedAsync("many", scale.Beats, Math.Max(scale.WarmSeconds, speakers / scale.Beats * 1.1), many.Cores.With(("other registry", few.House.Pid)));
        var heapHeard = await ServerHeap.LiveBytesAsync(many.House.Pid);
        var heapOfFewHeard = await ServerHeap.LiveBytesAsync(few.House.Pid);

        var (ofFew, ofMany) = (new Runs(), new Runs());
        for (var round = 0; round < scale.Runs; round++)
        {
            ofFew.Add(await generator.PacedAsync("few", scale.Beats, scale.TimedSeconds, few.Cores.With(("other registry", many.House.Pid)), scale.SettleSeconds));
            ofMany.Add(await generator.PacedAsync("many", scale.Beats, scale.TimedSeconds, many.Cores.With(("other registry", few.House.Pid)), scale.SettleSeconds));
        }

        var (cheap, dear) = (Microseconds(ofFew), Microseconds(ofMany));
        var through = areGateways ? Invariant($"{scale.Gateways} gateway connections") : Invariant($"{connectionsOfMany:#,0} connections of their own: this registry has no gateways, so only these speak");
        table.Add(new Figure(Invariant($"{scale.Many:#,0} registered devices, {scale.Beats:#,0} beats/s over {through}"), Invariant($"{dear:0.0} µs of CPU a beat"), Invariant($"{cheap:0.0} µs with {scale.Few:#,0} devices; ratio **{dear / cheap:0.00}**"),
            Invariant($"{ofMany.Latency}; with {scale.Few:#,0}: {ofFew.Latency}"), ofMany.Cores, ofMany.Took, "≤ 1.2 × that at 1,000 devices", dear / cheap <= MostTimes));
        var presence = (heapHeard - heapUnheard) / (double)speakers;
        table.Add(new Figure("… memory of presence", Invariant($"{presence:0} bytes a device"), Invariant($"live on the server's heap after a full collection: {heapUnheard / 1e6:0.0} MB before any spoke, {heapHeard / 1e6:0.0} MB when {speakers:#,0} had; all told {(heapHeard - heapOfFewHeard) / (double)(scale.Many - scale.Few):0} bytes for each registered device more ({heapOfFew / 1e6:0.0} → {heapOfFewHeard / 1e6:0.0} MB with {scale.Few:#,0})"),
            "", "", "", "≤ 64 bytes", presence <= MostBytes));

        async Task RegisterAsync(string database, int devices)
        {
            areGateways = await Registered.KnowsGatewaysAsync(database);
            await Registered.DevicesAsync(database, Registered.Moving, 0, devices, areGateways ? scale.Gateways : 0);
        }

        static double Microseconds(Runs runs) => (runs.Median.Cores["server"] + runs.Median.Cores["PostgreSQL"]) * 1e6 / runs.PerSecond;
    }
}
