using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;
using SurveillanceRegistry.Benchmarks.Ingest.UnderTest;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest.Peers;

/// <summary>
/// A consumer behind Mosquitto as most people would first write it: mqtt.js and pg, one upsert for each message. A power cut loses the
/// messages that are not upserted yet.
/// </summary>
internal sealed class NodeConsumer : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(Programs.Root, "tests/Benchmarks/Ingest/npm");

    private readonly WorkerProcess _process;

    private NodeConsumer(WorkerProcess process) => _process = process;

    public int Pid => _process.Pid;

    /// <param name="cluster">A connection string. The consumer gets its own database in this cluster.</param>
    public static async Task<NodeConsumer> StartAsync(int brokerPort, string cluster, int pool)
    {
        await InstallPackagesAsync();
        var settings = new NpgsqlConnectionStringBuilder(cluster);
        var database = $"peer_{pool}";
        await using (var connection = await RegisteredDevices.ConnectAsync(cluster))
        {
            await using var make = new NpgsqlCommand($"create database {database}", connection);
            await make.ExecuteNonQueryAsync();
        }

        var process = WorkerProcess.StartWatching(
            "node",
            [Path.Combine(Folder, "consumer.mjs")],
            new()
            {
                ["MQTT"] = string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{brokerPort}"),
                ["PGHOST"] = settings.Host!,
                ["PGPORT"] = settings.Port.ToString(CultureInfo.InvariantCulture),
                ["PGUSER"] = settings.Username!,
                ["PGPASSFILE"] = settings.Passfile!,
                ["PGDATABASE"] = database,
                ["POOL"] = pool.ToString(CultureInfo.InvariantCulture),
            }
        );
        if (await process.ReadAsync() is not "ready")
            throw new InvalidOperationException($"The consumer did not become ready: {process.Errors}");
        return new NodeConsumer(process);
    }

    private static async Task InstallPackagesAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules/mqtt")) && Directory.Exists(Path.Combine(Folder, "node_modules/pg")))
            return;
        var (code, _, errors) = await Programs.RunAsync("npm", ["ci", "--prefix", Folder, "--no-audit", "--no-fund", "--loglevel=error"]);
        if (code != 0)
            throw new InvalidOperationException($"The packages of the Node consumer cannot be installed: {errors}");
    }

    /// <summary>Waits until it has committed so many messages since its start; returns the timestamp.</summary>
    public async Task<long> WaitForCommitsAsync(long messages)
    {
        await _process.WriteAsync(messages.ToString(CultureInfo.InvariantCulture));
        await _process.ReadAsync();
        return Stopwatch.GetTimestamp();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
