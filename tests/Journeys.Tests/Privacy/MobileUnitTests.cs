using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Journeys.Tests.Pages;
using static SurveillanceRegistry.Journeys.Tests.Fixtures.StaffedRegistry;

namespace SurveillanceRegistry.Journeys.Tests.Privacy;

/// <summary>
/// What people wear and drive is where they are. So whatever such a unit does, and whatever a clerk does with it, everything that the
/// public can read of the
/// running registry stays as it is: status, headers and body of every address, and what screens are told.
/// </summary>
public sealed class MobileUnitTests(MobileUnitTests.Precinct precinct) : IClassFixture<MobileUnitTests.Precinct>
{
    private const string Worn = "body-worn-east-01",
        Quiet = "body-worn-east-02",
        Old = "body-worn-east-03",
        Reader = "plate-reader-east-04",
        Car = "in-car-east-01",
        VendorCar = "in-car-east-02",
        New = "body-worn-east-90";

    private const string Recorded = """{"video":"recorded","audio":"recorded"}""",
        Off = """{"video":"off","audio":"off"}""",
        Plates = """{"stills":"recorded","plates":"recorded","location":"recorded"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leaves_every_public_byte_as_it_was_whatever_it_does()
    {
        var secrets = new Dictionary<string, string>();
        foreach (var unit in new[] { Worn, Quiet, Old, Reader })
            secrets[unit] = await precinct.SecretAsync("devices/" + unit);
        await precinct.ChangesAsync(Quiet, """{"deadlineSeconds":10}""");
        var dock = await precinct.GatewayAsync("east-precinct-dock", null, Car);
        var addresses = await PublicAddresses.AllAsync(precinct.Stranger, Worn, Quiet, Reader, Car, New);
        var before = await PublicReadingTests.AskAsync(precinct.Stranger, addresses);
        // What moves by itself is named, and nothing else does. Fleets are there, so that something could have been seen of them.
        var still = await PublicReadingTests.AskAsync(precinct.Stranger, addresses);
        still.IsStill(before);
        Assert.Contains("\"units\":25", before["/api/v1/fleets/body-worn-east"], StringComparison.Ordinal);

        using var quiet = await precinct.House.ConnectAsync(Quiet, secrets[Quiet]);
        await SaysAsync(quiet, Quiet, 1, Recorded);
        await precinct.UntilAsync(Quiet, "online");

        // It is put on, records, is docked and taken again, and then its battery is taken out.
        using (var worn = await SignInAsync(Worn, secrets[Worn]))
        {
            await worn.SubscribeAsync($"registry/v1/devices/{Worn}/expected", MqttQualityOfServiceLevel.AtLeastOnce, Cancellation);
            await SaysAsync(worn, Worn, 1, Off);
            await precinct.UntilAsync(Worn, "online");
            await SaysAsync(worn, Worn, 2, Recorded);
            await precinct.UntilAsync(Worn, unit => unit.GetProperty("capture").GetProperty("video").GetString() == "recorded");
            await SaysAsync(worn, Worn, 3, Off, "docked");
            await precinct.UntilAsync(Worn, "docked");
            await SaysAsync(worn, Worn, 4, Recorded, "fault", ruleVersion: 4711);
            await precinct.UntilAsync(Worn, "online");
        }

        await precinct.UntilAsync(Worn, "disconnected");

        // One that may take in nothing reads plates, and is refused what nobody may say.
        using var reader = await SignInAsync(Reader, secrets[Reader]);
        await SaysAsync(reader, Reader, 1, Plates);
        await precinct.UntilAsync(Reader, unit => unit.GetProperty("exceeds").GetArrayLength() > 0);
        Assert.Equal(
            MqttClientPublishReasonCode.PayloadFormatInvalid,
            await PublishAsync(reader, $"registry/v1/devices/{Reader}/heartbeat", """{"plate":"ABC1234"}""")
        );
        Assert.Equal(
            MqttClientPublishReasonCode.NotAuthorized,
            await PublishAsync(reader, $"registry/v1/devices/{Worn}/heartbeat", Word(2, Plates))
        );
        foreach (var (id, secret) in new[] { (Worn, secrets[Quiet]), (Worn, "nothing"), (New, "nothing") })
        {
            using var impostor = await precinct.House.ConnectAsync(id, secret);
            Assert.False(impostor.IsConnected);
        }

        using (var old = await SignInAsync(Old, secrets[Old], MqttProtocolVersion.V311))
        {
            var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            old.DisconnectedAsync += _ =>
            {
                cut.TrySetResult();
                return Task.CompletedTask;
            };
            await SaysAsync(old, Old, 1, Recorded);
            _ = PublishAsync(old, $"registry/v1/devices/{Old}/heartbeat", "not a heartbeat").ContinueWith(_ => { }, TaskScheduler.Default);
            await cut.Task.WaitAsync(Precinct.Patience, Cancellation);
        }

        await precinct.UntilAsync(Old, "disconnected");

        // A car is told of by the gateway where it parks, which is unplugged.
        using (var gateway = await precinct.House.ConnectAsync("east-precinct-dock", dock))
        {
            await SaysAsync(gateway, Car, 1, Recorded);
            await precinct.UntilAsync(Car, "online");
        }

        await precinct.UntilAsync(Car, "disconnected");
        await precinct.UntilAsync(
            Quiet,
            unit => unit.GetProperty("presence").GetString() == "unknown" && unit.GetProperty("evidence").GetString() == "deadline"
        );

        (await PublicReadingTests.AskAsync(precinct.Stranger, addresses)).IsStill(before);
        Assert.Empty(precinct.Told);
    }

    /// <summary>
    /// A fleet is as it was an hour ago. That somebody was given a unit, lost it, or left, is not to be seen before, in whatever way it was
    /// done.
    /// </summary>
    [Fact]
    public async Task Leaves_every_public_byte_as_it_was_for_an_hour_whatever_a_clerk_does_with_it()
    {
        string[] harbor = ["body-worn-harbor-01", "body-worn-harbor-02", "body-worn-harbor-03"];
        var addresses = await PublicAddresses.AllAsync(precinct.Stranger, [New, .. harbor]);
        var before = await PublicReadingTests.AskAsync(precinct.Stranger, addresses);

        var (status, _, registered) = await SendAsync(
            precinct.Clerk,
            "devices",
            $$"""{"id":"{{New}}","kind":"body-worn","sensors":["video","audio"],"fleet":"body-worn-east","department":"police","lifecycle":"active","reason":"For the new one."}"""
        );
        Assert.True(status == 201, registered.ToString());
        using (var unit = await precinct.House.ConnectAsync(New, await precinct.SecretAsync("devices/" + New)))
        {
            await SaysAsync(unit, New, 1, Recorded);
            await precinct.UntilAsync(New, "online");
            var number = (await Ask(precinct.Clerk, $"devices/{New}/credentials")).GetProperty("items")[0].GetProperty("number").GetInt64();
            Assert.Equal(
                204,
                (await SendAsync(precinct.Clerk, $"devices/{New}/credentials/{number}/end", """{"reason":"Lost."}""")).Status
            );
        }

        var (made, _, claim) = await SendAsync(precinct.Clerk, $"devices/{New}/credentials", """{"kind":"claim","reason":"Found."}""");
        Assert.True(made == 201, claim.ToString());
        using (var unit = new HttpClient { BaseAddress = precinct.Clerk.BaseAddress })
        {
            var (used, _, answer) = await SendAsync(unit, "claims", $$"""{"code":"{{claim.GetProperty("code").GetString()}}"}""");
            Assert.True(used is 200 or 201, answer.ToString());
        }

        Assert.Equal(204, (await SendAsync(precinct.Clerk, $"devices/{New}/forget-epoch", """{"reason":"Its clock fell back."}""")).Status);
        // So many leave a fleet of 25 that it is rounded to another number, an hour later.
        await precinct.ChangesAsync(harbor[0], """{"fleet":"body-worn-west","reason":"Moved."}""");
        await precinct.ChangesAsync(harbor[1], """{"department":"transportation","reason":"Lent."}""");
        await precinct.ChangesAsync(harbor[2], """{"lifecycle":"removed","reason":"Broken."}""");
        await precinct.ChangesAsync(New, """{"lifecycle":"removed","reason":"Gone."}""");

        (await PublicReadingTests.AskAsync(precinct.Stranger, addresses)).IsStill(before);
        Assert.Empty(precinct.Told);
    }

    /// <summary>
    /// What is dropped of vendors' messages is counted for everybody: whoever knows what the fixed devices send could subtract it.
    /// </summary>
    [Fact]
    public async Task Leaves_every_public_byte_as_it_was_however_much_its_vendor_says()
    {
        var secret = await precinct.GatewayAsync("car-dock", "car-cameras", VendorCar);
        var addresses = await PublicAddresses.AllAsync(precinct.Stranger, VendorCar);
        var before = await PublicReadingTests.AskAsync(precinct.Stranger, addresses);
        using (var gateway = await precinct.House.ConnectAsync("car-dock", secret))
        {
            await PublishAsync(
                gateway,
                "axis/ACCC8E000009/event/tns:onvif/Device/tns:axis/Status/SystemReady",
                """{"timestamp":1764000000000,"serial":"ACCC8E000009","message":{"source":{},"key":{},"data":{"ready":"1","plate":"ABC1234"}}}"""
            );
            await PublishAsync(gateway, "axis/ACCC8E000009/event/tns:axis/CameraApplicationPlatform/LPV", """{"plate":"ABC1234"}""");
            await precinct.UntilAsync(VendorCar, "online");
        }

        await precinct.UntilAsync(VendorCar, "disconnected");
        (await PublicReadingTests.AskAsync(precinct.Stranger, addresses)).IsStill(before);
        Assert.Empty(precinct.Told);
    }

    /// <summary>The same readings of a camera that stands somewhere: what it does is seen in them, and a screen is told.</summary>
    [Fact]
    public async Task Would_be_seen_if_it_stood_at_a_place()
    {
        const string Lobby = "west-precinct-lobby",
            Camera = Lobby + "-1";
        await precinct.ChangesAsync(Camera, """{"deadlineSeconds":86400}"""); // So that it does not fall silent while others are watched.
        var secret = await precinct.SecretAsync("devices/" + Camera);
        var addresses = (await PublicAddresses.AllAsync(precinct.Stranger))
            .Where(address =>
                address.Contains(Lobby, StringComparison.Ordinal)
                || address is "/" or "/places" or "/api/v1/log/checkpoint" or "/api/v1/devices"
            )
            .ToArray();
        var before = await PublicReadingTests.AskAsync(precinct.Stranger, addresses);
        using var camera = await precinct.House.ConnectAsync(Camera, secret);
        await SaysAsync(camera, Camera, 1, await precinct.EverythingAsync(Camera));
        await precinct.UntilAsync(Camera, "online");
        await precinct.ToldAsync("kiosk-" + Lobby);
        var differs = (await PublicReadingTests.AskAsync(precinct.Stranger, addresses)).DiffersFrom(before);
        foreach (
            var address in new[]
            {
                $"/api/v1/devices/{Camera}",
                $"/devices/{Camera}",
                $"/places/{Lobby}",
                $"/kiosks/kiosk-{Lobby}/notice",
                "/api/v1/devices",
                "/api/v1/log/checkpoint",
            }
        )
            Assert.Contains(differs, one => one.StartsWith(address + ": ", StringComparison.Ordinal));
        precinct.Told.Clear();
    }

    private async Task<IMqttClient> SignInAsync(string unit, string secret, MqttProtocolVersion version = MqttProtocolVersion.V500)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var answer = await client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(precinct.House.Mqtt.Address.ToString(), precinct.House.Mqtt.Port)
                .WithProtocolVersion(version)
                .WithClientId(unit)
                .WithCredentials(unit, secret)
                .WithWillTopic($"registry/v1/devices/{unit}/death")
                .WithWillPayload("""{"epoch":1}""")
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build(),
            Cancellation
        );
        Assert.Equal(MqttClientConnectResultCode.Success, answer.ResultCode);
        return client;
    }

    private static string Word(int seq, string capture, string health = "ok", int? ruleVersion = null) =>
        $$"""{"epoch":1,"seq":{{seq}},"capture":{{capture}},"health":"{{health}}","firmware":"10.12.1"{{(ruleVersion is { } version ? $",\"ruleVersion\":{version}" : "")}}}""";

    private static async Task SaysAsync(
        IMqttClient client,
        string unit,
        int seq,
        string capture,
        string health = "ok",
        int? ruleVersion = null
    ) =>
        Assert.Equal(
            MqttClientPublishReasonCode.Success,
            await PublishAsync(client, $"registry/v1/devices/{unit}/heartbeat", Word(seq, capture, health, ruleVersion))
        );

    private static async Task<MqttClientPublishReasonCode> PublishAsync(IMqttClient client, string topic, string payload) =>
        (
            await client.PublishStringAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Cancellation)
        ).ReasonCode;

    /// <summary>
    /// A registry of its own, opened two hours ago, where nobody else does anything; with a clerk, a stranger, and somebody in front of
    /// every screen.
    /// </summary>
    public sealed class Precinct : IAsyncLifetime
    {
        internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        private readonly string _devices = Directory.CreateTempSubdirectory("precinct-").FullName;
        private readonly CancellationTokenSource _closing = new();
        private readonly SemaphoreSlim _told = new(0);
        private Task _screens = Task.CompletedTask;

        internal RegistryHost House { get; } = new();

        internal HttpClient Stranger { get; private set; } = null!;

        internal HttpClient Clerk { get; private set; } = null!;

        /// <summary>The screens that were told that something changed.</summary>
        internal ConcurrentQueue<string> Told { get; } = [];

        public async ValueTask InitializeAsync()
        {
            // The sample has no unit that moves behind a vendor's gateway: here is one.
            File.Copy(Path.Combine(Programs.Root, "devices/sample-city.yaml"), Path.Combine(_devices, "sample-city.yaml"));
            Directory.CreateDirectory(Path.Combine(_devices, "profiles"));
            await File.WriteAllTextAsync(
                Path.Combine(_devices, "profiles/car-cameras.yaml"),
                $"id: car-cameras\nadapter: axis\nprefix: axis\nrecording: [video]\nunits:\n  - {{unit: ACCC8E000009, device: {VendorCar}}}\n"
            );
            House.More["REGISTRY_DEVICES"] = Path.Combine(_devices, "sample-city.yaml");
            await House.OpenAsync();
            // A fleet is shown as it was an hour ago: what stood in the files has stood for long.
            await using (var database = NpgsqlDataSource.Create(await House.DatabaseAsync()))
            await using (var earlier = database.CreateCommand("update registry.mobile_act set at = at - interval '2 hours'"))
                Assert.NotEqual(0, await earlier.ExecuteNonQueryAsync());
            Stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = House.Http };
            var (code, output, errors) = await Programs.VerbAsync(House.Settings, "token", "create", "--role", "device-clerk", "--json");
            Assert.True(code == 0, errors);
            Clerk = new HttpClient
            {
                BaseAddress = new Uri(House.Http, "/api/v1/"),
                DefaultRequestHeaders =
                {
                    Authorization = new AuthenticationHeaderValue(
                        "Bearer",
                        JsonSerializer.Deserialize<JsonElement>(output).GetProperty("token").GetString()
                    ),
                },
            };
            var kiosks = (await Ask(Stranger, "/api/v1/kiosks"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(kiosk => kiosk.GetProperty("id").GetString()!)
                .ToArray();
            foreach (var kiosk in kiosks) // A screen that was never seen says so, and this comparison looks at all of them.
                await Stranger.GetStringAsync($"/kiosks/{kiosk}/notice");
            var watches = kiosks.Select(WatchAsync).ToArray();
            await Task.WhenAll(watches).WaitAsync(Patience);
            _screens = Task.WhenAll(watches.Select(watch => watch.Result));
        }

        /// <summary>Stands in front of a screen: begun when the registry has said hello to it.</summary>
        private async Task<Task> WatchAsync(string kiosk)
        {
            var lines = new StreamReader(await Stranger.GetStreamAsync($"/kiosks/{kiosk}/changes", _closing.Token));
            while (await lines.ReadLineAsync(_closing.Token) != "data: hello") { }
            return ReadAsync();

            async Task ReadAsync()
            {
                try
                {
                    while (await lines.ReadLineAsync(_closing.Token) is { } line)
                    {
                        if (line != "data: changed")
                            continue;
                        Told.Enqueue(kiosk);
                        _told.Release();
                    }
                }
                catch (OperationCanceledException)
                {
                    lines.Dispose();
                }
            }
        }

        internal async Task ToldAsync(string kiosk)
        {
            while (!Told.Contains(kiosk))
                Assert.True(await _told.WaitAsync(Patience), "No screen was told.");
        }

        internal async Task<string> SecretAsync(string holder)
        {
            var (status, _, answer) = await SendAsync(Clerk, holder + "/credentials", """{"kind":"secret","reason":"First sign-in."}""");
            Assert.True(status == 201, answer.ToString());
            return answer.GetProperty("secret").GetString()!;
        }

        internal async Task<string> GatewayAsync(string id, string? profile, string behind)
        {
            var (status, _, answer) = await SendAsync(
                Clerk,
                "gateways",
                JsonSerializer.Serialize(
                    new
                    {
                        id,
                        department = "police",
                        profile,
                    }
                )
            );
            Assert.True(status == 201, answer.ToString());
            await ChangesAsync(behind, $$"""{"gateway":"{{id}}"}""");
            return await SecretAsync("gateways/" + id);
        }

        internal async Task ChangesAsync(string unit, string values)
        {
            using var before = await Clerk.GetAsync("devices/" + unit);
            var (status, _, answer) = await SendAsync(
                Clerk,
                "devices/" + unit,
                values,
                before.Headers.ETag!.ToString(),
                method: HttpMethod.Patch
            );
            Assert.True(status == 200, answer.ToString());
        }

        /// <summary>Every sensor of a device, recording.</summary>
        internal async Task<string> EverythingAsync(string unit) =>
            JsonSerializer.Serialize(
                (await Ask(Clerk, "devices/" + unit))
                    .GetProperty("sensors")
                    .EnumerateArray()
                    .ToDictionary(sensor => sensor.GetString()!, _ => "recorded")
            );

        internal Task UntilAsync(string unit, string presence) =>
            UntilAsync(unit, said => said.GetProperty("presence").GetString() == presence);

        /// <summary>Waits until a clerk reads of a unit what was to come of it.</summary>
        internal async Task UntilAsync(string unit, Func<JsonElement, bool> says)
        {
            using var bound = new CancellationTokenSource(Patience);
            for (var said = await Ask(Clerk, "devices/" + unit); !says(said); said = await Ask(Clerk, "devices/" + unit))
            {
                if (bound.IsCancellationRequested)
                    Assert.Fail($"Of {unit} a clerk still reads {said}");
                await Task.Delay(50, CancellationToken.None);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _closing.CancelAsync();
            await _screens;
            Stranger.Dispose();
            Clerk.Dispose();
            await House.DisposeAsync();
            Directory.Delete(_devices, recursive: true);
            _closing.Dispose();
            _told.Dispose();
        }
    }
}
