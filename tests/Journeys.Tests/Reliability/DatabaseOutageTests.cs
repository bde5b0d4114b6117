using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Formatter;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Journeys.Tests.Reliability;

/// <summary>
/// PostgreSQL stops under units that speak. Nothing is promised meanwhile, nothing is lost, and nobody is called dead or silent for it.
/// </summary>
public sealed class DatabaseOutageTests
{
    private const string Quiet = "city-hall-lobby-3";

    private static readonly string[] Cameras = ["city-hall-lobby-1", "city-hall-lobby-2", "city-hall-garage-1"];

    /// <summary>Longer than the shortest deadline, in any case.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1" ? 60 : 13);

    /// <summary>A server of somebody else's: the registry can only wait for it.</summary>
    [Fact]
    public async Task Nothing_is_acknowledged_nobody_is_cut_off_or_called_dead_and_nothing_is_lost()
    {
        var elsewhere = RegistryHost.Reachable(Directory.CreateTempSubdirectory("journey-").FullName);
        var cluster = await PrivateCluster.StartAsync(elsewhere, "", NullLogger.Instance, CancellationToken.None);
        try
        {
            await using var house = new RegistryHost { More = { ["REGISTRY_DATABASE"] = cluster.ConnectionString } };
            await house.OpenAsync();
            await house.ShortenDeadlineAsync(Quiet);
            await house.ShortenDeadlineAsync(Cameras[0]);
            var talkers = await TalkersAsync(house);
            var quiet = await PipeliningDevice.ConnectAsync(house, Quiet);
            foreach (var talker in talkers)
                talker.Speak();
            await Task.WhenAll(talkers.Select(talker => talker.MoreAsync(200)));
            await quiet.SayAsync();
            Assert.Equal("ready", await house.ReadinessAsync());

            await cluster.DisposeAsync();
            var away = Task.Delay(Outage);
            await house.BecomesAsync(ready: false);
            var acknowledged = talkers.Sum(talker => talker.Acknowledged);
            using (var late = new MqttClientFactory().CreateMqttClient())
            {
                var answer = await late.ConnectAsync(
                    new MqttClientOptionsBuilder()
                        .WithTcpServer(house.Mqtt.Address.ToString(), house.Mqtt.Port)
                        .WithProtocolVersion(MqttProtocolVersion.V500)
                        .WithClientId("city-hall-lobby-4")
                        .WithCredentials("city-hall-lobby-4", "a secret that nobody can look up")
                        .Build()
                );
                Assert.Equal(MqttClientConnectResultCode.ServerUnavailable, answer.ResultCode);
            }

            await away;
            Assert.Contains("/problems/not-ready", await house.ReadinessAsync(), StringComparison.Ordinal);
            Assert.Equal(acknowledged, talkers.Sum(talker => talker.Acknowledged));
            Assert.DoesNotContain(talkers.Append(quiet), talker => talker.WasCut);
            Assert.Contains("heartbeats wait to be made durable", house.Log, StringComparison.Ordinal);
            Assert.Contains("The registry cannot see", house.Log, StringComparison.Ordinal);
            // Once every few seconds, however many units there are and however fast they speak.
            Assert.InRange(
                house.Log.Split("\n").Count(line => line.Contains("wait", StringComparison.Ordinal)),
                1,
                3 * (int)Outage.TotalSeconds
            );

            cluster = await PrivateCluster.StartAsync(elsewhere, "", NullLogger.Instance, CancellationToken.None);
            await Task.WhenAll(talkers.Select(talker => talker.MoreAsync(200)));
            await house.BecomesAsync(ready: true);
            var presence = (await house.GetAsync("/api/v1/devices/" + Quiet)).GetProperty("presence").GetString();
            Assert.Contains(presence, new[] { "online", "late", "unknown" });
            await quiet.SayAsync();
            await AreWholeAsync(house, [.. talkers, quiet], cluster.ConnectionString);
            Assert.Equal(0, await house.CloseAsync());
            await house.OpenAsync();
        }
        finally
        {
            await cluster.DisposeAsync();
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    /// <summary>The registry's own server: it starts it again by itself.</summary>
    [Theory]
    [InlineData("INT")] // What pg_ctl stop -m fast says to it …
    [InlineData("QUIT")] // … and -m immediate: it recovers.
    public async Task The_registry_s_own_server_is_started_again_under_units_that_notice_nothing_but_a_pause(string signal)
    {
        await using var house = new RegistryHost();
        await house.OpenAsync();
        var talkers = await TalkersAsync(house);
        foreach (var talker in talkers)
            talker.Speak();
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(talkers.Select(talker => talker.MoreAsync(100)));
            var postmaster = (await File.ReadAllLinesAsync(Path.Combine(house.Data, "postgres/cluster/postmaster.pid")))[0];
            Assert.Equal(0, (await Programs.RunAsync("bash", ["-c", $"kill -{signal} {postmaster}"])).ExitCode);
            await Task.WhenAll(talkers.Select(talker => talker.MoreAsync(100)));
        }

        Assert.DoesNotContain(talkers, talker => talker.WasCut);
        await AreWholeAsync(house, talkers, await house.DatabaseAsync());
    }

    private static async Task<PipeliningDevice[]> TalkersAsync(RegistryHost house) =>
        [
            await PipeliningDevice.ConnectAsync(house, Cameras[0]),
            await PipeliningDevice.ConnectAsync(house, Cameras[1]),
            await PipeliningDevice.ConnectAsync(house, Cameras[2], MqttProtocolVersion.V311),
        ];

    /// <summary>Nothing is lost or counted twice, and what is told of them is right and always was.</summary>
    private static async Task AreWholeAsync(RegistryHost house, PipeliningDevice[] talkers, string database)
    {
        foreach (var talker in talkers)
        {
            await talker.FallSilentAsync();
            await talker.IsKeptWholeAsync(database);
            Assert.Equal("online", (await house.GetAsync("/api/v1/devices/" + talker.Id)).GetProperty("presence").GetString());
            Assert.DoesNotContain(await talker.PresencesAsync(database), presence => presence is "silent" or "disconnected");
            await talker.DisposeAsync();
        }
    }
}
