using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Simulator;

namespace SurveillanceRegistry.Mqtt.Tests.Simulator;

/// <summary>A simulated device at a server that publishes its expected state.</summary>
public sealed class SimulatedUnitTests : FleetTestBase
{
    [Slow]
    [Fact]
    public async Task A_simulated_device_echoes_the_version_of_its_expected_state()
    {
        using var registry = CreateServer(out var address);
        var heard = new ConcurrentQueue<JsonElement>();
        registry.InterceptingPublishAsync += publish =>
        {
            if (publish.ApplicationMessage.Topic == "registry/v1/devices/sim-1/heartbeat")
                heard.Enqueue(JsonSerializer.Deserialize<JsonElement>(publish.ApplicationMessage.Payload.ToArray()));
            return Task.CompletedTask;
        };
        await registry.StartAsync();
        Running = Fleet.RunAsync(address, [(Devices(1)[0], "")], [], Time, Broker.Logger, Stop.Token);
        await Until(() => heard.Count >= 2);
        Assert.All(heard, heartbeat => Assert.False(heartbeat.TryGetProperty("ruleVersion", out _)));

        foreach (
            var (expected, version) in new[]
            {
                ("""{"version":7,"capture":{"video":"recorded"},"rules":[]}""", 7),
                ("not JSON", 7),
                ("""{"version":"8"}""", 7),
                ("""{"version":9}""", 9),
            }
        )
        {
            await PublishExpectedStateAsync(registry, expected);
            var before = heard.Count;
            await Until(() => heard.Count >= before + 3);
            Assert.Equal(version, heard.Last().GetProperty("ruleVersion").GetInt64());
        }

        await Stop.CancelAsync();
        await Running;
        await registry.StopAsync();
    }

    /// <summary>A server that accepts every client, at a free port.</summary>
    private static MqttServer CreateServer(out IPEndPoint address)
    {
        address = new IPEndPoint(IPAddress.Loopback, FreePort());
        return new MqttServerFactory().CreateMqttServer(
            new MqttServerOptionsBuilder()
                .WithDefaultEndpoint()
                .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
                .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
                .WithDefaultEndpointPort(address.Port)
                .Build()
        );
    }

    private static Task PublishExpectedStateAsync(MqttServer registry, string payload) =>
        registry.InjectApplicationMessage(
            new InjectedMqttApplicationMessage(
                new MqttApplicationMessageBuilder()
                    .WithTopic("registry/v1/devices/sim-1/expected")
                    .WithPayload(payload)
                    .WithRetainFlag()
                    .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                    .Build()
            )
            {
                SenderClientId = "registry",
            }
        );

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
