using System.Text;
using System.Text.RegularExpressions;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static SurveillanceRegistry.Journeys.Tests.Fixtures.StaffedRegistry;

namespace SurveillanceRegistry.Journeys.Tests.Privacy;

public sealed partial class PrivacyCanaryTests
{
    /// <summary>
    /// A profile of the sample; a device that its gateway reports; and messages, with markers in them, by which the device is heard and
    /// records.
    /// </summary>
    private sealed record Vendor(string Profile, string Adapter, string Device, (string Topic, byte[] Payload)[] Messages);

    private static Vendor[] Vendors =>
        [
            new(
                "lobby-recorder",
                "Frigate",
                "east-precinct-lobby-2",
                [("frigate/stats", Stats), ("frigate/lobby_south/status/record", Text("online"))]
            ),
            new(
                "intersection-cameras",
                "Axis event bridge",
                "rainier-and-alder-traffic-1",
                [
                    ("axis/ACCC8E000001/event/tns:axis/Storage/Recording/$source/disk_id/" + Plate, Axis("recording")),
                    ("axis/ACCC8E000001/event/tns:onvif/Device/tns:axis/Status/SystemReady", Axis("ready")),
                ]
            ),
            new(
                "garage-cameras",
                "ONVIF events as JSON",
                "city-hall-garage-1",
                [("city/garage-1/onvif-ej/RecordingConfig/JobState/&" + Plate, Onvif)]
            ),
            new(
                "bridge-node",
                "Sparkplug B",
                "harbor-bridge-traffic-1",
                [
                    ("spBv1.0/Harbor/NBIRTH/bridge-edge", Sparkplug(0, Metric("bdSeq", 0))),
                    ("spBv1.0/Harbor/DBIRTH/bridge-edge/traffic-1", Sparkplug(1, Metric("Video/Mode", "recorded", alias: 11))),
                ]
            ),
            new(
                "lobby-bridge",
                "Availability topics",
                "city-hall-lobby-3",
                [
                    ("amcrest2mqtt/000000001/status", Text("online")),
                    (
                        "amcrest2mqtt/000000001/recording",
                        Text(
                            $$$"""{"state":"ON","since":"{{{Name}}}","plate":"{{{Plate}}}","who":"""
                                + $$$"""{"at":"{{{Position}}}","picture":"{{{Picture}}}"}}"""
                        )
                    ),
                ]
            ),
        ];

    /// <summary>
    /// A gateway with a profile sends what such gateways send, then everything that is forbidden, then what such gateways send again.
    /// </summary>
    private async Task SendAsVendorAsync(Vendor vendor)
    {
        var id = "test-" + vendor.Profile;
        using var gateway = await ConnectGatewayAsync(vendor, id, await RegisterGatewayAsync(vendor, id));
        Assert.True(gateway.IsConnected);

        Assert.Equal("unknown", (await GetJsonAsync(_clerk, "devices/" + vendor.Device)).GetProperty("presence").GetString());
        await PublishMessagesAsync(gateway, vendor);
        var heard = await WaitUntilRecordingAsync(vendor.Device, DateTimeOffset.MinValue);

        var before = Refused(await FiguresAsync(), "forbidden");
        await PublishEverythingAsync(gateway);
        await WaitForFiguresAsync(figures => Refused(figures, "forbidden") > before);
        Assert.True((await FiguresAsync()).GetProperty("droppedFields").GetProperty(vendor.Adapter).GetInt64() > 0);
        await PublishMessagesAsync(gateway, vendor);
        await WaitUntilRecordingAsync(vendor.Device, heard.GetProperty("lastHeardAt").GetDateTimeOffset());
        Assert.True(gateway.IsConnected);
    }

    /// <summary>Registers a gateway with the profile and all devices of the profile. Returns its secret.</summary>
    private async Task<string> RegisterGatewayAsync(Vendor vendor, string id)
    {
        var profile = await File.ReadAllTextAsync(Path.Combine(Programs.Root, "devices/profiles", vendor.Profile + ".yaml"));
        var (status, _, answer) = await SendAsync(
            _clerk,
            "gateways",
            $$"""{"id":"{{id}}","department":"police","profile":"{{vendor.Profile}}"}"""
        );
        Assert.True(status == 201, $"{answer}");
        foreach (var deviceId in Regex.Matches(profile, @"device: (?<id>[a-z0-9-]+)").Select(match => match.Groups["id"].Value))
        {
            using var device = await _clerk.GetAsync("devices/" + deviceId);
            var (changed, _, refusal) = await SendAsync(
                _clerk,
                "devices/" + deviceId,
                $$"""{"gateway":"{{id}}"}""",
                device.Headers.ETag!.ToString(),
                method: HttpMethod.Patch
            );
            Assert.True(changed == 200, $"{refusal}");
        }

        var (issued, _, credential) = await SendAsync(_clerk, $"gateways/{id}/credentials", """{"kind":"secret"}""");
        Assert.True(issued == 201, $"{credential}");
        return credential.GetProperty("secret").GetString()!;
    }

    private async Task<IMqttClient> ConnectGatewayAsync(Vendor vendor, string id, string secret)
    {
        var gateway = new MqttClientFactory().CreateMqttClient();
        await gateway.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(_registry.Mqtt.Address.ToString(), _registry.Mqtt.Port)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId(id)
                .WithCredentials(id, secret)
                .WithWillTopic(vendor.Messages[0].Topic)
                .WithWillPayload(Person)
                .WithWillUserProperty(Name, Encoding.UTF8.GetBytes(Plate))
                .Build()
        );
        return gateway;
    }

    private static async Task PublishMessagesAsync(IMqttClient gateway, Vendor vendor)
    {
        foreach (var (topic, payload) in vendor.Messages)
            Assert.Equal(
                MqttClientPublishReasonCode.Success,
                (
                    await gateway.PublishAsync(
                        new MqttApplicationMessageBuilder()
                            .WithTopic(topic)
                            .WithPayload(payload)
                            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                            .WithUserProperty(Name, Encoding.UTF8.GetBytes(Plate))
                            .Build()
                    )
                ).ReasonCode
            );
    }

    /// <summary>Every payload on every topic, with and without an acknowledgement.</summary>
    private static async Task PublishEverythingAsync(IMqttClient gateway)
    {
        foreach (var qos in new[] { MqttQualityOfServiceLevel.AtMostOnce, MqttQualityOfServiceLevel.AtLeastOnce })
        {
            foreach (var topic in Topics)
            {
                foreach (
                    var payload in new[]
                    {
                        Text(Person),
                        Jpeg,
                        Text(Plate),
                        Text(Long(5000)),
                        Stats,
                        Axis("ready"),
                        Onvif,
                        Sparkplug(2, Metric(Plate, Name, alias: 12)),
                    }
                )
                    await gateway.PublishAsync(
                        new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(qos).Build()
                    );
            }
        }
    }

    private static readonly string[] Topics =
    [
        "frigate/available",
        "frigate/stats",
        "frigate/events",
        "frigate/reviews",
        "frigate/tracked_object_update",
        "frigate/lobby_north/status/record",
        "frigate/lobby_north/person/snapshot",
        "frigate/lobby_north/audio/transcription",
        "axis/ACCC8E000001/event/tns:axis/CameraApplicationPlatform/LPV",
        "axis/ACCC8E000001/event/tns:onvif/Device/tns:axis/Status/SystemReady",
        "city/garage-1/onvif-ej/RuleEngine/Recognition/LicensePlate",
        "city/garage-1/onvif-ej/Device/HardwareFailure/StorageFailure",
        "city/garage-1/onvif-mj/VideoAnalytics",
        "amcrest2mqtt/000000001/status",
        "amcrest2mqtt/000000001/config",
        "amcrest2mqtt/000000001/human",
        $"frigate/{Plate}/status/record",
        $"axis/{Plate}/event/connection",
        $"city/{Plate}/onvif-ej/RecordingConfig/JobState",
        $"amcrest2mqtt/{Plate}/status",
        "spBv1.0/STATE/registry",
        "spBv1.0/Harbor/NDATA/bridge-edge",
        "spBv1.0/Harbor/DDATA/bridge-edge/traffic-1",
        "spBv1.0/Harbor/DBIRTH/bridge-edge/plates-1",
        $"spBv1.0/{Plate}/NBIRTH/{Client}",
        $"spBv1.0/Harbor/DDATA/bridge-edge/{Plate}",
        "spBv1.0/Harbor/NDEATH/bridge-edge",
        $"vendor/{Plate}/{Client}",
    ];
}
