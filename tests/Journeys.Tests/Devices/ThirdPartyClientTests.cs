using System.Diagnostics;
using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static SurveillanceRegistry.Journeys.Tests.Fixtures.StaffedRegistry;

namespace SurveillanceRegistry.Journeys.Tests.Devices;

/// <summary>Devices and gateways on other people's MQTT libraries, against the whole registry; and a clerk who registers them.</summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class ThirdPartyClientTests(StaffedRegistry staffed)
{
    private const string Camera = "city-hall-lobby-1",
        Plates = "harbor-bridge-plates-1",
        Traffic = "harbor-bridge-traffic-1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RegistryHost Host => staffed.Host;

    private Task<JsonElement> DeviceAsync(string id) => Host.GetAsync("/api/v1/devices/" + id);

    private Task<JsonElement> WaitForDeviceAsync(string id, Func<JsonElement, bool> isSo) => Host.WaitForDeviceAsync(id, isSo);

    private static string? Presence(JsonElement device) => device.GetProperty("presence").GetString();

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    public async Task A_camera_on_MQTT_js_receives_its_expected_state_and_is_online(int protocolVersion)
    {
        var secret = await Host.IssueSecretAsync(Camera);
        await using var camera = new OtherProgram(Node("camera.mjs", $"mqtt://{Host.Mqtt}", Camera, secret, $"{protocolVersion}"));
        var lines = new[] { await camera.LineAsync(), await camera.LineAsync() };
        Assert.Contains("acknowledged", lines);
        var expected = JsonSerializer.Deserialize<JsonElement>(
            Assert.Single(lines, line => line.StartsWith("expected true ", StringComparison.Ordinal))["expected true ".Length..]
        );
        // Only a statement of the City covers this camera's video, and a statement permits nothing.
        Assert.Equal("off", expected.GetProperty("capture").GetProperty("video").GetString());
        var device = await WaitForDeviceAsync(Camera, device => Presence(device) == "online");
        Assert.Equal("video", Assert.Single(device.GetProperty("exceeds").EnumerateArray()).GetString());
        Assert.Equal("live", device.GetProperty("capture").GetProperty("video").GetString());
        Assert.Equal(expected.GetProperty("version").GetInt32(), device.GetProperty("expected").GetProperty("version").GetInt32());
        camera.Kill();
        await WaitForDeviceAsync(Camera, device => Presence(device) == "disconnected");
    }

    [Fact]
    public async Task A_registered_gateway_s_Sparkplug_node_reports_the_devices_behind_it()
    {
        using var clerk = await staffed.ApiClientAsync("device-clerk");
        var (status, _, _) = await SendAsync(
            clerk,
            "gateways",
            """{"id":"bridge-gateway","department":"transportation","profile":"bridge-node","reason":"On the bridge."}"""
        );
        Assert.Equal(201, status);
        foreach (var id in new[] { Plates, Traffic })
            await AttachToBridgeGatewayAsync(clerk, id);

        var (issued, _, credential) = await SendAsync(
            clerk,
            "gateways/bridge-gateway/credentials",
            """{"kind":"secret","reason":"First sign-in."}"""
        );
        Assert.Equal(201, issued);
        var secret = credential.GetProperty("secret").GetString()!;
        await using var edge = StartEdge(secret);
        Assert.Equal("born", await edge.LineAsync());
        var plates = await WaitForDeviceAsync(Plates, device => Presence(device) == "online");
        Assert.Equal("recorded", plates.GetProperty("capture").GetProperty("plates").GetString());
        await WaitForDeviceAsync(Traffic, device => Presence(device) == "online");

        Assert.False(edge.HasExited, await edge.RestAsync());
        await edge.WriteAsync("death plates-1");
        await WaitForDeviceAsync(Plates, device => Presence(device) == "disconnected");
        Assert.Equal("online", Presence(await DeviceAsync(Traffic)));
        edge.Kill(); // Its will has a bdSeq that never changed; the broken connection is what counts.
        await WaitForDeviceAsync(Traffic, device => Presence(device) == "disconnected");

        await using var again = StartEdge(secret);
        Assert.Equal("born", await again.LineAsync());
        await WaitForDeviceAsync(Plates, device => Presence(device) == "online");
        Assert.DoesNotContain("CANARY7", Host.Log, StringComparison.Ordinal);
    }

    private static async Task AttachToBridgeGatewayAsync(HttpClient clerk, string id)
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

    private OtherProgram StartEdge(string secret) =>
        new(Node("edge.mjs", $"mqtt://{Host.Mqtt}", "bridge-gateway", secret, "Harbor", "bridge-edge", "plates-1", "traffic-1"));

    [Fact]
    public async Task A_claimed_device_is_online_until_a_clerk_ends_its_credential()
    {
        using var clerk = await staffed.ApiClientAsync("device-clerk");
        using var passerBy = new HttpClient { BaseAddress = new Uri(Host.Http, "/api/v1/") };
        var (status, etag, _) = await SendAsync(
            clerk,
            "devices",
            """
            {"id":"east-precinct-lobby-9","kind":"facility-camera","sensors":["video"],"place":"east-precinct-lobby",
             "department":"police","lifecycle":"active","reason":"New."}
            """
        );
        Assert.Equal((201, "\"1\""), (status, etag));
        Assert.Equal(401, (await SendAsync(passerBy, "devices", "{}")).Status);
        Assert.Equal(422, (await SendAsync(clerk, "devices", """{"id":"Officer Smith","kind":"facility-camera"}""")).Status);

        using var device = await Host.ConnectAsync("east-precinct-lobby-9", await ClaimSecretAsync(clerk, passerBy));
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        device.DisconnectedAsync += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        await device.PublishAsync(RegistryHost.Heartbeat("east-precinct-lobby-9", 1, 1, """{"video":"recorded"}"""));
        await WaitForDeviceAsync("east-precinct-lobby-9", heard => Presence(heard) == "online");
        var place = await Host.GetAsync("/api/v1/places/east-precinct-lobby");
        Assert.Contains("east-precinct-lobby-9", place.ToString(), StringComparison.Ordinal);

        await EndCredentialAsync(clerk);
        await ended.Task.WaitAsync(Patience);

        await AssertRemovedWithItsVersionAsync(clerk);
        using var gone = await passerBy.GetAsync("devices/east-precinct-lobby-9");
        Assert.Equal(410, (int)gone.StatusCode);
        var (code, output, errors) = await Programs.CommandAsync(Host.Settings, "ledger", "verify");
        Assert.True(code == 0, output + errors);
    }

    /// <summary>Claims the device with a new code. The code is valid once.</summary>
    private static async Task<string> ClaimSecretAsync(HttpClient clerk, HttpClient passerBy)
    {
        var (_, _, claim) = await SendAsync(clerk, "devices/east-precinct-lobby-9/credentials", """{"kind":"claim"}""");
        var code = claim.GetProperty("code").GetString()!;
        var (claimed, _, answer) = await SendAsync(passerBy, "claims", JsonSerializer.Serialize(new { code }));
        Assert.Equal((200, 404), (claimed, (await SendAsync(passerBy, "claims", JsonSerializer.Serialize(new { code }))).Status));
        return answer.GetProperty("secret").GetString()!;
    }

    private static async Task EndCredentialAsync(HttpClient clerk)
    {
        var credentials = (await GetJsonAsync(clerk, "devices/east-precinct-lobby-9/credentials")).GetProperty("items");
        Assert.DoesNotContain("sha", credentials.ToString(), StringComparison.Ordinal);
        var (end, _, _) = await SendAsync(
            clerk,
            $"devices/east-precinct-lobby-9/credentials/{credentials[0].GetProperty("number").GetInt64()}/end",
            """{"reason":"Stolen."}"""
        );
        Assert.Equal(204, end);
    }

    /// <summary>The device is removed only by a request that names its version.</summary>
    private static async Task AssertRemovedWithItsVersionAsync(HttpClient clerk)
    {
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
    }

    private static Process Node(string script, params string[] arguments) =>
        Programs.Start("node", [Path.Combine(Programs.Root, "tests/Journeys.Tests/npm", script), .. arguments], null);

    /// <summary>A program that writes lines to its standard output.</summary>
    private sealed class OtherProgram(Process process) : IAsyncDisposable
    {
        public async Task<string> LineAsync() =>
            await process.StandardOutput.ReadLineAsync().WaitAsync(Patience)
            ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());

        public Task WriteAsync(string line) => process.StandardInput.WriteLineAsync(line);

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
