using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Files.Inventory.Inventory;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Inventory;

/// <summary>Gateways and the devices behind them; and an inventory that adds to what is registered.</summary>
public sealed class InventoryFileTests : IDisposable
{
    private const string Opening = """
        sample: true
        places:
          - {id: lobby, name: Lobby, address: 1 Main St, area: the lobby}
        kiosks: []
        fleets: []
        gateways:
          - {id: lobby-recorder, department: police, profile: lobby-recorder}
          - {id: direct-gateway, department: police}
        devices:
          - id: lobby-cam-1
            kind: facility-camera
            sensors: [video]
            place: lobby
            department: police
            lifecycle: active
            gateway: lobby-recorder
            deadlineSeconds: 120
          - id: lobby-cam-2
            kind: facility-camera
            sensors: [video]
            place: lobby
            department: police
            lifecycle: active
        """;

    private static readonly RegisteredInventory Registered = new(
        [new Place("lobby", "Lobby", "1 Main St", "the lobby")],
        [new Kiosk("kiosk-1", "lobby")],
        ["patrol"],
        [new Gateway("lobby-recorder", "police", "lobby-recorder") { Version = 4 }, new Gateway("gone", "police", null, Removed: true)],
        [
            Device.Of("lobby-cam-1", "facility-camera", [Capture.Video, Capture.Audio], "lobby", null, "police", Lifecycle.Active) with
            {
                Number = 7,
            },
        ]
    );

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("registry-inventory-").FullName, "inventory.yaml");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void An_inventory_has_gateways_the_devices_behind_them_and_own_deadlines()
    {
        var inventory = InventoryFile.Read(Write(Opening), SampleCity.Opening.Governance).Value!;
        Assert.Equal(
            [new Gateway("lobby-recorder", "police", "lobby-recorder"), new Gateway("direct-gateway", "police", null)],
            inventory.Gateways
        );
        Assert.Equal([("lobby-recorder", 120), (null, 30)], inventory.Devices.Select(device => (device.Gateway, device.DeadlineSeconds)));
    }

    [Theory]
    [InlineData("department: police, profile", "department: polices, profile", 7, "'polices'", "a department of city.yaml")]
    [InlineData("profile: lobby-recorder}", "profil: lobby-recorder}", 7, "the unknown key 'profil'", "one of id, department, profile")]
    [InlineData("{id: direct-gateway, ", "{id: lobby-recorder, ", 8, "'lobby-recorder' again (first on line 7)", "each once")]
    [InlineData(
        "gateway: lobby-recorder\n",
        "gateway: lobby-recorders\n",
        16,
        "'lobby-recorders'",
        "a gateway of this file: one of lobby-recorder, direct-gateway"
    )]
    [InlineData("deadlineSeconds: 120", "deadlineSeconds: 9", 17, "'9'", "a whole number from 10 to 86400")]
    [InlineData("id: lobby-cam-2", "id: direct-gateway", 18, "'direct-gateway', which is a gateway", "an id that no gateway has")]
    public void A_wrong_gateway_or_deadline_is_reported_on_its_line(
        string text,
        string replacement,
        int line,
        string found,
        string expected
    )
    {
        var problem = Assert.Single(
            InventoryFile.Read(Write(Opening.Replace(text, replacement, StringComparison.Ordinal)), SampleCity.Opening.Governance).Problems
        );
        Assert.Equal((line, found), (problem.Line, problem.Found));
        Assert.StartsWith(expected, problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_only_adds_devices_is_checked_as_it_is_imported()
    {
        Assert.False(InventoryFile.IsAddition(Write(Opening)));
        var opened = InventoryFile.Read(_path, SampleCity.Opening.Governance).Value!;
        Write(
            """
            sample: true
            devices:
              - {id: lobby-a-1, kind: facility-camera, sensors: [video], place: lobby, department: police, lifecycle: active}
            """
        );
        Assert.True(InventoryFile.IsAddition(_path));
        var additions = InventoryFile.ReadAdditions(_path, SampleCity.Opening.Governance, RegisteredInventory.From(opened));
        Assert.Equal("lobby-a-1", Assert.Single(additions.Value!.Devices).Id);
    }

    [Fact]
    public void An_import_adds_new_entries_and_counts_the_registered_ones()
    {
        var additions = InventoryFile
            .ReadAdditions(
                Write(
                    """
                    sample: true
                    gateways:
                      - {id: lobby-recorder, department: police, profile: lobby-recorder}
                      - {id: garage-recorder, department: police}
                    devices:
                      - id: lobby-cam-1
                        kind: facility-camera
                        sensors: [audio, video]
                        place: lobby
                        department: police
                        lifecycle: active
                      - id: lobby-cam-2
                        kind: facility-camera
                        sensors: [video]
                        place: lobby
                        department: police
                        lifecycle: installed
                        gateway: garage-recorder
                      - id: reader-2
                        kind: alpr-patrol
                        sensors: [plates]
                        fleet: patrol
                        department: police
                        lifecycle: planned
                        gateway: lobby-recorder
                    fleet_bases:
                      - {fleet: patrol, department: police, places: [lobby]}
                    """
                ),
                SampleCity.Opening.Governance,
                Registered
            )
            .Value!;
        Assert.Equal("lobby", Assert.Single(additions.FleetBases, fleet => fleet.Fleet == "patrol").Places.Single());
        Assert.Equal(["garage-recorder"], additions.Gateways.Select(gateway => gateway.Id));
        Assert.Equal(["lobby-cam-2", "reader-2"], additions.Devices.Select(device => device.Id));
        Assert.Equal(2, additions.Unchanged);
    }

    [Theory]
    [InlineData(
        "places: [{id: garage, name: Garage, address: 2 Main St, area: the garage}]",
        "the place 'garage', which is not registered"
    )]
    [InlineData("kiosks: [{id: kiosk-2, place: lobby}]", "the kiosk 'kiosk-2', which is not registered")]
    [InlineData("gateways: [{id: lobby-recorder, department: police}]", "'lobby-recorder', which is registered as another gateway")]
    [InlineData("gateways: [{id: gone, department: police}]", "'gone', which is registered as another gateway")]
    [InlineData("gateways: [{id: lobby-cam-1, department: police}]", "'lobby-cam-1', which is registered as another device")]
    public void An_import_that_would_change_a_registered_entry_is_reported_on_its_line(string section, string found) =>
        AssertReportsOnly($"sample: true\n{section}\ndevices: []\n", line: 2, found);

    [Theory]
    [InlineData("id: lobby-cam-1, place: lobby", "'lobby-cam-1', which is registered as another device")]
    [InlineData("id: gone, place: lobby", "'gone', which is registered as another gateway")]
    [InlineData("id: cam-9, place: garage", "'garage'")]
    [InlineData("id: cam-9, place: lobby, gateway: gone", "'gone'")]
    public void An_import_of_a_device_that_contradicts_the_registry_is_reported_on_its_line(string keys, string found) =>
        AssertReportsOnly(
            $$"""
            sample: true
            devices:
              - {{{keys}}, kind: facility-camera, sensors: [video], department: police, lifecycle: active}
            """,
            line: 3,
            found
        );

    private void AssertReportsOnly(string inventory, int line, string found)
    {
        var reading = InventoryFile.ReadAdditions(Write(inventory), SampleCity.Opening.Governance, Registered);
        Assert.Null(reading.Value);
        var problem = Assert.Single(reading.Problems);
        Assert.Equal((line, found), (problem.Line, problem.Found));
    }

    private string Write(string text)
    {
        File.WriteAllText(_path, text);
        return _path;
    }
}
