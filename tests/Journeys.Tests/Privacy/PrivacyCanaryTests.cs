using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Journeys.Tests.Pages;
using static SurveillanceRegistry.Journeys.Tests.Fixtures.StaffedRegistry;

namespace SurveillanceRegistry.Journeys.Tests.Privacy;

/// <summary>
/// Plates, names, pictures and places where somebody was, sent into the running registry through every adapter and every refusal:
/// afterwards they are nowhere.
/// Not in a table, not in the write-ahead log or any other file of the data folder, not in the log, not at any public address, not in what
/// a collector of traces and
/// metrics received. And the registry was all ears meanwhile: what stood beside the markers became state, and every refusal was counted.
/// </summary>
public sealed class PrivacyCanaryTests : IAsyncLifetime
{
    private const string Plate = "CANARY7PLT",
        Name = "Mallory Canaryface",
        Picture = "CANARYJFIFPIXELS",
        Position = "47.60621987,-122.33207123",
        Client = "canary-client-7";

    /// <summary>What a camera may say, and what is therefore found.</summary>
    private const string Native = "east-precinct-lobby-1",
        Firmware = "7.717.7170";

    private static readonly string[] Markers = [Plate, Name, Picture, Position, Client];

    /// <summary>The markers as they are, and as somebody might have written them down on the way.</summary>
    private static readonly string[] Traces =
    [
        .. Markers
            .SelectMany(marker =>
                new[]
                {
                    marker,
                    marker.ToLowerInvariant(),
                    marker.ToUpperInvariant(),
                    Convert.ToHexStringLower(Encoding.ASCII.GetBytes(marker)),
                    Convert.ToBase64String(Encoding.ASCII.GetBytes(marker))[..12],
                }
            )
            .Distinct(),
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string Person =
        $$"""{"plate":"{{Plate}}","name":"{{Name}}","thumbnail":"{{Picture}}","position":"{{Position}}"}""";

    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, .. Encoding.ASCII.GetBytes(Picture)];

    private static string[] Pages =>
        [
            "/",
            "/places",
            "/governance",
            "/changes",
            "/changes.atom",
            "/changes.json",
            "/places/east-precinct-lobby",
            "/devices/east-precinct-lobby-1",
            "/api/v1/devices",
            "/api/v1/places",
            "/api/v1/ingest",
            "/openapi/v1.json",
            "/kiosks/kiosk-east-precinct-lobby",
            "/kiosks/kiosk-east-precinct-lobby/notice",
            "/api/v1/log/checkpoint",
            "/api/v1/log/tile/entries/000",
        ];

    /// <summary>
    /// A profile of the sample; a unit that its gateway speaks for; and what is said of it, with markers beside it, so that it is heard and
    /// records.
    /// </summary>
    private sealed record Vendor(string Profile, string Adapter, string Unit, (string Topic, byte[] Payload)[] Says);

    private static readonly Vendor[] Vendors =
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
                        $$$"""{"state":"ON","since":"{{{Name}}}","plate":"{{{Plate}}}","who":{"at":"{{{Position}}}","picture":"{{{Picture}}}"}}"""
                    )
                ),
            ]
        ),
    ];

    private readonly TelemetryCollector _collector = new();
    private RegistryHost _house = null!;
    private HttpClient _clerk = null!,
        _watcher = null!;

    public async ValueTask InitializeAsync()
    {
        _house = new RegistryHost
        {
            More =
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                ["OTEL_TRACES_SAMPLER_ARG"] = "1",
            },
        };
        await _house.OpenAsync("--sample-staff");
        var (code, output, errors) = await Programs.VerbAsync(_house.Settings, "token", "create", "--role", "device-clerk", "--json");
        Assert.True(code == 0, errors);
        _clerk = new HttpClient
        {
            BaseAddress = new Uri(_house.Http, "/api/v1/"),
            DefaultRequestHeaders =
            {
                Authorization = new("Bearer", JsonSerializer.Deserialize<JsonElement>(output).GetProperty("token").GetString()),
            },
        };

        // The figures of ingest are on a page of the staff's: somebody signs in.
        _watcher = new HttpClient { BaseAddress = _house.Http };
        var signIn = Regex
            .Match(
                _house.SignIns.Single(line => line.Contains("clerk@", StringComparison.Ordinal)),
                @"as (?<name>\S+) with (?<password>\S+)"
            )
            .Groups;
        var form = await _watcher.GetStringAsync("/staff/sign-in");
        using var fields = new FormUrlEncodedContent([
            new("sign-in", signIn["name"].Value),
            new("password", signIn["password"].Value),
            new(
                "__RequestVerificationToken",
                Regex.Match(form, "name=\"__RequestVerificationToken\"[^>]* value=\"([^\"]+)\"").Groups[1].Value
            ),
        ]);
        using var welcome = await _watcher.PostAsync("/staff/sign-in", fields);
        welcome.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        await _collector.DisposeAsync();
        _clerk.Dispose();
        _watcher.Dispose();
    }

    [Fact]
    public async Task Is_found_nowhere_in_the_house()
    {
        await SpeakNativelyAsync();
        foreach (var vendor in Vendors)
            await SpeakAsAsync(vendor);
        Assert.Equal(
            Directory.GetFiles(Path.Combine(Programs.Root, "devices/profiles"), "*.yaml").Select(Path.GetFileNameWithoutExtension).Order(),
            Vendors.Select(vendor => vendor.Profile).Order()
        );
        await KnockAsync();

        // Every public address. Those that a page stands on answer, for what is not there holds nothing.
        using var stranger = new HttpClient { BaseAddress = _house.Http };
        foreach (var page in Pages)
            ShowsNothing(page, await stranger.GetStringAsync(page)); // Throws at anything but success.
        var addresses = await PublicAddresses.AllAsync(stranger, Client);
        var read = await PublicReadingTests.AskAsync(stranger, addresses);
        Assert.All(
            addresses.Where(address => !address.Contains(Client, StringComparison.Ordinal)),
            address => ShowsNothing(address, read[address])
        );
        ShowsNothing("/staff/ingest", await _watcher.GetStringAsync("/staff/ingest"));
        ShowsNothing("devices", (await Ask(_clerk, "devices?limit=1000")).ToString());
        ShowsNothing("gateways", (await Ask(_clerk, "gateways")).ToString());

        await using (var database = NpgsqlDataSource.Create(await _house.DatabaseAsync()))
        await using (var checkpoint = database.CreateCommand("checkpoint"))
            await checkpoint.ExecuteNonQueryAsync();
        foreach (var figure in new[] { "registry.publishes.refused", "registry.connects.refused", "registry.fields.dropped" })
            await _collector.HeardAsync("/v1/metrics", figure);
        await _collector.HeardAsync("/v1/traces", "heartbeats.commit");
        Assert.Equal(0, await _house.CloseAsync()); // What waited is sent, what was dirty is written.

        ShowsNothing("what the collector received", _collector.Everything);
        ShowsNothing("the log", _house.Log);
        Assert.Matches("Refused [0-9]+ publishes of ", _house.Log); // It was there.
        var files = Directory
            .GetFiles(
                _house.Data,
                "*",
                new EnumerationOptions
                {
                    RecurseSubdirectories = true,
                    IgnoreInaccessible = false,
                    AttributesToSkip = 0,
                }
            )
            .Where(file => !Path.GetFileName(file).StartsWith(".s.PGSQL", StringComparison.Ordinal))
            .ToArray();
        Assert.Contains(files, file => file.Contains("/pg_wal/", StringComparison.Ordinal));
        var (inTables, inWal) = (false, false);
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.All(
                Traces,
                trace => Assert.True(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(trace)) < 0, $"{trace} stands in {file}.")
            );
            // The search would have found it: what was let in stands in the same files.
            var holds = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Firmware)) >= 0;
            (inTables, inWal) = (
                inTables || holds && file.Contains("/base/", StringComparison.Ordinal),
                inWal || holds && file.Contains("/pg_wal/", StringComparison.Ordinal)
            );
        }

        Assert.Equal((true, true), (inTables, inWal));
    }

    private static void ShowsNothing(string what, string text) =>
        Assert.All(Traces, trace => Assert.False(text.Contains(trace, StringComparison.OrdinalIgnoreCase), $"{trace} stands in {what}."));

    /// <summary>The figures of what came in and what was refused, as the staff's page shows them.</summary>
    private async Task<JsonElement> FiguresAsync() =>
        JsonSerializer.Deserialize<JsonElement>(await _watcher.GetStringAsync("/staff/ingest/figures"));

    private static long Refused(JsonElement figures, string reason) => figures.GetProperty("refused").GetProperty(reason).GetInt64();

    /// <summary>Waits until so many are counted: the figures are taken once a second.</summary>
    private async Task CountedAsync(Func<JsonElement, bool> isEnough)
    {
        using var bound = new CancellationTokenSource(Patience);
        for (var figures = await FiguresAsync(); !isEnough(figures); figures = await FiguresAsync())
        {
            Assert.False(bound.IsCancellationRequested, $"What was refused is not counted: {figures}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    private async Task SpeakNativelyAsync()
    {
        const string topic = $"registry/v1/devices/{Native}/heartbeat";
        var secret = await _house.SecretAsync(Native);
        using (var camera = await _house.ConnectAsync(Native, secret))
        {
            async Task<MqttClientPublishReasonCode> Say(string topic, string payload, bool isRetained = false) =>
                (
                    await camera.PublishAsync(
                        new MqttApplicationMessageBuilder()
                            .WithTopic(topic)
                            .WithPayload(payload)
                            .WithRetainFlag(isRetained)
                            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                            .WithUserProperty(Name, Encoding.UTF8.GetBytes(Plate))
                            .WithContentType(Picture)
                            .WithResponseTopic(Plate)
                            .WithCorrelationData(Jpeg)
                            .Build()
                    )
                ).ReasonCode;
            Assert.Equal(
                MqttClientPublishReasonCode.Success,
                await Say(
                    topic,
                    $$"""{"epoch":1,"seq":1,"capture":{"video":"recorded","audio":"off"},"health":"ok","firmware":"{{Firmware}}"}"""
                )
            );
            await HeardAsync(Native, DateTimeOffset.MinValue);
            Assert.Equal(
                MqttClientPublishReasonCode.PayloadFormatInvalid,
                await Say(
                    topic,
                    $$"""{"epoch":1,"seq":2,"capture":{"video":"recorded","audio":"off"},"health":"ok","firmware":"1.0","plate":"{{Plate}}"}"""
                )
            );
            Assert.Equal(
                MqttClientPublishReasonCode.PayloadFormatInvalid,
                await Say(
                    topic,
                    $$"""{"epoch":1,"seq":2,"capture":{"video":"recorded","audio":"off"},"health":"{{Name}}","firmware":"{{Picture}}"}"""
                )
            );
            Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, await Say(topic, Person));
            Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, await Say(topic, Long(600)));
            Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, await Say($"registry/v1/devices/{Native}/death", Person));
            Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, await Say(topic, Person, isRetained: true));
            Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await Say($"registry/v1/devices/{Client}/heartbeat", Person));
            Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await Say($"plates/{Plate}", Person));
            Assert.NotEqual(
                MqttClientSubscribeResultCode.GrantedQoS1,
                (await camera.SubscribeAsync($"plates/{Plate}", MqttQualityOfServiceLevel.AtLeastOnce)).Items.Single().ResultCode
            );
            await camera.DisconnectAsync(
                new MqttClientDisconnectOptionsBuilder()
                    .WithReason(MqttClientDisconnectOptionsReason.NormalDisconnection)
                    .WithReasonString(Name)
                    .WithUserProperty(Name, Encoding.UTF8.GetBytes(Plate))
                    .Build()
            );
        }

        // What ends the session: each with the code of the contract, and on 3.1.1 by closing alone.
        await EndsAsync(0x9B, Publish(topic, Person, first: 0x30));
        await EndsAsync(0x9B, Publish(topic, Person, first: 0x34));
        await EndsAsync(0x94, Publish(topic, Person, properties: [0x23, 0, 7]));
        await EndsAsync(0x81, Publish(topic, Person, first: 0x36));
        await EndsAsync(0x95, Publish(topic, Long(70_000)));
        await EndsAsync(null, Publish(topic, Person, isVersion5: false), isVersion5: false);
        await EndsAsync(null, Publish(topic, Person, first: 0x33, isVersion5: false), isVersion5: false);
        await EndsAsync(null, Publish($"plates/{Plate}", Person, isVersion5: false), isVersion5: false);
        await EndsAsync(null, Publish(topic, Person, first: 0x30, isVersion5: false), isVersion5: false);
        await EndsAsync(null, Publish(topic, Long(70_000), isVersion5: false), isVersion5: false);
        // Each was counted, for its reason, once.
        var counts = new Dictionary<string, long>
        {
            ["shape"] = 6,
            ["retain"] = 2,
            ["topic"] = 3,
            ["qos"] = 3,
            ["alias"] = 1,
            ["malformed"] = 1,
            ["size"] = 2,
            ["rate"] = 0,
            ["forbidden"] = 0,
        };
        await CountedAsync(figures =>
            figures.GetProperty("refused").EnumerateObject().All(one => counts[one.Name] == one.Value.GetInt64())
        );

        await using (var wire = await Wire.SignInAsync(_house, Native, secret))
        {
            const int more = 10_500; // Than a day of heartbeats at once.
            var answers = wire.ReadToEndAsync();
            var packet = Publish(topic, Person);
            for (var i = 0; i < more; i += 100)
                await wire.SendAsync([.. Enumerable.Repeat(packet, 100).SelectMany(one => one)]);
            await wire.SendAsync([0xE0, 0]);
            Assert.True(
                (await answers.WaitAsync(Patience)).AsSpan().IndexOf((ReadOnlySpan<byte>)[0x40, 3, 0, 7, 0x97]) >= 0,
                "Nothing was refused for its rate."
            );
        }

        await CountedAsync(figures => Refused(figures, "rate") > 0);

        async Task EndsAsync(byte? code, byte[] packet, bool isVersion5 = true)
        {
            await using var wire = await Wire.SignInAsync(_house, Native, secret, isVersion5);
            var answers = wire.ReadToEndAsync();
            await wire.SendAsync(packet);
            var said = await answers.WaitAsync(Patience);
            if (code is { } disconnect)
                Assert.Equal((0xE0, disconnect), (said[0], said[2]));
            else
                Assert.Empty(said);
        }
    }

    /// <summary>
    /// A gateway with a profile says what such gateways say, and everything that it must not: beside each other, and one after the other.
    /// </summary>
    private async Task SpeakAsAsync(Vendor vendor)
    {
        var id = "test-" + vendor.Profile;
        var profile = await File.ReadAllTextAsync(Path.Combine(Programs.Root, "devices/profiles", vendor.Profile + ".yaml"));
        var (status, _, answer) = await SendAsync(
            _clerk,
            "gateways",
            $$"""{"id":"{{id}}","department":"police","profile":"{{vendor.Profile}}"}"""
        );
        Assert.True(status == 201, $"{answer}");
        foreach (var unit in Regex.Matches(profile, @"device: (?<id>[a-z0-9-]+)").Select(unit => unit.Groups["id"].Value))
        {
            using var device = await _clerk.GetAsync("devices/" + unit);
            var (changed, _, refusal) = await SendAsync(
                _clerk,
                "devices/" + unit,
                $$"""{"gateway":"{{id}}"}""",
                device.Headers.ETag!.ToString(),
                method: HttpMethod.Patch
            );
            Assert.True(changed == 200, $"{refusal}");
        }

        var (issued, _, credential) = await SendAsync(_clerk, $"gateways/{id}/credentials", """{"kind":"secret"}""");
        Assert.True(issued == 201, $"{credential}");
        using var gateway = new MqttClientFactory().CreateMqttClient();
        await gateway.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(_house.Mqtt.Address.ToString(), _house.Mqtt.Port)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId(id)
                .WithCredentials(id, credential.GetProperty("secret").GetString())
                .WithWillTopic(vendor.Says[0].Topic)
                .WithWillPayload(Person)
                .WithWillUserProperty(Name, Encoding.UTF8.GetBytes(Plate))
                .Build()
        );
        Assert.True(gateway.IsConnected);

        Assert.Equal("unknown", (await Ask(_clerk, "devices/" + vendor.Unit)).GetProperty("presence").GetString());
        await SaysAsync();
        var heard = await HeardAsync(vendor.Unit, DateTimeOffset.MinValue);

        var before = Refused(await FiguresAsync(), "forbidden");
        await SaysEverythingAsync();
        await CountedAsync(figures => Refused(figures, "forbidden") > before);
        Assert.True((await FiguresAsync()).GetProperty("droppedFields").GetProperty(vendor.Adapter).GetInt64() > 0);
        await SaysAsync();
        await HeardAsync(vendor.Unit, heard.GetProperty("lastHeardAt").GetDateTimeOffset());
        Assert.True(gateway.IsConnected);

        async Task SaysAsync()
        {
            foreach (var (topic, payload) in vendor.Says)
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

        async Task SaysEverythingAsync()
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
    }

    /// <summary>Waits until a clerk reads that a unit was heard after an instant, and records.</summary>
    private async Task<JsonElement> HeardAsync(string unit, DateTimeOffset after)
    {
        using var bound = new CancellationTokenSource(Patience);
        while (true)
        {
            var said = await Ask(_clerk, "devices/" + unit);
            if (
                said.GetProperty("presence").GetString() == "online"
                && said.GetProperty("capture").TryGetProperty("video", out var video)
                && video.GetString() == "recorded"
                && said.GetProperty("lastHeardAt").GetDateTimeOffset() > after
            )
                return said;
            Assert.False(bound.IsCancellationRequested, $"{unit} is not heard to record: its adapter is dead. A clerk reads {said}");
            await Task.Delay(50, CancellationToken.None);
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

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A person, over and over.</summary>
    private static string Long(int bytes) => string.Concat(Enumerable.Repeat(Person, bytes / Person.Length + 1));

    private static byte[] Stats =>
        Text(
            $$$$"""{"cameras":{"lobby_south":{"camera_fps":5.0,"process_fps":5,"{{{{Name}}}}":"{{{{Plate}}}}"},"{{{{Plate}}}}":{"camera_fps":1}},"service":{"version":"{{{{Name}}}}","uptime":1,"storage":{"{{{{Picture}}}}":1}}}"""
        );

    private static byte[] Axis(string says) =>
        Text(
            $$$$"""{"timestamp":1764000000000,"topic":"onvif:Device/axis:Status/SystemReady","serial":"{{{{Plate}}}}","message":{"source":{"name":"{{{{Name}}}}"},"key":{},"data":{"{{{{says}}}}":"1","plate":"{{{{Plate}}}}","pos":"{{{{Position}}}}"}}}"""
        );

    private static byte[] Onvif =>
        Text(
            $$$$"""{"UtcTime":"2026-11-23T15:00:00Z","Source":{"Token":"{{{{Name}}}}"},"Data":{"State":"Active","Failed":"true","Plate":"{{{{Plate}}}}","Likelihood":"{{{{Position}}}}"}}"""
        );

    // Protobuf, as far as Sparkplug needs it: a number, or bytes with their length, each behind its field's number.
    private static byte[] Number(int field, ulong value) => [.. Varint((ulong)field << 3), .. Varint(value)];

    private static byte[] Bytes(int field, byte[] value) => [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)value.Length), .. value];

    private static byte[] Varint(ulong value) => value < 128 ? [(byte)value] : [(byte)(value % 128 | 128), .. Varint(value / 128)];

    /// <summary>A metric: a number, or a text with a marker in its metadata and properties.</summary>
    private static byte[] Metric(string name, object value, ulong? alias = null) =>
        [
            .. Bytes(1, Text(name)),
            .. alias is { } number ? Number(2, number) : [],
            .. Number(4, value is string ? 12UL : 8UL),
            .. Bytes(8, [.. Bytes(3, Text(Picture)), .. Bytes(8, Text(Name))]),
            .. Bytes(9, [.. Bytes(1, Text(Plate)), .. Bytes(2, [.. Number(1, 12), .. Bytes(8, Text(Position))])]),
            .. value is string text
                ? Bytes(15, Text(text))
                : Number(11, Convert.ToUInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
        ];

    /// <summary>
    /// A well-formed message of a node: what is given, and markers as names, texts, bytes, the message's own id and its body.
    /// </summary>
    private static byte[] Sparkplug(int seq, params byte[][] metrics) =>
        [
            .. Number(1, (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()),
            .. metrics.SelectMany(metric => Bytes(2, metric)),
            .. Bytes(2, Metric(Plate, Name, alias: 20)),
            .. Bytes(2, Metric("Properties/Operator", Name, alias: 21)),
            .. Bytes(2, Metric("Firmware", Name, alias: 14)),
            .. Bytes(2, [.. Bytes(1, Text("Last/Plate")), .. Number(4, 17), .. Bytes(16, Jpeg)]),
            .. Number(3, (ulong)seq),
            .. Bytes(4, Text(Client)),
            .. Bytes(5, Jpeg),
        ];

    /// <summary>A PUBLISH of packet 7, as bytes.</summary>
    private static byte[] Publish(string topic, string payload, byte first = 0x32, byte[]? properties = null, bool isVersion5 = true)
    {
        byte[] rest =
        [
            .. Wire.Word(topic),
            .. (first & 6) == 0 ? [] : new byte[] { 0, 7 },
            .. isVersion5 ? [(byte)(properties?.Length ?? 0), .. properties ?? []] : Array.Empty<byte>(),
            .. Text(payload),
        ];
        return [first, .. Varint((ulong)rest.Length), .. rest];
    }

    /// <summary>
    /// Somebody whom nobody knows, with a name in every field of the sign-in; and somebody who is known, and leaves a will that says too
    /// much.
    /// </summary>
    private async Task KnockAsync()
    {
        var secret = await _house.SecretAsync(Native);
        (string, string, string, string)[] tries =
        [
            (Client, Client, Plate, Plate),
            (Native, Native, Name, Plate),
            (Name, Name, Name, Plate),
            (Native, Native, secret, $"plates/{Plate}"),
            (Native, Native, secret, $"registry/v1/devices/{Native}/death"),
        ];
        foreach (var version in new[] { MqttProtocolVersion.V500, MqttProtocolVersion.V311 })
        {
            foreach (var (client, user, password, will) in tries)
            {
                using var stranger = new MqttClientFactory().CreateMqttClient();
                var options = new MqttClientOptionsBuilder()
                    .WithTcpServer(_house.Mqtt.Address.ToString(), _house.Mqtt.Port)
                    .WithProtocolVersion(version)
                    .WithClientId(client)
                    .WithCredentials(user, password)
                    .WithWillTopic(will)
                    .WithWillPayload(Person)
                    .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
                if (version == MqttProtocolVersion.V500)
                    options = options
                        .WithUserProperty(Name, Encoding.UTF8.GetBytes(Plate))
                        .WithWillUserProperty(Plate, Encoding.UTF8.GetBytes(Name));
                Assert.NotEqual(MqttClientConnectResultCode.Success, (await stranger.ConnectAsync(options.Build())).ResultCode);
            }
        }

        await CountedAsync(figures => figures.GetProperty("signInsRefused").GetInt64() == 2 * tries.Length);
    }

    /// <summary>A client that writes what bytes it likes.</summary>
    private sealed class Wire(Socket socket) : IAsyncDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);

        public static async Task<Wire> SignInAsync(RegistryHost house, string id, string secret, bool isVersion5 = true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(house.Mqtt);
            var wire = new Wire(socket);
            byte[] rest =
            [
                .. Word("MQTT"),
                (byte)(isVersion5 ? 5 : 4),
                0b1100_0010,
                0,
                60,
                .. isVersion5 ? new byte[] { 0 } : [],
                .. Word(id),
                .. Word(id),
                .. Word(secret),
            ];
            await wire.SendAsync([0x10, .. Varint((ulong)rest.Length), .. rest]);
            var head = new byte[2];
            await wire._stream.ReadExactlyAsync(head);
            var body = new byte[head[1]];
            await wire._stream.ReadExactlyAsync(body);
            Assert.Equal((0x20, 0), (head[0], body[1]));
            return wire;
        }

        public static byte[] Word(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

        public async Task SendAsync(byte[] bytes)
        {
            try
            {
                await _stream.WriteAsync(bytes);
            }
            catch (IOException)
            {
                // It was closed under what was still to be said.
            }
        }

        /// <summary>What the registry says until it closes.</summary>
        public async Task<byte[]> ReadToEndAsync()
        {
            using var said = new MemoryStream();
            try
            {
                await _stream.CopyToAsync(said);
            }
            catch (IOException)
            {
                // Reset is closed too.
            }

            return said.ToArray();
        }

        public ValueTask DisposeAsync() => _stream.DisposeAsync();
    }
}
