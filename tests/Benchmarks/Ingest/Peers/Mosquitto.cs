using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest.Peers;

/// <summary>
/// The distribution's Mosquitto, in memory. The queue of a subscriber is unlimited: at the default of 1,000, messages would be dropped
/// silently.
/// </summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private static readonly TimeSpan LongestDelivery = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly WorkerProcess _broker;
    private WorkerProcess? _subscriber;

    private Mosquitto(string folder, WorkerProcess broker, int port) => (_folder, _broker, Port) = (folder, broker, port);

    public int Port { get; }

    public int Pid => _broker.Pid;

    public int SubscriberPid => _subscriber!.Pid;

    /// <summary>The subscriber writes one byte for each message to this file.</summary>
    private string OutputFile => Path.Combine(_folder, "lines");

    public static string Program { get; } =
        new[] { "/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            "Mosquitto is missing: have an administrator run 'apt-get install mosquitto mosquitto-clients'."
        );

    public static async Task<Mosquitto> StartAsync()
    {
        var folder = RegistryHost.MakeTraversable(Directory.CreateTempSubdirectory("mosquitto-").FullName);
        var port = FreePort.Find();
        var configuration = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(
            configuration,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                listener {port} 127.0.0.1
                allow_anonymous true
                persistence false
                max_queued_messages 0
                log_dest stderr
                log_type subscribe
                log_type error
                log_type information

                """
            )
        );
        var broker = WorkerProcess.Start(Program, "-c", configuration);
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
                // Mosquitto does not listen yet.
            }
        }
    }

    /// <summary>Starts one subscriber to all topics at QoS 1, which writes an empty line for each message.</summary>
    public async Task SubscribeAsync()
    {
        _subscriber = WorkerProcess.Start(
            "bash",
            "-c",
            string.Create(
                CultureInfo.InvariantCulture,
                $"exec mosquitto_sub -h 127.0.0.1 -p {Port} -V 5 -q 1 -t '#' -F '' > '{OutputFile}'"
            )
        );
        await _broker.WaitForErrorAsync(" 1 #");
    }

    /// <summary>Ends the subscriber after its last message; returns how many it received.</summary>
    public async Task<long> EndSubscriberAsync(long expected)
    {
        await WaitForDeliveryAsync(expected);
        await _subscriber!.DisposeAsync();
        _subscriber = null;
        return new FileInfo(OutputFile).Length;
    }

    /// <summary>
    /// Waits until the subscriber has the expected messages, or receives no more: deliveries would slow down the next measurement.
    /// </summary>
    public async Task WaitForDeliveryAsync(long expected)
    {
        var clock = Stopwatch.StartNew();
        var before = -1L;
        var received = new FileInfo(OutputFile).Length;
        while (clock.Elapsed < LongestDelivery && received < expected && received != before)
        {
            before = received;
            await Task.Delay(1000);
            received = new FileInfo(OutputFile).Length;
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
