using System.Diagnostics;
using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static SurveillanceRegistry.Journeys.Tests.Fixtures.StaffedRegistry;

namespace SurveillanceRegistry.Journeys.Tests.Devices;

/// <summary>Devices and gateways on other people's MQTT libraries, against the whole registry; and a clerk who registers them.</summary>
public sealed class ThirdPartyClientTests(StaffedRegistry staffed) : IClassFixture<StaffedRegistry>
{
    private const string Camera = "city-hall-lobby-1",
        Plates = "harbor-bridge-plates-1",
        Traffic = "harbor-bridge-traffic-1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RegistryHost House => staffed.House;

    private Task<JsonElement> DeviceAsync(string id) => House.GetAsync("/api/v1/devices/" + id);

    private async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> isSo)
    {
        using var bound = new CancellationTokenSource(Patience);
        for (var device = await DeviceAsync(id); ; device = await DeviceAsync(id))
        {
            if (isSo(device))
                return device;
            Assert.False(bound.IsCancellationRequested, $"{id} stays {device}");
        }
    }

    private static string? Presence(JsonElement device) => device.GetProperty("presence").GetString();

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    public async Task A_camera_on_MQTT_js_is_told_what_is_expected_and_is_heard(int protocolVersion)
    {
        var secret = await House.SecretAsync(Camera);
        await using var camera = new OtherProgram(Node("camera.mjs", $"mqtt://{House.Mqtt}", Camera, secret, $"{protocolVersion}"));
        var said = new[] { await camera.LineAsync(), await camera.LineAsync() };
        Assert.Contains("acknowledged", said);
        var expected = JsonSerializer.Deserialize<JsonElement>(
            Assert.Single(said, line => line.StartsWith("expected true ", StringComparison.Ordinal))["expected true ".Length..]
        );
        // Only a statement of the City speaks of this camera's video, and a statement allows nothing.
        Assert.Equal("off", expected.GetProperty("capture").GetProperty("video").GetString());
        var device = await UntilAsync(Camera, device => Presence(device) == "online");
        Assert.Equal("video", Assert.Single(device.GetProperty("exceeds").EnumerateArray()).GetString());
        Assert.Equal("live", device.GetProperty("capture").GetProperty("video").GetString());
        Assert.Equal(expected.GetProperty("version").GetInt32(), device.GetProperty("expected").GetProperty("version").GetInt32());
        camera.Kill();
        await UntilAsync(Camera, device => Presence(device) == "disconnected");
    }

    [Fact]
    public async Task A_clerk_registers_a_gateway_and_its_Sparkplug_node_speaks_for_those_behind_it()
    {
        using var clerk = await staffed.ProgramAsync("device-clerk");
        var (status, _, _) = await SendAsync(
            clerk,
            "gateways",
            """{"id":"bridge-gateway","department":"transportation","profile":"bridge-node","reason":"On the bridge."}"""
        );
        Assert.Equal(201, status);
        foreach (var id in new[] { Plates, Traffic })
        {
            using var answer = await clerk.GetAsync("devices/" + id);
            var (changed, _, body) = await SendAsync(
                clerk,
                "devices/" + id,
                """{"gateway":"bridge-gateway","reason":"Behind the gateway."}""",
                answer.Headers.ETag!.ToString(),
                method: HttpMethod.Patch
            );
            Assert.True(changed == 200, $"{changed} {body}");
        }

        var (issued, _, credential) = await SendAsync(
            clerk,
            "gateways/bridge-gateway/credentials",
            """{"kind":"secret","reason":"First sign-in."}"""
        );
        Assert.Equal(201, issued);
        var secret = credential.GetProperty("secret").GetString()!;
        await using var edge = new OtherProgram(
            Node("edge.mjs", $"mqtt://{House.Mqtt}", "bridge-gateway", secret, "Harbor", "bridge-edge", "plates-1", "traffic-1")
        );
        Assert.Equal("born", await edge.LineAsync());
        var plates = await UntilAsync(Plates, device => Presence(device) == "online");
        Assert.Equal("recorded", plates.GetProperty("capture").GetProperty("plates").GetString());
        await UntilAsync(Traffic, device => Presence(device) == "online");

        Assert.False(edge.HasExited, await edge.RestAsync());
        await edge.SayAsync("death plates-1");
        await UntilAsync(Plates, device => Presence(device) == "disconnected");
        Assert.Equal("online", Presence(await DeviceAsync(Traffic)));
        edge.Kill(); // Its will says a bdSeq that never moved; the connection that broke is what counts.
        await UntilAsync(Traffic, device => Presence(device) == "disconnected");

        await using var again = new OtherProgram(
            Node("edge.mjs", $"mqtt://{House.Mqtt}", "bridge-gateway", secret, "Harbor", "bridge-edge", "plates-1", "traffic-1")
        );
        Assert.Equal("born", await again.LineAsync());
        await UntilAsync(Plates, device => Presence(device) == "online");
        Assert.DoesNotContain("CANARY7", House.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clerk_registers_a_device_which_is_claimed_heard_and_cut_off_when_its_credential_ends()
    {
        using var clerk = await staffed.ProgramAsync("device-clerk");
        using var passerBy = new HttpClient { BaseAddress = new Uri(House.Http, "/api/v1/") };
        var (status, etag, _) = await SendAsync(
            clerk,
            "devices",
            """{"id":"east-precinct-lobby-9","kind":"facility-camera","sensors":["video"],"place":"east-precinct-lobby","department":"police","lifecycle":"active","reason":"New."}"""
        );
        Assert.Equal((201, "\"1\""), (status, etag));
        Assert.Equal(401, (await SendAsync(passerBy, "devices", "{}")).Status);
        Assert.Equal(422, (await SendAsync(clerk, "devices", """{"id":"Officer Smith","kind":"facility-camera"}""")).Status);

        var (_, _, claim) = await SendAsync(clerk, "devices/east-precinct-lobby-9/credentials", """{"kind":"claim"}""");
        var code = claim.GetProperty("code").GetString()!;
        var (claimed, _, answer) = await SendAsync(passerBy, "claims", JsonSerializer.Serialize(new { code }));
        Assert.Equal((200, 404), (claimed, (await SendAsync(passerBy, "claims", JsonSerializer.Serialize(new { code }))).Status));
        using var device = await House.ConnectAsync("east-precinct-lobby-9", answer.GetProperty("secret").GetString()!);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        device.DisconnectedAsync += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        await device.PublishAsync(RegistryHost.Heartbeat("east-precinct-lobby-9", 1, 1, """{"video":"recorded"}"""));
        await UntilAsync("east-precinct-lobby-9", heard => Presence(heard) == "online");
        var place = await House.GetAsync("/api/v1/places/east-precinct-lobby");
        Assert.Contains("east-precinct-lobby-9", place.ToString(), StringComparison.Ordinal);

        var credentials = (await Ask(clerk, "devices/east-precinct-lobby-9/credentials")).GetProperty("items");
        Assert.DoesNotContain("sha", credentials.ToString(), StringComparison.Ordinal);
        var (end, _, _) = await SendAsync(
            clerk,
            $"devices/east-precinct-lobby-9/credentials/{credentials[0].GetProperty("number").GetInt64()}/end",
            """{"reason":"Stolen."}"""
        );
        Assert.Equal(204, end);
        await ended.Task.WaitAsync(Patience);

        Assert.Equal(
            428,
            (await SendAsync(clerk, "devices/east-precinct-lobby-9", """{"lifecycle":"removed"}""", method: HttpMethod.Patch)).Status
        );
        Assert.Equal(
            412,
            (
                await SendAsync(clerk, "devices/east-precinct-lobby-9", """{"lifecycle":"removed"}""", "\"7\"", method: HttpMethod.Patch)
            ).Status
        );
        Assert.Equal(
            200,
            (
                await SendAsync(clerk, "devices/east-precinct-lobby-9", """{"lifecycle":"removed"}""", "\"1\"", method: HttpMethod.Patch)
            ).Status
        );
        using var gone = await passerBy.GetAsync("devices/east-precinct-lobby-9");
        Assert.Equal(410, (int)gone.StatusCode);
        var (code0, output, errors) = await Programs.VerbAsync(House.Settings, "ledger", "verify");
        Assert.True(code0 == 0, output + errors);
    }

    private static Process Node(string script, params string[] arguments) =>
        Programs.Start("node", [Path.Combine(Programs.Root, "tests/Journeys.Tests/npm", script), .. arguments], null);

    /// <summary>A program that says something line by line.</summary>
    private sealed class OtherProgram(Process process) : IAsyncDisposable
    {
        public async Task<string> LineAsync() =>
            await process.StandardOutput.ReadLineAsync().WaitAsync(Patience)
            ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());

        public Task SayAsync(string line) => process.StandardInput.WriteLineAsync(line);

        public bool HasExited => process.HasExited;

        public async Task<string> RestAsync() =>
            process.HasExited ? await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync() : "";

        public void Kill() => process.Kill();

        public async ValueTask DisposeAsync()
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
