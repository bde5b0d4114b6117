using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.Peers;
using SurveillanceRegistry.Benchmarks.Ingest.Report;
using SurveillanceRegistry.Benchmarks.Ingest.UnderTest;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest.Measurements;

/// <summary>
/// A thousand devices, each with one publish in flight, against the whole product: parsed, durable, acknowledged, presence notified. The
/// peers are MQTTnet alone and Mosquitto with one subscriber; both store nothing.
/// </summary>
internal static class ThousandConnections
{
    private const double MinRatioToBareBroker = 0.8,
        MinRatioToMosquitto = 1,
        MaxP99Milliseconds = 40;

    public static async Task RunAsync(BenchmarkScale scale, FigureTable table)
    {
        await using var generator = LoadGenerator.Start();
        await using var registry = await RegistryUnderTest.OpenAsync(
            generator,
            database => RegisteredDevices.InsertDevicesAsync(database, RegisteredDevices.Mobile, 0, scale.Connections)
        );
        var (bareBroker, barePort) = await BareBroker.StartAsync();
        await using var _ = bareBroker;
        await using var mosquitto = await Mosquitto.StartAsync();
        await mosquitto.SubscribeAsync();
        var cpu = registry.Cpu.With(("MQTTnet", bareBroker.Pid), ("mosquitto", mosquitto.Pid), ("subscriber", mosquitto.SubscriberPid));

        var ours = new RunSeries();
        var bare = new RunSeries();
        var relayed = new RunSeries();
        var opened = await WarmAsync("registry", registry.MqttPort);
        await WarmAsync("bare", barePort);
        await WarmAsync("mosquitto", mosquitto.Port);
        for (var round = 0; round < scale.Runs; round++)
        {
            ours.Add(await generator.RunFullAsync("registry", scale.TimedSeconds, cpu, scale.SettleSeconds));
            bare.Add(await generator.RunFullAsync("bare", scale.TimedSeconds, cpu, scale.SettleSeconds));
            relayed.Add(await generator.RunFullAsync("mosquitto", scale.TimedSeconds, cpu, scale.SettleSeconds));
            await mosquitto.WaitForDeliveryAsync(relayed.Last.AllAcknowledged);
        }

        AddFigures(table, scale, ours, bare, relayed);
        var stored = await RegisteredDevices.CountHeartbeatsAsync(registry.Database, opened.Epoch);
        var received = await mosquitto.EndSubscriberAsync(relayed.Last.AllAcknowledged);
        table.AddNote(
            Invariant($"{scale.Connections:#,0} connections: ")
                + Invariant($"{ours.Last.AllAcknowledged:#,0} PUBACKs, {stored:#,0} rows in PostgreSQL; ")
                + Invariant($"Mosquitto: {relayed.Last.AllAcknowledged:#,0} PUBACKs, {received:#,0} lines at its subscriber.")
        );
        if (stored != ours.Last.AllAcknowledged)
            throw new InvalidOperationException("The number of acknowledged heartbeats is not the number of stored ones.");

        async Task<LoadResult> WarmAsync(string clients, int port)
        {
            var result = await generator.OpenAsync(clients, port, scale.Connections, scale.Connections);
            var warm = await generator.RunFullAsync(clients, scale.WarmSeconds, cpu);
            if (clients == "mosquitto")
                await mosquitto.WaitForDeliveryAsync(warm.Result.AllAcknowledged);
            return result;
        }
    }

    private static void AddFigures(FigureTable table, BenchmarkScale scale, RunSeries ours, RunSeries bare, RunSeries relayed)
    {
        var toBareBroker = ours.PerSecond / bare.PerSecond;
        var toMosquitto = ours.PerSecond / relayed.PerSecond;
        table.Add(
            new Figure(
                Invariant($"{scale.Connections:#,0} connections, one publish in flight each, durable before PUBACK"),
                ours.Rate,
                Invariant($"a bare MQTTnet 5 broker: {bare.Rate}, {bare.Latency}; ratio **{toBareBroker:0.00}**"),
                ours.Latency,
                ours.Cores,
                ours.Duration,
                "≥ 0.8 × the bare broker",
                toBareBroker >= MinRatioToBareBroker
            )
        );
        table.Add(
            new Figure(
                "… the same",
                ours.Rate,
                Invariant($"Mosquitto with one QoS 1 subscriber, nothing stored: {relayed.Rate}, {relayed.Latency}; ")
                    + Invariant($"ratio **{toMosquitto:0.00}**"),
                ours.Latency,
                "beside: " + relayed.Cores,
                relayed.Duration,
                "≥ Mosquitto",
                toMosquitto >= MinRatioToMosquitto
            )
        );
        table.Add(
            new Figure(
                "… its acknowledgements",
                Invariant($"p99 {ours.P99:0.0} ms"),
                Invariant($"p99 {bare.P99:0.0} ms bare, {relayed.P99:0.0} ms Mosquitto"),
                ours.Latency,
                "beside: " + bare.Cores,
                bare.Duration,
                "p99 ≤ 40 ms",
                ours.P99 <= MaxP99Milliseconds
            )
        );
    }
}
