using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>
/// From the clerk's desk to the wire: a device is registered on a page, speaks with the secret that was shown, and is cut off from the same
/// page; an inventory is taken in while the server runs.
/// </summary>
public sealed class DeviceClerkTests(StaffedRegistry city) : IClassFixture<StaffedRegistry>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registers_a_device_without_scripts_hands_over_its_secret_and_cuts_it_off()
    {
        const string Id = "east-precinct-lobby-90";
        var clerk = await city.SignedInAsync("clerk");
        await clerk.GotoAsync("/staff/devices");
        await clerk.ClickAsync("text=Register a device");
        await clerk.FillAsync("#id", Id);
        await clerk.SelectOptionAsync("#kind", "facility-camera");
        await clerk.CheckAsync("input[value=video]");
        await clerk.SelectOptionAsync("#place", "east-precinct-lobby");
        await clerk.FillAsync("#deadlineSeconds", "5");
        await clerk.FillAsync("#reason", "New in the lobby.");
        await clerk.ClickAsync("main form button");
        await Expect(clerk.Locator("[role=alert]")).ToContainTextAsync("expected 10 to 86400");
        await Expect(clerk.Locator("#id")).ToHaveValueAsync(Id);
        await clerk.FillAsync("#deadlineSeconds", "600");
        await clerk.ClickAsync("main form button");
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("It is registered");

        await clerk.FillAsync("#issue-reason", "First sign-in.");
        await clerk.ClickAsync("text=Issue");
        var secret = await clerk.Locator("code.secret").InnerTextAsync();
        using var device = await city.House.ConnectAsync(Id, secret);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        device.DisconnectedAsync += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        await device.PublishAsync(RegistryHost.Heartbeat(Id, 1, 1, """{"video":"recorded"}"""), Cancellation);

        // A reload of the answer sends the form again: it makes no second secret, and so cuts nobody.
        await clerk.ReloadAsync();
        await Expect(clerk.Locator("[role=alert]")).ToContainTextAsync("Something was issued since");
        Assert.True(device.IsConnected);

        await clerk.GotoAsync("/staff/devices/" + Id);
        await clerk.FillAsync("#end-reason", "Stolen.");
        await clerk.ClickAsync("text=End it");
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("has ended");
        await ended.Task.WaitAsync(Patience, Cancellation);
        using var refused = await city.House.ConnectAsync(Id, secret);
        Assert.False(refused.IsConnected);
    }

    [Fact]
    public async Task Takes_in_an_inventory_while_the_server_runs_whole_or_not_at_all()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("registry-import-").FullName, "new.yaml");
        const string Inventory = """
            sample: true
            gateways:
              - {id: hall-recorder, department: facilities, profile: lobby-recorder}
            devices:
              - {id: city-hall-lobby-91, kind: facility-camera, sensors: [video], place: city-hall-lobby, department: facilities, lifecycle: active, gateway: hall-recorder}
              - {id: city-hall-lobby-92, kind: facility-camera, sensors: [video], place: city-hall-lobby, department: facilities, lifecycle: active}
            """;
        await File.WriteAllTextAsync(
            file,
            Inventory.Replace(
                "lobby, department: facilities, lifecycle: active}",
                "lobbies, department: facilities, lifecycle: active}",
                StringComparison.Ordinal
            ),
            Cancellation
        );
        var (wrong, _, errors) = await Programs.VerbAsync(city.House.Settings, "devices", "import", file);
        Assert.Equal(1, wrong);
        Assert.Matches(@"new\.yaml:6:\d+: found 'city-hall-lobbies'; expected a place that is registered", errors);

        await File.WriteAllTextAsync(file, Inventory, Cancellation);
        var (preview, said, _) = await Programs.VerbAsync(city.House.Settings, "devices", "import", file, "--preview");
        Assert.Equal((0, "1 gateways and 2 devices would be registered; 0 stood there already."), (preview, said.Trim()));
        Assert.DoesNotContain("city-hall-lobby-92", (await city.House.GetAsync("/api/v1/devices")).ToString(), StringComparison.Ordinal);

        var (done, output, failure) = await Programs.VerbAsync(city.House.Settings, "devices", "import", file, "--json");
        Assert.True(done == 0, failure);
        Assert.Equal(2, JsonSerializer.Deserialize<JsonElement>(output).GetProperty("devices").GetArrayLength());
        var again = await Programs.VerbAsync(city.House.Settings, "devices", "import", file);
        Assert.Contains("0 gateways and 0 devices were registered; 3 stood there already.", again.Output, StringComparison.Ordinal);

        // The running server has heard of it: the place counts the new camera in, and the camera can be heard.
        using var camera = await city.House.ConnectAsync("city-hall-lobby-92", await city.House.SecretAsync("city-hall-lobby-92"));
        await camera.PublishAsync(RegistryHost.Heartbeat("city-hall-lobby-92", 1, 1, """{"video":"recorded"}"""), Cancellation);
        for (
            var until = DateTime.UtcNow + Patience;
            (await city.House.GetAsync("/api/v1/devices/city-hall-lobby-92")).GetProperty("presence").GetString() != "online";

        )
            Assert.True(DateTime.UtcNow < until, "The camera is not heard.");
        Assert.Contains(
            "city-hall-lobby-91",
            (await city.House.GetAsync("/api/v1/places/city-hall-lobby")).ToString(),
            StringComparison.Ordinal
        );
        var (verified, text, trouble) = await Programs.VerbAsync(city.House.Settings, "ledger", "verify");
        Assert.True(verified == 0, text + trouble);
    }
}
