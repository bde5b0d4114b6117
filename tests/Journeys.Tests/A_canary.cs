using System.Text;
using System.Text.RegularExpressions;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Npgsql;
using static SurveillanceRegistry.Journeys.Tests.StaffedHouse;

namespace SurveillanceRegistry.Journeys.Tests;

/// <summary>
/// Plates, names, pictures and places where somebody was, sent into the running registry through every adapter and every refusal: afterwards
/// they are nowhere. Not in a table, not in the write-ahead log or any other file of the data folder, not in the log, not on a page.
/// </summary>
public sealed class A_canary(StaffedHouse staffed) : IClassFixture<StaffedHouse>
{
    private const string Plate = "CANARY7PLT", Name = "Mallory Canaryface", Picture = "CANARYJFIFPIXELS", Position = "47.60621987,-122.33207123", Client = "canary-client-7";

    private static readonly string[] Markers = [Plate, Name, Picture, Position, Client];

    private static readonly string Person = $$"""{"plate":"{{Plate}}","name":"{{Name}}","thumbnail":"{{Picture}}","position":"{{Position}}"}""";

    private static string[] PublicPages => ["/", "/places", "/governance", "/changes", "/changes.atom", "/changes.json", "/places/east-precinct-lobby", "/devices/east-precinct-lobby-1", "/api/v1/devices", "/api/v1/places",
        "/api/v1/ingest", "/api/v1/gateways", "/openapi/v1.json", "/kiosks/kiosk-east-precinct-lobby", "/kiosks/kiosk-east-precinct-lobby/notice", "/api/v1/log/checkpoint", "/api/v1/log/tile/entries/000"];

    [Fact]
    public async Task Is_found_nowhere_in_the_house()
    {
        using var clerk = await staffed.ProgramAsync("device-clerk");
        await SpeakNativelyAsync();
        foreach (var profile in Directory.GetFiles(Path.Combine(Programs.Root, "devices/profiles"), "*.yaml"))
            await SpeakAsAsync(clerk, profile);
        await KnockAsync();

        var log = staffed.House.Log;
        Assert.All(Markers, marker => Assert.DoesNotContain(marker, log, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("Refused a publish", log, StringComparison.Ordinal); // It was there.
        foreach (var page in PublicPages)
        {
            using var answer = await clerk.GetAsync(new Uri(staffed.House.Http, page));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.All(Markers, marker => Assert.DoesNotContain(marker, text, StringComparison.OrdinalIgnoreCase));
        }

        await using var database = NpgsqlDataSource.Create(await staffed.House.DatabaseAsync());
        await using (var checkpoint = database.CreateCommand("checkpoint"))
            await checkpoint.ExecuteNonQueryAsync();
        var files = Directory.GetFiles(staffed.House.Data, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true });
        Assert.Contains(files, file => file.Contains("pg_wal", StringComparison.Ordinal));
        Assert.True(files.Sum(FoundIn) == 0);
        // The search would have found it: what was let in stands in the same files.
        Assert.Contains(files, file => Holds(file, "east-precinct-lobby-1"));
    }

    private static int FoundIn(string file) => Markers.Count(marker => Holds(file, marker));

    private static bool Holds(string file, string marker)
    {
        try
        {
            return File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.ASCII.GetBytes(marker)) >= 0;
        }
        catch (IOException)
        {
            return false; // A socket, or gone meanwhile.
        }
    }

    private async Task SpeakNativelyAsync()
    {
        var secret = await staffed.House.SecretAsync("east-precinct-lobby-1");
        using var camera = await staffed.House.ConnectAsync("east-precinct-lobby-1", secret);
        async Task<MqttClientPublishReasonCode> Say(string topic, string payload) => (await camera.PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build())).ReasonCode;
        const string topic = "registry/v1/devices/east-precinct-lobby-1/heartbeat";
        Assert.Equal(MqttClientPublishReasonCode.Success, await Say(topic, """{"epoch":1,"seq":1,"capture":{"video":"recorded","audio":"off"},"health":"ok","firmware":"1.0"}"""));
        Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, await Say(topic, $$"""{"epoch":1,"seq":2,"capture":{"video":"recorded","audio":"off"},"health":"ok","firmware":"1.0","plate":"{{Plate}}"}"""));
        Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, await Say(topic, $$"""{"epoch":1,"seq":2,"capture":{"video":"recorded","audio":"off"},"health":"{{Name}}","firmware":"{{Picture}}"}"""));
        Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, await Say(topic, Person));
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await Say($"registry/v1/devices/{Client}/heartbeat", Person));
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await Say($"plates/{Plate}", Person));
    }

    /// <summary>A gateway with a profile says what such gateways say, and everything that it must not.</summary>
    private async Task SpeakAsAsync(HttpClient clerk, string profile)
    {
        var id = "test-" + Path.GetFileNameWithoutExtension(profile);
        var (status, _, answer) = await SendAsync(clerk, "gateways", $$"""{"id":"{{id}}","department":"police","profile":"{{Path.GetFileNameWithoutExtension(profile)}}"}""");
        Assert.True(status == 201, $"{answer}");
        foreach (Match unit in Regex.Matches(await File.ReadAllTextAsync(profile), @"device: (?<id>[a-z0-9-]+)"))
        {
            using var device = await clerk.GetAsync("devices/" + unit.Groups["id"].Value);
            await SendAsync(clerk, "devices/" + unit.Groups["id"].Value, $$"""{"gateway":"{{id}}"}""", device.Headers.ETag!.ToString(), method: HttpMethod.Patch);
        }

        var (_, _, credential) = await SendAsync(clerk, $"gateways/{id}/credentials", """{"kind":"secret"}""");
        using var gateway = await staffed.House.ConnectAsync(id, credential.GetProperty("secret").GetString()!);
        byte[] picture = [0xFF, 0xD8, 0xFF, 0xE0, .. Encoding.ASCII.GetBytes(Picture)];
        foreach (var qos in new[] { MqttQualityOfServiceLevel.AtMostOnce, MqttQualityOfServiceLevel.AtLeastOnce })
        {
            foreach (var topic in Topics)
            {
                foreach (var payload in new[] { Encoding.UTF8.GetBytes(Person), picture, Encoding.UTF8.GetBytes(Plate), Stats, Event, Onvif })
                    await gateway.PublishAsync(new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(qos).Build());
            }
        }

        Assert.True(gateway.IsConnected);
        await gateway.DisconnectAsync();
    }

    private static readonly string[] Topics =
    [
        "frigate/available", "frigate/stats", "frigate/events", "frigate/reviews", "frigate/tracked_object_update", "frigate/lobby_north/status/record", "frigate/lobby_north/person/snapshot", "frigate/lobby_north/audio/transcription",
        "axis/ACCC8E000001/event/tns:axis/CameraApplicationPlatform/LPV", "axis/ACCC8E000001/event/tns:onvif/Device/tns:axis/Status/SystemReady", "city/garage-1/onvif-ej/RuleEngine/Recognition/LicensePlate", "city/garage-1/onvif-ej/Device/HardwareFailure/StorageFailure",
        "city/garage-1/onvif-mj/VideoAnalytics", "amcrest2mqtt/000000001/status", "amcrest2mqtt/000000001/config", "amcrest2mqtt/000000001/human", "spBv1.0/Harbor/NBIRTH/bridge-edge", "spBv1.0/Harbor/DDATA/bridge-edge/plates-1", $"vendor/{Plate}/{Client}",
    ];

    private static byte[] Stats => Encoding.UTF8.GetBytes($$$$"""{"cameras":{"lobby_north":{"camera_fps":5.0,"process_fps":5,"{{{{Name}}}}":"{{{{Plate}}}}"},"{{{{Plate}}}}":{"camera_fps":1}},"service":{"version":"{{{{Name}}}}","uptime":1,"storage":{"{{{{Picture}}}}":1}}}""");

    private static byte[] Event => Encoding.UTF8.GetBytes($$$$"""{"timestamp":1764000000000,"topic":"onvif:Device/axis:Status/SystemReady","serial":"{{{{Plate}}}}","message":{"source":{"name":"{{{{Name}}}}"},"key":{},"data":{"ready":"1","plate":"{{{{Plate}}}}","pos":"{{{{Position}}}}"}}}""");

    private static byte[] Onvif => Encoding.UTF8.GetBytes($$$$"""{"UtcTime":"2026-11-23T15:00:00Z","Source":{"Token":"{{{{Name}}}}"},"Data":{"Failed":"true","Plate":"{{{{Plate}}}}","Likelihood":"{{{{Position}}}}"}}""");

    /// <summary>Somebody whom nobody knows, with a name in every field of the sign-in.</summary>
    private async Task KnockAsync()
    {
        foreach (var (client, user, secret) in new[] { (Client, Client, Plate), ("east-precinct-lobby-1", "east-precinct-lobby-1", Name), (Name, Name, Name) })
        {
            using var stranger = new MqttClientFactory().CreateMqttClient();
            var answer = await stranger.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer(staffed.House.Mqtt.Address.ToString(), staffed.House.Mqtt.Port).WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId(client).WithCredentials(user, secret).WithWillTopic(Plate).WithWillPayload(Person).Build());
            Assert.NotEqual(MqttClientConnectResultCode.Success, answer.ResultCode);
        }
    }
}
