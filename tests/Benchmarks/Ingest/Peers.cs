using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MQTTnet.Server;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// MQTTnet 5 on its own endpoint, in a process of its own, with a handler that does nothing and no routing: what the library costs.
/// </summary>
internal static class BareBroker
{
    public const string Verb = "ingest-bare-broker";

    public static async Task RunAsync()
    {
        var port = Ports.Free();
        using var server = new MqttServerFactory().CreateMqttServer(
            new MqttServerOptionsBuilder()
                .WithDefaultEndpoint()
                .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
                .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
                .WithDefaultEndpointPort(port)
                .WithConnectionBacklog(1024)
                .Build()
        );
        server.InterceptingPublishAsync += publish =>
        {
            publish.ProcessPublish = false;
            return Task.CompletedTask;
        };
        await server.StartAsync();
        Console.WriteLine(port.ToString(CultureInfo.InvariantCulture));
        while (await Console.In.ReadLineAsync() is not null) { }
        await server.StopAsync();
    }

    public static async Task<(Child Process, int Port)> StartAsync()
    {
        var process = Child.StartSelf(Verb, []);
        return (process, int.Parse(await process.ReadAsync(), CultureInfo.InvariantCulture));
    }
}

/// <summary>
/// Mosquitto of the distribution, in memory, with no bound on what waits for a subscriber: the default of 1,000 would drop silently.
/// </summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private static readonly TimeSpan LongestDelivery = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly Child _broker;
    private Child? _subscriber;

    private Mosquitto(string folder, Child broker, int port) => (_folder, _broker, Port) = (folder, broker, port);

    public int Port { get; }

    public int Pid => _broker.Pid;

    public int SubscriberPid => _subscriber!.Pid;

    private string Lines => Path.Combine(_folder, "lines");

    public static string Program { get; } =
        new[] { "/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            "Mosquitto is missing: have an administrator run 'apt-get install mosquitto mosquitto-clients'."
        );

    public static async Task<Mosquitto> StartAsync()
    {
        var (folder, port) = (RegistryHost.Reachable(Directory.CreateTempSubdirectory("mosquitto-").FullName), Ports.Free());
        var configuration = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(
            configuration,
            string.Create(
                CultureInfo.InvariantCulture,
                $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\nlog_dest stderr\nlog_type subscribe\nlog_type error\nlog_type information\n"
            )
        );
        var broker = Child.Start(Program, "-c", configuration);
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return new Mosquitto(folder, broker, port);
            }
            catch (SocketException) when (clock.Elapsed < TimeSpan.FromSeconds(10))
            {
                // Not yet.
            }
        }
    }

    /// <summary>One plain subscriber to everything at QoS 1, which writes an empty line for each message.</summary>
    public async Task SubscribeAsync()
    {
        _subscriber = Child.Start(
            "bash",
            "-c",
            string.Create(CultureInfo.InvariantCulture, $"exec mosquitto_sub -h 127.0.0.1 -p {Port} -V 5 -q 1 -t '#' -F '' > '{Lines}'")
        );
        await _broker.SaysAsync(" 1 #");
    }

    /// <summary>Ends the subscriber when it has got as many messages, or no more come; returns how many it got.</summary>
    public async Task<long> ReceivedAsync(long expected)
    {
        await DeliveredAsync(expected);
        await _subscriber!.DisposeAsync();
        _subscriber = null;
        return new FileInfo(Lines).Length;
    }

    /// <summary>Waits until it has nothing left to deliver: what it still does would be taken from whoever is measured next.</summary>
    public async Task DeliveredAsync(long expected)
    {
        var (clock, before) = (Stopwatch.StartNew(), -1L);
        while (clock.Elapsed < LongestDelivery && new FileInfo(Lines).Length is var now && now < expected && now != before)
        {
            before = now;
            await Task.Delay(1000);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_subscriber is not null)
            await _subscriber.DisposeAsync();
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>
/// Mosquitto's consumer as most people would write it first: mqtt.js and pg, one upsert a message. What it has not upserted, a power cut
/// takes.
/// </summary>
internal sealed class NodeConsumer : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(Programs.Root, "tests/Benchmarks/Ingest/npm");

    private readonly Child _process;

    private NodeConsumer(Child process) => _process = process;

    public int Pid => _process.Pid;

    /// <param name="cluster">The connection string of a cluster, in which it gets a database of its own.</param>
    public static async Task<NodeConsumer> StartAsync(int brokerPort, string cluster, int pool)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules/mqtt")) || !Directory.Exists(Path.Combine(Folder, "node_modules/pg")))
        {
            var (code, _, errors) = await Programs.RunAsync(
                "npm",
                ["ci", "--prefix", Folder, "--no-audit", "--no-fund", "--loglevel=error"]
            );
            if (code != 0)
                throw new InvalidOperationException($"The peer's packages cannot be installed: {errors}");
        }

        var settings = new NpgsqlConnectionStringBuilder(cluster);
        var database = $"peer_{pool}";
        await using (var connection = await Registered.ConnectAsync(cluster))
        {
            await using var make = new NpgsqlCommand($"create database {database}", connection);
            await make.ExecuteNonQueryAsync();
        }

        var process = Child.StartWatching(
            "node",
            [Path.Combine(Folder, "consumer.mjs")],
            new()
            {
                ["MQTT"] = string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{brokerPort}"),
                ["PGHOST"] = settings.Host!,
                ["PGPORT"] = settings.Port.ToString(CultureInfo.InvariantCulture),
                ["PGUSER"] = settings.Username!,
                ["PGDATABASE"] = database,
                ["POOL"] = pool.ToString(CultureInfo.InvariantCulture),
            }
        );
        if (await process.ReadAsync() is not "ready")
            throw new InvalidOperationException($"The consumer did not become ready: {process.Errors}");
        return new NodeConsumer(process);
    }

    /// <summary>Completes when it has committed so many messages since its start.</summary>
    public async Task<long> ReachesAsync(long messages)
    {
        await _process.WriteAsync(messages.ToString(CultureInfo.InvariantCulture));
        await _process.ReadAsync();
        return Stopwatch.GetTimestamp();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

/// <summary>Ports of this machine.</summary>
internal static class Ports
{
    public static int Free()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
