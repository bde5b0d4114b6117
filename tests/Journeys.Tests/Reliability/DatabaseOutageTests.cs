using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Formatter;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Journeys.Tests.Reliability;

/// <summary>
/// PostgreSQL stops while devices send heartbeats. The broker acknowledges nothing meanwhile, no heartbeat is lost, and no device becomes
/// silent or disconnected for it.
/// </summary>
public sealed class DatabaseOutageTests
{
    private const string Quiet = "city-hall-lobby-3";

    private static readonly string[] Cameras = ["city-hall-lobby-1", "city-hall-lobby-2", "city-hall-garage-1"];

    /// <summary>Longer than the shortest deadline, which is 10 s: the test waits in real time.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1" ? 60 : 13);

    /// <summary>A server that the registry does not manage: the registry can only wait for it.</summary>
    [Fact]
    public async Task A_database_outage_loses_nothing_and_disconnects_no_device()
    {
        var elsewhere = RegistryHost.MakeTraversable(Directory.CreateTempSubdirectory("journey-").FullName);
        var cluster = await PrivateCluster.StartAsync(elsewhere, "", NullLogger.Instance, CancellationToken.None);
        try
        {
            await using var registry = new RegistryHost { ExtraSettings = { ["REGISTRY_DATABASE"] = cluster.ConnectionString } };
            await registry.StartAsync();
            await registry.ShortenDeadlineAsync(Quiet);
            await registry.ShortenDeadlineAsync(Cameras[0]);
            var devices = await ConnectDevicesAsync(registry);
            var quiet = await PipeliningDevice.ConnectAsync(registry, Quiet);
            foreach (var device in devices)
                device.StartPublishing();
            await Task.WhenAll(devices.Select(device => device.WaitForAcknowledgementsAsync(200)));
            await quiet.PublishAsync();
            Assert.Equal("ready", await registry.ReadinessAsync());

            await cluster.DisposeAsync();
            var away = Task.Delay(Outage);
            await registry.WaitForReadinessAsync(ready: false);
            var acknowledged = devices.Sum(device => device.AcknowledgedCount);
            await AssertServerUnavailableAsync(registry);
            await away;
            Assert.Contains("/problems/not-ready", await registry.ReadinessAsync(), StringComparison.Ordinal);
            Assert.Equal(acknowledged, devices.Sum(device => device.AcknowledgedCount));
            Assert.DoesNotContain(devices.Append(quiet), device => device.WasDisconnected);
            AssertOutageIsLogged(registry.Log);

            cluster = await PrivateCluster.StartAsync(elsewhere, "", NullLogger.Instance, CancellationToken.None);
            await Task.WhenAll(devices.Select(device => device.WaitForAcknowledgementsAsync(200)));
            await registry.WaitForReadinessAsync(ready: true);
            var presence = (await registry.GetAsync("/api/v1/devices/" + Quiet)).GetProperty("presence").GetString();
            Assert.Contains(presence, new[] { "online", "late", "unknown" });
            await quiet.PublishAsync();
            await AssertNothingLostAsync(registry, [.. devices, quiet], cluster.ConnectionString);
            Assert.Equal(0, await registry.StopAsync());
            await registry.StartAsync();
        }
        finally
        {
            await cluster.DisposeAsync();
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    /// <summary>The registry's own server: the registry starts it again.</summary>
    [Theory]
    [InlineData("INT")] // What pg_ctl stop -m fast says to it …
    [InlineData("QUIT")] // … and -m immediate: it recovers.
    public async Task The_registry_restarts_its_own_PostgreSQL_and_devices_notice_only_a_pause(string signal)
    {
        await using var registry = await Snapshot.StartHostAsync(isOnDisk: true);
        var devices = await ConnectDevicesAsync(registry);
        foreach (var device in devices)
            device.StartPublishing();
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(devices.Select(device => device.WaitForAcknowledgementsAsync(100)));
            var postmaster = (await File.ReadAllLinesAsync(Path.Combine(registry.Data, "postgres/cluster/postmaster.pid")))[0];
            Assert.Equal(0, (await Programs.RunAsync("bash", ["-c", $"kill -{signal} {postmaster}"])).ExitCode);
            await Task.WhenAll(devices.Select(device => device.WaitForAcknowledgementsAsync(100)));
        }

        Assert.DoesNotContain(devices, device => device.WasDisconnected);
        await AssertNothingLostAsync(registry, devices, await registry.ConnectionStringAsync());
    }

    /// <summary>A device that connects during the outage is refused: its secret cannot be looked up.</summary>
    private static async Task AssertServerUnavailableAsync(RegistryHost registry)
    {
        using var late = new MqttClientFactory().CreateMqttClient();
        var answer = await late.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(registry.Mqtt.Address.ToString(), registry.Mqtt.Port)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId("city-hall-lobby-4")
                .WithCredentials("city-hall-lobby-4", "a secret of no device")
                .Build()
        );
        Assert.Equal(MqttClientConnectResultCode.ServerUnavailable, answer.ResultCode);
    }

    /// <summary>The outage is logged at most once every few seconds, however many devices there are and however fast they send.</summary>
    private static void AssertOutageIsLogged(string log)
    {
        Assert.Contains("heartbeats wait to be made durable", log, StringComparison.Ordinal);
        Assert.Contains("The registry cannot see", log, StringComparison.Ordinal);
        Assert.InRange(log.Split("\n").Count(entry => entry.Contains("wait", StringComparison.Ordinal)), 1, 3 * (int)Outage.TotalSeconds);
    }

    private static async Task<PipeliningDevice[]> ConnectDevicesAsync(RegistryHost registry) =>
        [
            await PipeliningDevice.ConnectAsync(registry, Cameras[0]),
            await PipeliningDevice.ConnectAsync(registry, Cameras[1]),
            await PipeliningDevice.ConnectAsync(registry, Cameras[2], MqttProtocolVersion.V311),
        ];

    /// <summary>No heartbeat is lost or stored twice, and no device was ever recorded as silent or disconnected.</summary>
    private static async Task AssertNothingLostAsync(RegistryHost registry, PipeliningDevice[] devices, string database)
    {
        foreach (var device in devices)
        {
            // The registry calls a device unknown until it observes again and hears it.
            await registry.WaitForDeviceAsync(device.Id, state => state.GetProperty("presence").GetString() == "online");
            await device.StopPublishingAsync();
            await device.AssertStoredOnceAsync(database);
            Assert.DoesNotContain(await device.RecordedPresencesAsync(database), presence => presence is "silent" or "disconnected");
            await device.DisposeAsync();
        }
    }
}
