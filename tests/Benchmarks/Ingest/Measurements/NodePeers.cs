using System.Diagnostics;
using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.Peers;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;
using SurveillanceRegistry.Benchmarks.Ingest.Report;
using SurveillanceRegistry.Benchmarks.Ingest.UnderTest;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest.Measurements;

/// <summary>
/// The peer is what most people would build: Mosquitto and a consumer in Node that upserts each message. A run of the peer lasts from the
/// first publish to the last commit, because its PUBACKs come long before its commits.
/// </summary>
internal static class NodePeers
{
    private static readonly (int PoolSize, double MinRatio)[] Peers = [(1, 10), (10, 5)];

    public static async Task RunAsync(BenchmarkScale scale, FigureTable table)
    {
        await using var generator = LoadGenerator.Start();
        await using var registry = await RegistryUnderTest.OpenAsync(
            generator,
            database => RegisteredDevices.InsertDevicesAsync(database, RegisteredDevices.Mobile, 0, scale.PeerConnections)
        );
        await generator.OpenAsync("registry", registry.MqttPort, scale.PeerConnections, scale.PeerConnections);
        await generator.RunFullAsync("registry", scale.WarmSeconds, registry.Cpu);

        foreach (var (poolSize, minRatio) in Peers)
            table.Add(await CompareAsync(generator, registry, scale, poolSize, minRatio));
    }

    private static async Task<Figure> CompareAsync(
        LoadGenerator generator,
        RegistryUnderTest registry,
        BenchmarkScale scale,
        int poolSize,
        double minRatio
    )
    {
        await using var mosquitto = await Mosquitto.StartAsync();
        await using var consumer = await NodeConsumer.StartAsync(mosquitto.Port, registry.Database, poolSize);
        var cpu = registry.Cpu.With(("mosquitto", mosquitto.Pid), ("consumer", consumer.Pid));
        var clients = "peer" + poolSize;
        await generator.OpenAsync(clients, mosquitto.Port, scale.PeerConnections, scale.PeerConnections);

        var ours = new RunSeries();
        var theirs = new RunSeries();
        var published = scale.PeerMessages;
        await RunPeerAsync(generator, consumer, clients, scale.PeerMessages, published, cpu); // The warm-up.
        for (var round = 0; round < scale.Runs; round++)
        {
            ours.Add(await generator.RunFullAsync("registry", scale.TimedSeconds, cpu, scale.SettleSeconds));
            published += scale.PeerMessages;
            theirs.Add(await RunPeerAsync(generator, consumer, clients, scale.PeerMessages, published, cpu));
        }

        await generator.CloseAsync(clients);
        var ratio = ours.PerSecond / theirs.PerSecond;
        return new Figure(
            Invariant($"{scale.PeerConnections} connections, one publish in flight each"),
            ours.Rate,
            Invariant($"Mosquitto + mqtt.js + pg, pool {poolSize}, an upsert a message: ")
                + Invariant($"{theirs.Rate} committed ({theirs.Cores}); ratio **{ratio:0.0}**"),
            ours.Latency,
            ours.Cores,
            ours.Duration,
            Invariant($"≥ {minRatio:0} ×"),
            ratio >= minRatio
        );
    }

    /// <summary>Publishes messages; the returned run lasts until the consumer has committed all that were published so far.</summary>
    private static async Task<LoadRun> RunPeerAsync(
        LoadGenerator generator,
        NodeConsumer consumer,
        string clients,
        long messages,
        long publishedInAll,
        CpuUsage cpu
    )
    {
        var before = cpu.Read();
        var began = Stopwatch.GetTimestamp();
        var committed = consumer.WaitForCommitsAsync(publishedInAll);
        var run = await generator.RunMessagesAsync(clients, messages, cpu);
        var seconds = Stopwatch.GetElapsedTime(began, await committed).TotalSeconds;
        if (run.Result.Acknowledged != messages)
            throw new InvalidOperationException($"Mosquitto acknowledged {run.Result.Acknowledged} of {messages} messages.");
        return run with { Result = run.Result with { Seconds = seconds }, Cores = cpu.CoresSince(before) };
    }
}
