using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>
/// From the clerk's desk to the wire: a device is registered on a page, speaks with the secret that was shown, and is cut off from the same
/// page; an inventory is taken in while the server runs.
/// </summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class DeviceClerkTests(StaffedRegistry city)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clerk_registers_a_device_issues_its_secret_and_ends_it_without_scripts()
    {
        const string Id = "east-precinct-lobby-90";
        var clerk = await city.SignInAsync("clerk");
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
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("Registered.");

        await clerk.FillAsync("#issue-reason", "First sign-in.");
        await clerk.ClickAsync("button:has-text('Issue credential')");
        var secret = await clerk.Locator("code.secret").InnerTextAsync();
        using var device = await city.Host.ConnectAsync(Id, secret);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        device.DisconnectedAsync += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        await device.PublishAsync(RegistryHost.Heartbeat(Id, 1, 1, """{"video":"recorded"}"""), Cancellation);

        // A reload of the answer sends the form again: it issues no second secret, so the device stays connected.
        await clerk.ReloadAsync();
        await Expect(clerk.Locator("[role=alert]")).ToContainTextAsync("A credential was issued since");
        Assert.True(device.IsConnected);

        await clerk.GotoAsync("/staff/devices/" + Id);
        await clerk.FillAsync("#end-reason", "Stolen.");
        await clerk.ClickAsync("button:has-text('Revoke credential')");
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("is revoked");
        await ended.Task.WaitAsync(Patience, Cancellation);
        using var refused = await city.Host.ConnectAsync(Id, secret);
        Assert.False(refused.IsConnected);
    }

    private const string Inventory =
        "sample: true\n"
        + "gateways:\n"
        + "  - {id: hall-recorder, department: facilities, profile: lobby-recorder}\n"
        + "fleets: [hall-patrol]\n"
        + "fleet_bases:\n"
        + "  - {fleet: hall-patrol, department: police, places: [city-hall-lobby]}\n"
        + "devices:\n"
        + "  - {id: hall-patrol-1, kind: body-worn, sensors: [video, audio], fleet: hall-patrol, "
        + "department: police, lifecycle: active}\n"
        + "  - {id: city-hall-lobby-91, kind: facility-camera, sensors: [video], place: city-hall-lobby, "
        + "department: facilities, lifecycle: active, gateway: hall-recorder}\n"
        + "  - {id: city-hall-lobby-92, kind: facility-camera, sensors: [video], place: city-hall-lobby, "
        + "department: facilities, lifecycle: active}";

    [Fact]
    public async Task An_inventory_is_imported_whole_or_not_at_all_while_the_server_runs()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("registry-import-").FullName, "new.yaml");
        await File.WriteAllTextAsync(
            file,
            Inventory.Replace(
                "lobby, department: facilities, lifecycle: active}",
                "lobbies, department: facilities, lifecycle: active}",
                StringComparison.Ordinal
            ),
            Cancellation
        );
        var (wrong, _, errors) = await Programs.CommandAsync(city.Host.Settings, "devices", "import", file);
        Assert.Equal(1, wrong);
        await AssertCheckedAsync(file, 1, errors);
        Assert.Matches(@"new\.yaml:10:\d+: found 'city-hall-lobbies'; expected a place that is registered", errors);

        await File.WriteAllTextAsync(file, Inventory, Cancellation);
        await AssertCheckedAsync(file, 0, "");
        var (preview, previewOutput, _) = await Programs.CommandAsync(city.Host.Settings, "devices", "import", file, "--preview");
        Assert.Equal((0, "1 gateways and 3 devices would be registered; 0 stood there already."), (preview, previewOutput.Trim()));
        Assert.DoesNotContain("city-hall-lobby-92", (await city.Host.GetAsync("/api/v1/devices")).ToString(), StringComparison.Ordinal);

        var (done, output, failure) = await Programs.CommandAsync(city.Host.Settings, "devices", "import", file, "--json");
        Assert.True(done == 0, failure);
        Assert.Equal(3, JsonSerializer.Deserialize<JsonElement>(output).GetProperty("devices").GetArrayLength());
        var again = await Programs.CommandAsync(city.Host.Settings, "devices", "import", file);
        Assert.Contains("0 gateways and 0 devices were registered; 4 stood there already.", again.Output, StringComparison.Ordinal);

        await AssertDiffersFromRegisterAsync(file);

        using var reader = new HttpClient { BaseAddress = city.Host.Http };
        Assert.Contains(
            "City Hall, main lobby",
            await reader.GetStringAsync("/fleets/hall-patrol", Cancellation),
            StringComparison.Ordinal
        );

        await AssertNewCameraIsHeardAsync();
        var (verified, text, trouble) = await Programs.CommandAsync(city.Host.Settings, "ledger", "verify");
        Assert.True(verified == 0, text + trouble);
    }

    [Fact]
    public async Task A_file_that_only_adds_devices_is_checked_without_a_registry_too()
    {
        var folder = Directory.CreateTempSubdirectory("registry-check-").FullName;
        var file = Path.Combine(folder, "new.yaml");
        const string Camera =
            "sample: true\ndevices:\n  - {id: spd-a-1, kind: speed-camera, sensors: [stills], place: alder-school-zone, "
            + "department: transportation, lifecycle: active}\n";
        await File.WriteAllTextAsync(file, Camera, Cancellation);
        var settings = new Dictionary<string, string>(city.Host.Settings) { ["REGISTRY_DATA"] = Path.Combine(folder, "none") };
        var (code, output, errors) = await Programs.CommandAsync(settings, "devices", "check", file);
        Assert.Equal((0, "No problems."), (code, output.Trim()));
        Assert.EndsWith(": no register is live here.", errors.Trim());
        var away = new Dictionary<string, string>(settings) { ["REGISTRY_DATABASE"] = "Host=127.0.0.1;Port=1;Username=r;Database=r" };
        (code, output, errors) = await Programs.CommandAsync(away, "devices", "check", file);
        Assert.Equal((0, "No problems."), (code, output.Trim()));
        Assert.Matches("^Compared with .*: the register cannot be read\\. .*127\\.0\\.0\\.1", errors);
        await File.WriteAllTextAsync(file, Camera.Replace("spd-a-1", "city-hall-lobby-1", StringComparison.Ordinal), Cancellation);
        (code, _, errors) = await Programs.CommandAsync(settings, "devices", "check", file);
        Assert.Equal(1, code);
        Assert.Contains("which is registered as another device", errors, StringComparison.Ordinal);
    }

    private async Task AssertNewCameraIsHeardAsync()
    {
        // The running server has heard of it: the place counts the new camera in, and the camera can be heard.
        using var camera = await city.Host.ConnectAsync("city-hall-lobby-92", await city.Host.IssueSecretAsync("city-hall-lobby-92"));
        await camera.PublishAsync(RegistryHost.Heartbeat("city-hall-lobby-92", 1, 1, """{"video":"recorded"}"""), Cancellation);
        await city.Host.WaitForDeviceAsync("city-hall-lobby-92", device => device.GetProperty("presence").GetString() == "online");
        Assert.Contains(
            "city-hall-lobby-91",
            (await city.Host.GetAsync("/api/v1/places/city-hall-lobby")).ToString(),
            StringComparison.Ordinal
        );
    }

    private async Task AssertDiffersFromRegisterAsync(string file)
    {
        // The files of the settings do not know the new cameras: only the live register does.
        await File.WriteAllTextAsync(
            file,
            Inventory.Replace("sensors: [video]", "sensors: [video, audio]", StringComparison.Ordinal),
            Cancellation
        );
        var (other, _, differs) = await Programs.CommandAsync(city.Host.Settings, "devices", "import", file);
        Assert.Equal(1, other);
        Assert.Contains("which is registered as another device", differs, StringComparison.Ordinal);
        await AssertCheckedAsync(file, 1, differs);
    }

    /// <summary>A check says of a file what the import says of it.</summary>
    private async Task AssertCheckedAsync(string file, int code, string problems)
    {
        var (result, output, errors) = await Programs.CommandAsync(city.Host.Settings, "devices", "check", file);
        Assert.Equal((code, "Compared with the register.\n" + problems), (result, errors));
        Assert.Equal(code == 0, output.Trim() == "No problems.");
    }
}
