using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>One connection with a hundred publishes in flight: a gateway that speaks for many devices.</summary>
internal static class OneGateway
{
    private const int Behind = 10_000,
        InFlight = 100,
        MinPerSecond = 40_000;

    public static async Task RunAsync(Scale scale, Table table)
    {
        await using var generator = LoadGenerator.Start();
        var devices = scale.IsFull ? Behind : 100;
        await using var subject = await Subject.OpenAsync(
            generator,
            database => Registered.DevicesAsync(database, Registered.Moving, 0, devices, gateways: 1)
        );
        var (bare, barePort) = await BareBroker.StartAsync();
        await using var _ = bare;
        var cores = subject.Cores.With(("MQTTnet", bare.Pid));

        var (ours, alone) = (new Runs(), new Runs());
        var opened = await generator.OpenAsync("registry", subject.Port, devices, 1, InFlight);
        await generator.OpenAsync("bare", barePort, devices, 1, InFlight);
        await generator.FullAsync("registry", scale.WarmSeconds, cores);
        await generator.FullAsync("bare", scale.WarmSeconds, cores);
        for (var round = 0; round < scale.Runs; round++)
        {
            ours.Add(await generator.FullAsync("registry", scale.TimedSeconds, cores, scale.SettleSeconds));
            alone.Add(await generator.FullAsync("bare", scale.TimedSeconds, cores, scale.SettleSeconds));
        }

        table.Add(
            new Figure(
                Invariant($"1 gateway connection, {InFlight} in flight, {devices:#,0} devices behind it"),
                ours.Rate,
                Invariant($"a bare MQTTnet 5 broker: {alone.Rate}, {alone.Latency}; ratio {ours.PerSecond / alone.PerSecond:0.00}"),
                ours.Latency,
                ours.Cores,
                ours.Took,
                "≥ 40,000/s",
                ours.PerSecond >= MinPerSecond
            )
        );
        var kept = await Registered.KeptAsync(subject.Database, opened.Epoch);
        table.Note(Invariant($"One gateway: {ours.Last.AllAcknowledged:#,0} PUBACKs, {kept:#,0} rows in PostgreSQL."));
        if (kept != ours.Last.AllAcknowledged)
            throw new InvalidOperationException("What was acknowledged is not what was kept.");
    }
}
