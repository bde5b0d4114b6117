using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static SurveillanceRegistry.Journeys.Tests.Fixtures.StaffedRegistry;

namespace SurveillanceRegistry.Journeys.Tests.Privacy;

/// <summary>
/// A worn or driven device shows where its person is. Whatever it does, and whatever a clerk does with it, everything that the public can
/// read of the running registry stays as it is: status, headers and body of every address, and the events of every screen.
/// </summary>
public sealed class MobileUnitTests(Precinct precinct) : IClassFixture<Precinct>
{
    private const string Worn = "body-worn-east-01",
        Quiet = "body-worn-east-02",
        Old = "body-worn-east-03",
        Reader = "plate-reader-east-04",
        Car = "in-car-east-01",
        VendorCar = Precinct.VendorCar,
        New = "body-worn-east-90";

    private const string Recorded = """{"video":"recorded","audio":"recorded"}""",
        Off = """{"video":"off","audio":"off"}""",
        Plates = """{"stills":"recorded","plates":"recorded","location":"recorded"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_a_mobile_device_does_no_public_byte_changes()
    {
        var secrets = new Dictionary<string, string>();
        foreach (var device in new[] { Worn, Quiet, Old, Reader })
            secrets[device] = await precinct.IssueSecretAsync("devices/" + device);
        await precinct.ChangeDeviceAsync(Quiet, """{"deadlineSeconds":10}""");
        var dock = await precinct.RegisterGatewayAsync("east-precinct-dock", null, Car);
        var addresses = await PublicAddresses.AllAsync(precinct.Stranger, Worn, Quiet, Reader, Car, New);
        var before = await PublicResponses.ReadAsync(precinct.Stranger, addresses);
        // What moves by itself is named, and nothing else does. Fleets are there, so that something could have been seen of them.
        var still = await PublicResponses.ReadAsync(precinct.Stranger, addresses);
        still.AssertSameAs(before);
        Assert.Contains("\"units\":25", before["/api/v1/fleets/body-worn-east"], StringComparison.Ordinal);

        using var quiet = await precinct.Host.ConnectAsync(Quiet, secrets[Quiet]);
        await SendHeartbeatAsync(quiet, Quiet, 1, Recorded);
        await precinct.WaitForDeviceAsync(Quiet, "online");
        await WearAsync(secrets[Worn]);
        using var reader = await SignInAsync(Reader, secrets[Reader]);
        await PublishMoreThanAllowedAsync(reader);
        await AssertImpostorsRefusedAsync([(Worn, secrets[Quiet]), (Worn, "nothing"), (New, "nothing")]);
        await EndSessionByInvalidPublishAsync(secrets[Old]);
        await ReportByGatewayAsync(dock);
        await precinct.WaitForDeviceAsync(
            Quiet,
            device => device.GetProperty("presence").GetString() == "unknown" && device.GetProperty("evidence").GetString() == "deadline"
        );

        (await PublicResponses.ReadAsync(precinct.Stranger, addresses)).AssertSameAs(before);
        Assert.Empty(precinct.NotifiedScreens);
        await precinct.Host.WaitForLogAsync("Refused a sign-in as a device of the fleet ");
        AssertLogNamesNoMobileDevice();
    }

    private void AssertLogNamesNoMobileDevice()
    {
        var log = precinct.Host.Log;
        Assert.All(new[] { Worn, Quiet, Old, Reader, Car, VendorCar, New }, id => Assert.DoesNotContain(id, log, StringComparison.Ordinal));
    }

    /// <summary>A device is put on, records, is docked and taken again, and then its battery is taken out.</summary>
    private async Task WearAsync(string secret)
    {
        using (var worn = await SignInAsync(Worn, secret))
        {
            await worn.SubscribeAsync($"registry/v1/devices/{Worn}/expected", MqttQualityOfServiceLevel.AtLeastOnce, Cancellation);
            await SendHeartbeatAsync(worn, Worn, 1, Off);
            await precinct.WaitForDeviceAsync(Worn, "online");
            await SendHeartbeatAsync(worn, Worn, 2, Recorded);
            await precinct.WaitForModeAsync(Worn, "video", "recorded");
            await SendHeartbeatAsync(worn, Worn, 3, Off, "docked");
            await precinct.WaitForDeviceAsync(Worn, "docked");
            await SendHeartbeatAsync(worn, Worn, 4, Recorded, "fault", ruleVersion: 4711);
            await precinct.WaitForDeviceAsync(Worn, "online");
        }

        await precinct.WaitForDeviceAsync(Worn, "disconnected");
    }

    /// <summary>A reader that may capture nothing reads plates; the broker refuses what no device may publish.</summary>
    private async Task PublishMoreThanAllowedAsync(IMqttClient reader)
    {
        await SendHeartbeatAsync(reader, Reader, 1, Plates);
        await precinct.WaitForDeviceAsync(Reader, device => device.GetProperty("exceeds").GetArrayLength() > 0);
        Assert.Equal(
            MqttClientPublishReasonCode.PayloadFormatInvalid,
            await PublishAsync(reader, $"registry/v1/devices/{Reader}/heartbeat", """{"plate":"ABC1234"}""")
        );
        Assert.Equal(
            MqttClientPublishReasonCode.NotAuthorized,
            await PublishAsync(reader, $"registry/v1/devices/{Worn}/heartbeat", HeartbeatPayload(2, Plates))
        );
    }

    private async Task AssertImpostorsRefusedAsync((string Id, string Secret)[] impostors)
    {
        foreach (var (id, secret) in impostors)
        {
            using var impostor = await precinct.Host.ConnectAsync(id, secret);
            Assert.False(impostor.IsConnected);
        }
    }

    /// <summary>A device on MQTT 3.1.1 publishes an invalid payload: the broker closes its connection.</summary>
    private async Task EndSessionByInvalidPublishAsync(string secret)
    {
        using (var old = await SignInAsync(Old, secret, MqttProtocolVersion.V311))
        {
            var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            old.DisconnectedAsync += _ =>
            {
                cut.TrySetResult();
                return Task.CompletedTask;
            };
            await SendHeartbeatAsync(old, Old, 1, Recorded);
            _ = PublishAsync(old, $"registry/v1/devices/{Old}/heartbeat", "not a heartbeat").ContinueWith(_ => { }, TaskScheduler.Default);
            await cut.Task.WaitAsync(Precinct.Patience, Cancellation);
        }

        await precinct.WaitForDeviceAsync(Old, "disconnected");
    }

    /// <summary>The gateway where a car parks reports the car, and is unplugged.</summary>
    private async Task ReportByGatewayAsync(string secret)
    {
        using (var gateway = await precinct.Host.ConnectAsync("east-precinct-dock", secret))
        {
            await SendHeartbeatAsync(gateway, Car, 1, Recorded);
            await precinct.WaitForDeviceAsync(Car, "online");
        }

        await precinct.WaitForDeviceAsync(Car, "disconnected");
    }

    /// <summary>
    /// The public sees a fleet as it was an hour ago: within the hour nothing shows that a person was given a device, lost it or left.
    /// </summary>
    [Fact]
    public async Task Whatever_a_clerk_does_with_a_mobile_device_no_public_byte_changes()
    {
        string[] harbor = ["body-worn-harbor-01", "body-worn-harbor-02", "body-worn-harbor-03"];
        var addresses = await PublicAddresses.AllAsync(precinct.Stranger, [New, .. harbor]);
        var before = await PublicResponses.ReadAsync(precinct.Stranger, addresses);

        var (status, _, registered) = await SendAsync(
            precinct.Clerk,
            "devices",
            $$"""
            {"id":"{{New}}","kind":"body-worn","sensors":["video","audio"],"fleet":"body-worn-east",
             "department":"police","lifecycle":"active","reason":"For the new one."}
            """
        );
        Assert.True(status == 201, registered.ToString());
        using (var device = await precinct.Host.ConnectAsync(New, await precinct.IssueSecretAsync("devices/" + New)))
        {
            await SendHeartbeatAsync(device, New, 1, Recorded);
            await precinct.WaitForDeviceAsync(New, "online");
            var number = (await GetJsonAsync(precinct.Clerk, $"devices/{New}/credentials"))
                .GetProperty("items")[0]
                .GetProperty("number")
                .GetInt64();
            Assert.Equal(
                204,
                (await SendAsync(precinct.Clerk, $"devices/{New}/credentials/{number}/end", """{"reason":"Lost."}""")).Status
            );
        }

        var (made, _, claim) = await SendAsync(precinct.Clerk, $"devices/{New}/credentials", """{"kind":"claim","reason":"Found."}""");
        Assert.True(made == 201, claim.ToString());
        using (var device = new HttpClient { BaseAddress = precinct.Clerk.BaseAddress })
        {
            var (used, _, answer) = await SendAsync(device, "claims", $$"""{"code":"{{claim.GetProperty("code").GetString()}}"}""");
            Assert.True(used is 200 or 201, answer.ToString());
        }

        Assert.Equal(204, (await SendAsync(precinct.Clerk, $"devices/{New}/forget-epoch", """{"reason":"Its clock fell back."}""")).Status);
        // So many leave a fleet of 25 that it is rounded to another number, an hour later.
        await precinct.ChangeDeviceAsync(harbor[0], """{"fleet":"body-worn-west","reason":"Moved."}""");
        await precinct.ChangeDeviceAsync(harbor[1], """{"department":"transportation","reason":"Lent."}""");
        await precinct.ChangeDeviceAsync(harbor[2], """{"lifecycle":"removed","reason":"Broken."}""");
        await precinct.ChangeDeviceAsync(New, """{"lifecycle":"removed","reason":"Gone."}""");

        (await PublicResponses.ReadAsync(precinct.Stranger, addresses)).AssertSameAs(before);
        Assert.Empty(precinct.NotifiedScreens);
        AssertLogNamesNoMobileDevice();
    }

    /// <summary>
    /// The count of fields dropped from vendors' messages is public: a reader who knows what the fixed devices send could subtract it.
    /// </summary>
    [Fact]
    public async Task Whatever_its_vendor_publishes_a_mobile_device_changes_no_public_byte()
    {
        var secret = await precinct.RegisterGatewayAsync("car-dock", "car-cameras", VendorCar);
        var addresses = await PublicAddresses.AllAsync(precinct.Stranger, VendorCar);
        var before = await PublicResponses.ReadAsync(precinct.Stranger, addresses);
        using (var gateway = await precinct.Host.ConnectAsync("car-dock", secret))
        {
            await PublishAsync(
                gateway,
                "axis/ACCC8E000009/event/tns:onvif/Device/tns:axis/Status/SystemReady",
                """{"timestamp":1764000000000,"serial":"ACCC8E000009","message":"""
                    + """{"source":{},"key":{},"data":{"ready":"1","plate":"ABC1234"}}}"""
            );
            await PublishAsync(gateway, "axis/ACCC8E000009/event/tns:axis/CameraApplicationPlatform/LPV", """{"plate":"ABC1234"}""");
            await precinct.WaitForDeviceAsync(VendorCar, "online");
        }

        await precinct.WaitForDeviceAsync(VendorCar, "disconnected");
        (await PublicResponses.ReadAsync(precinct.Stranger, addresses)).AssertSameAs(before);
        Assert.Empty(precinct.NotifiedScreens);
        AssertLogNamesNoMobileDevice();
    }

    /// <summary>The counter-proof with a camera at a place: the comparison sees what it does, and a screen is notified.</summary>
    [Fact]
    public async Task A_fixed_device_does_change_public_bytes()
    {
        const string Lobby = "west-precinct-lobby",
            Camera = Lobby + "-1";
        // It must not become silent during the comparison.
        await precinct.ChangeDeviceAsync(Camera, """{"deadlineSeconds":86400}""");
        var secret = await precinct.IssueSecretAsync("devices/" + Camera);
        var addresses = (await PublicAddresses.AllAsync(precinct.Stranger))
            .Where(address =>
                address.Contains(Lobby, StringComparison.Ordinal)
                || address is "/" or "/places" or "/api/v1/log/checkpoint" or "/api/v1/devices"
            )
            .ToArray();
        var before = await PublicResponses.ReadAsync(precinct.Stranger, addresses);
        using var camera = await precinct.Host.ConnectAsync(Camera, secret);
        await SendHeartbeatAsync(camera, Camera, 1, await precinct.AllSensorsRecordedAsync(Camera));
        await precinct.WaitForDeviceAsync(Camera, "online");
        await precinct.WaitForScreenAsync("kiosk-" + Lobby);
        var differs = (await PublicResponses.ReadAsync(precinct.Stranger, addresses)).DiffersFrom(before);
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
        precinct.NotifiedScreens.Clear();
    }

    private async Task<IMqttClient> SignInAsync(string device, string secret, MqttProtocolVersion version = MqttProtocolVersion.V500)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var answer = await client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(precinct.Host.Mqtt.Address.ToString(), precinct.Host.Mqtt.Port)
                .WithProtocolVersion(version)
                .WithClientId(device)
                .WithCredentials(device, secret)
                .WithWillTopic($"registry/v1/devices/{device}/death")
                .WithWillPayload("""{"epoch":1}""")
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build(),
            Cancellation
        );
        Assert.Equal(MqttClientConnectResultCode.Success, answer.ResultCode);
        return client;
    }

    private static string HeartbeatPayload(int seq, string capture, string health = "ok", int? ruleVersion = null) =>
        $$"""{"epoch":1,"seq":{{seq}},"capture":{{capture}},"health":"{{health}}","firmware":"""
        + (ruleVersion is { } version ? $"\"10.12.1\",\"ruleVersion\":{version}}}" : "\"10.12.1\"}");

    private static async Task SendHeartbeatAsync(
        IMqttClient client,
        string device,
        int seq,
        string capture,
        string health = "ok",
        int? ruleVersion = null
    ) =>
        Assert.Equal(
            MqttClientPublishReasonCode.Success,
            await PublishAsync(client, $"registry/v1/devices/{device}/heartbeat", HeartbeatPayload(seq, capture, health, ruleVersion))
        );

    private static async Task<MqttClientPublishReasonCode> PublishAsync(IMqttClient client, string topic, string payload) =>
        (
            await client.PublishStringAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Cancellation)
        ).ReasonCode;
}
