using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// A thousand devices, each with one publish in flight, into the whole product: parsed, durable, then acknowledged, presence told. Beside
/// it MQTTnet alone, and Mosquitto with one subscriber, neither of which keeps anything.
/// </summary>
internal static class ThousandConnections
{
    private const double MinOfBare = 0.8,
        MinOfMosquitto = 1,
        MaxP99Milliseconds = 40;

    public static async Task RunAsync(Scale scale, Table table)
    {
        await using var generator = LoadGenerator.Start();
        await using var subject = await Subject.OpenAsync(
            generator,
            database => Registered.DevicesAsync(database, Registered.Moving, 0, scale.Connections)
        );
        var (bare, barePort) = await BareBroker.StartAsync();
        await using var _ = bare;
        await using var mosquitto = await Mosquitto.StartAsync();
        await mosquitto.SubscribeAsync();
        var cores = subject.Cores.With(("MQTTnet", bare.Pid), ("mosquitto", mosquitto.Pid), ("subscriber", mosquitto.SubscriberPid));

        (string Name, int Port, Runs Runs)[] systems =
        [
            ("registry", subject.Port, new()),
            ("bare", barePort, new()),
            ("mosquitto", mosquitto.Port, new()),
        ];
        var epoch = 0L;
        foreach (var (name, port, _) in systems)
        {
            var opened = await generator.OpenAsync(name, port, scale.Connections, scale.Connections);
            epoch = name == "registry" ? opened.Epoch : epoch;
            var warm = await generator.FullAsync(name, scale.WarmSeconds, cores);
            if (name == "mosquitto")
                await mosquitto.DeliveredAsync(warm.Outcome.AllAcknowledged);
        }

        for (var round = 0; round < scale.Runs; round++)
        {
            foreach (var (name, _, runs) in systems)
            {
                runs.Add(await generator.FullAsync(name, scale.TimedSeconds, cores, scale.SettleSeconds));
                if (name == "mosquitto")
                    await mosquitto.DeliveredAsync(runs.Last.AllAcknowledged);
            }
        }

        var (ours, alone, moved) = (systems[0].Runs, systems[1].Runs, systems[2].Runs);
        var load = Invariant($"{scale.Connections:#,0} connections, one publish in flight each, durable before PUBACK");
        table.Add(
            new Figure(
                load,
                ours.Rate,
                Invariant($"a bare MQTTnet 5 broker: {alone.Rate}, {alone.Latency}; ratio **{ours.PerSecond / alone.PerSecond:0.00}**"),
                ours.Latency,
                ours.Cores,
                ours.Took,
                "≥ 0.8 × the bare broker",
                ours.PerSecond / alone.PerSecond >= MinOfBare
            )
        );
        table.Add(
            new Figure(
                "… the same",
                ours.Rate,
                Invariant(
                    $"Mosquitto with one QoS 1 subscriber, nothing kept: {moved.Rate}, {moved.Latency}; ratio **{ours.PerSecond / moved.PerSecond:0.00}**"
                ),
                ours.Latency,
                "beside: " + moved.Cores,
                moved.Took,
                "≥ Mosquitto",
                ours.PerSecond / moved.PerSecond >= MinOfMosquitto
            )
        );
        table.Add(
            new Figure(
                "… its acknowledgements",
                Invariant($"p99 {ours.P99:0.0} ms"),
                Invariant($"p99 {alone.P99:0.0} ms bare, {moved.P99:0.0} ms Mosquitto"),
                ours.Latency,
                "beside: " + alone.Cores,
                alone.Took,
                "p99 ≤ 40 ms",
                ours.P99 <= MaxP99Milliseconds
            )
        );

        var kept = await Registered.KeptAsync(subject.Database, epoch);
        table.Note(
            Invariant(
                $"{scale.Connections:#,0} connections: {ours.Last.AllAcknowledged:#,0} PUBACKs, {kept:#,0} rows in PostgreSQL; Mosquitto: {moved.Last.AllAcknowledged:#,0} PUBACKs, {await mosquitto.ReceivedAsync(moved.Last.AllAcknowledged):#,0} lines at its subscriber."
            )
        );
        if (kept != ours.Last.AllAcknowledged)
            throw new InvalidOperationException("What was acknowledged is not what was kept.");
    }
}
