using System.Globalization;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>
/// OpenTelemetry, as a city's collector receives it: figures and spans of commits, and nowhere in them a device, a topic or a payload.
/// </summary>
public sealed class TelemetryTests
{
    private const string Camera = "east-precinct-lobby-1",
        Quiet = """{"video":"recorded","audio":"off"}""",
        Plate = "CANARY7391";

    private const long Epoch = 1764000739173;

    [Fact]
    public async Task Is_how_much_and_how_fast_and_never_who()
    {
        await using var collector = new TelemetryCollector();
        await using var house = new RegistryHost
        {
            More =
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                ["OTEL_TRACES_SAMPLER_ARG"] = "1",
            },
        };
        await house.OpenAsync();
        var secret = await house.SecretAsync(Camera);
        using var camera = await house.ConnectAsync(Camera, secret);
        const int beats = 200;
        var answers = await Task.WhenAll(
            Enumerable.Range(1, beats).Select(seq => camera.PublishAsync(RegistryHost.Heartbeat(Camera, Epoch, seq, Quiet)))
        );
        Assert.All(answers, answer => Assert.Equal(MqttClientPublishReasonCode.Success, answer.ReasonCode));
        foreach (var topic in new[] { $"registry/v1/devices/{Camera}/heartbeat", $"registry/v1/devices/{Plate}/heartbeat" })
            Assert.NotEqual(
                MqttClientPublishReasonCode.Success,
                (await camera.PublishStringAsync(topic, $$"""{"plate":"{{Plate}}"}""", MqttQualityOfServiceLevel.AtLeastOnce)).ReasonCode
            );
        using var stranger = new MqttClientFactory().CreateMqttClient();
        await stranger.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(house.Mqtt.Address.ToString(), house.Mqtt.Port)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId("canary-stranger")
                .WithCredentials("canary-stranger", Plate)
                .Build()
        );
        using (var reader = new HttpClient { BaseAddress = house.Http })
            await reader.GetStringAsync($"/api/v1/devices/{Camera}");

        await collector.HeardAsync("/v1/traces", "heartbeats.commit");
        foreach (
            var figure in new[]
            {
                "registry.heartbeats.acknowledged",
                "registry.heartbeats.latency",
                "registry.publishes.refused",
                "registry.connects.refused",
                "registry.connections.open",
                "registry.sessions",
                "registry.heartbeats.queued",
                "registry.heartbeats.in_flight",
                "registry.commits.size",
                "registry.commits.duration",
                "registry.presence.changes",
                "db.client.",
                "orleans-",
            }
        )
            await collector.HeardAsync("/v1/metrics", figure);
        await house.CloseAsync(); // What waited is sent.

        Assert.InRange(collector.Count("/v1/traces", "heartbeats.commit"), 1, beats - 1);
        foreach (
            var word in new[]
            {
                Camera,
                "lobby",
                "registry/v1",
                Plate,
                "canary",
                secret,
                Epoch.ToString(CultureInfo.InvariantCulture),
                "10.12.1",
                "/api/v1/devices",
                "select ",
                "heartbeat (slot",
                "Password=",
            }
        )
            Assert.DoesNotContain(word, collector.Everything, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Is_nothing_unless_a_collector_is_named()
    {
        await using var house = new RegistryHost { More = { ["OTEL_TRACES_SAMPLER_ARG"] = "all of them" } };
        await house.OpenAsync(); // What would have to be understood to send anything is not looked at.
        await house.CloseAsync();

        house.More["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9";
        var (code, _, errors) = await Programs.VerbAsync(house.Settings, "serve");
        Assert.Equal(2, code);
        Assert.Contains("from 0 to 1", errors, StringComparison.Ordinal);
    }
}
