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

    private const int Beats = 200;

    private static readonly string[] Figures =
    [
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
    ];

    /// <summary>Parts of ids, topics, payloads, addresses and statements; the device's secret is one more.</summary>
    private static readonly string[] Unsent =
    [
        Camera,
        "lobby",
        "registry/v1",
        Plate,
        "canary",
        Epoch.ToString(CultureInfo.InvariantCulture),
        "10.12.1",
        "/api/v1/devices",
        "select ",
        "heartbeat (slot",
        "Password=",
    ];

    [Fact]
    public async Task Telemetry_says_how_much_and_how_fast_and_never_which_device()
    {
        await using var collector = new TelemetryCollector();
        await using var registry = await Snapshot.CreateHostAsync();
        registry.ExtraSettings["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address;
        registry.ExtraSettings["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        registry.ExtraSettings["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
        registry.ExtraSettings["OTEL_BSP_SCHEDULE_DELAY"] = "200";
        registry.ExtraSettings["OTEL_TRACES_SAMPLER_ARG"] = "1";
        await registry.StartAsync();
        var secret = await registry.IssueSecretAsync(Camera);
        using var camera = await registry.ConnectAsync(Camera, secret);
        await SendHeartbeatsAndRefusedPublishesAsync(camera);
        await SignInAsStrangerAsync(registry);
        using (var reader = new HttpClient { BaseAddress = registry.Http })
            await reader.GetStringAsync($"/api/v1/devices/{Camera}");

        await collector.WaitForAsync("/v1/traces", "heartbeats.commit");
        foreach (var figure in Figures)
            await collector.WaitForAsync("/v1/metrics", figure);
        await registry.StopAsync(); // Then the last telemetry is sent.

        Assert.InRange(collector.Count("/v1/traces", "heartbeats.commit"), 1, Beats - 1);
        foreach (var text in Unsent.Append(secret))
            Assert.DoesNotContain(text, collector.AllBodies, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task SendHeartbeatsAndRefusedPublishesAsync(IMqttClient camera)
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(1, Beats).Select(seq => camera.PublishAsync(RegistryHost.Heartbeat(Camera, Epoch, seq, Quiet)))
        );
        Assert.All(answers, answer => Assert.Equal(MqttClientPublishReasonCode.Success, answer.ReasonCode));
        foreach (var topic in new[] { $"registry/v1/devices/{Camera}/heartbeat", $"registry/v1/devices/{Plate}/heartbeat" })
            Assert.NotEqual(
                MqttClientPublishReasonCode.Success,
                (await camera.PublishStringAsync(topic, $$"""{"plate":"{{Plate}}"}""", MqttQualityOfServiceLevel.AtLeastOnce)).ReasonCode
            );
    }

    private static async Task SignInAsStrangerAsync(RegistryHost registry)
    {
        using var stranger = new MqttClientFactory().CreateMqttClient();
        await stranger.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(registry.Mqtt.Address.ToString(), registry.Mqtt.Port)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId("canary-stranger")
                .WithCredentials("canary-stranger", Plate)
                .Build()
        );
    }

    [Fact]
    public async Task The_registry_sends_no_telemetry_unless_a_collector_is_configured()
    {
        await using var registry = await Snapshot.CreateHostAsync();
        registry.ExtraSettings["OTEL_TRACES_SAMPLER_ARG"] = "all of them";
        await registry.StartAsync(); // What would have to be understood to send anything is not looked at.
        await registry.StopAsync();

        registry.ExtraSettings["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9";
        var (code, _, errors) = await Programs.CommandAsync(registry.Settings, "serve");
        Assert.Equal(2, code);
        Assert.Contains("from 0 to 1", errors, StringComparison.Ordinal);
    }
}
