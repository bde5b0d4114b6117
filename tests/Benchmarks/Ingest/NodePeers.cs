using System.Diagnostics;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// The same work as most people would build it: Mosquitto and a consumer in Node that upserts each message. A run of the peer is so many
/// messages published over as many connections, from the first publish to the last commit; PUBACKs come long before.
/// </summary>
internal static class NodePeers
{
    private static readonly (int Pool, double Least)[] Pools = [(1, 10), (10, 5)];

    public static async Task RunAsync(Scale scale, Table table)
    {
        await using var generator = LoadGenerator.Start();
        await using var subject = await Subject.OpenAsync(
            generator,
            database => Registered.DevicesAsync(database, Registered.Moving, 0, scale.PeerConnections)
        );
        await generator.OpenAsync("registry", subject.Port, scale.PeerConnections, scale.PeerConnections);
        await generator.FullAsync("registry", scale.WarmSeconds, subject.Cores);

        foreach (var (pool, least) in Pools)
        {
            await using var mosquitto = await Mosquitto.StartAsync();
            await using var consumer = await NodeConsumer.StartAsync(mosquitto.Port, subject.Database, pool);
            var cores = subject.Cores.With(("mosquitto", mosquitto.Pid), ("consumer", consumer.Pid));
            var peer = "peer" + pool;
            await generator.OpenAsync(peer, mosquitto.Port, scale.PeerConnections, scale.PeerConnections);
            var (ours, theirs, sent) = (new Runs(), new Runs(), 0L);
            await PeerAsync(); // Warm.
            for (var round = 0; round < scale.Runs; round++)
            {
                ours.Add(await generator.FullAsync("registry", scale.TimedSeconds, cores, scale.SettleSeconds));
                theirs.Add(await PeerAsync());
            }

            await generator.CloseAsync(peer);
            var ratio = ours.PerSecond / theirs.PerSecond;
            table.Add(
                new Figure(
                    Invariant($"{scale.PeerConnections} connections, one publish in flight each"),
                    ours.Rate,
                    Invariant(
                        $"Mosquitto + mqtt.js + pg, pool {pool}, an upsert a message: {theirs.Rate} committed ({theirs.Cores}); ratio **{ratio:0.0}**"
                    ),
                    ours.Latency,
                    ours.Cores,
                    ours.Took,
                    Invariant($"≥ {least:0} ×"),
                    ratio >= least
                )
            );

            // Its rate is of commits, so the run is as long as they take.
            async Task<Run> PeerAsync()
            {
                sent += scale.PeerMessages;
                var (before, began) = (cores.Sample(), Stopwatch.GetTimestamp());
                var reached = consumer.ReachesAsync(sent);
                var run = await generator.CountAsync(peer, scale.PeerMessages, cores);
                var seconds = Stopwatch.GetElapsedTime(began, await reached).TotalSeconds;
                return run.Outcome.Acknowledged == scale.PeerMessages
                    ? run with
                    {
                        Outcome = run.Outcome with { Seconds = seconds },
                        Cores = cores.Used(before),
                    }
                    : throw new InvalidOperationException(
                        $"Mosquitto acknowledged {run.Outcome.Acknowledged} of {scale.PeerMessages} messages."
                    );
            }
        }
    }
}
