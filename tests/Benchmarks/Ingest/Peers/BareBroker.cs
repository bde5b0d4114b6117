using System.Globalization;
using System.Net;
using MQTTnet.Server;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;

namespace SurveillanceRegistry.Benchmarks.Ingest.Peers;

/// <summary>
/// MQTTnet 5 alone in its own process, with a handler that does nothing and without routing: the cost of the library.
/// </summary>
internal static class BareBroker
{
    public const string Verb = "ingest-bare-broker";

    /// <summary>Runs the broker, prints its port, and ends when stdin ends.</summary>
    public static async Task RunAsync()
    {
        var port = FreePort.Find();
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

    /// <summary>Starts the process and returns it with its port.</summary>
    public static async Task<(WorkerProcess Process, int Port)> StartAsync()
    {
        var process = WorkerProcess.StartSelf(Verb, new() { ["DOTNET_TieredPGO"] = "1" });
        return (process, int.Parse(await process.ReadAsync(), CultureInfo.InvariantCulture));
    }
}
