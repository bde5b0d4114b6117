using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Files.Inventory.Inventory;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Inventory;

/// <summary>Gateways and those behind them in an inventory; and an inventory that adds to a register that is filled.</summary>
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
          - {id: own-words, department: police}
        devices:
          - {id: lobby-cam-1, kind: facility-camera, sensors: [video], place: lobby, department: police, lifecycle: active, gateway: lobby-recorder, deadlineSeconds: 120}
          - {id: lobby-cam-2, kind: facility-camera, sensors: [video], place: lobby, department: police, lifecycle: active}
        """;

    private static readonly RegisteredInventory Filled = new(
        [new Place("lobby", "Lobby", "1 Main St", "the lobby")],
        [new Kiosk("kiosk-1", "lobby")],
        ["patrol"],
        [new Gateway("lobby-recorder", "police", "lobby-recorder") { Version = 4 }, new Gateway("gone", "police", null, Removed: true)],
        [
            new Device("lobby-cam-1", "facility-camera", [Capture.Video, Capture.Audio], "lobby", null, "police", Lifecycle.Active)
            {
                Number = 7,
            },
        ]
    );

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("registry-inventory-").FullName, "inventory.yaml");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void Names_gateways_those_behind_them_and_deadlines_of_their_own()
    {
        var inventory = InventoryFile.Read(Write(Opening), SampleCity.Opening.Governance).Value!;
        Assert.Equal(
            [new Gateway("lobby-recorder", "police", "lobby-recorder"), new Gateway("own-words", "police", null)],
            inventory.Gateways
        );
        Assert.Equal([("lobby-recorder", 120), (null, 30)], inventory.Devices.Select(device => (device.Gateway, device.DeadlineSeconds)));
    }

    [Theory]
    [InlineData("department: police, profile", "department: polices, profile", 7, "'polices'", "a department of city.yaml")]
    [InlineData("profile: lobby-recorder}", "profil: lobby-recorder}", 7, "the unknown key 'profil'", "one of id, department, profile")]
    [InlineData("{id: own-words, ", "{id: lobby-recorder, ", 8, "'lobby-recorder' again (first on line 7)", "each once")]
    [InlineData(
        "gateway: lobby-recorder,",
        "gateway: lobby-recorders,",
        10,
        "'lobby-recorders'",
        "a gateway of this file: one of lobby-recorder, own-words"
    )]
    [InlineData("deadlineSeconds: 120", "deadlineSeconds: 9", 10, "'9'", "a whole number from 10 to 86400")]
    [InlineData("id: lobby-cam-2", "id: own-words", 11, "'own-words', which is a gateway", "an id that no gateway has")]
    public void Names_what_is_wrong_with_its_line(string words, string instead, int line, string found, string expected)
    {
        var problem = Assert.Single(
            InventoryFile.Read(Write(Opening.Replace(words, instead, StringComparison.Ordinal)), SampleCity.Opening.Governance).Problems
        );
        Assert.Equal((line, found), (problem.Line, problem.Found));
        Assert.StartsWith(expected, problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Adds_what_is_new_to_a_filled_register_and_leaves_alone_what_stands()
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
                      - {id: lobby-cam-1, kind: facility-camera, sensors: [audio, video], place: lobby, department: police, lifecycle: active}
                      - {id: lobby-cam-2, kind: facility-camera, sensors: [video], place: lobby, department: police, lifecycle: installed, gateway: garage-recorder}
                      - {id: reader-2, kind: alpr-patrol, sensors: [plates], fleet: patrol, department: police, lifecycle: planned, gateway: lobby-recorder}
                    """
                ),
                SampleCity.Opening.Governance,
                Filled
            )
            .Value!;
        Assert.Equal(["garage-recorder"], additions.Gateways.Select(gateway => gateway.Id));
        Assert.Equal(["lobby-cam-2", "reader-2"], additions.Devices.Select(device => device.Id));
        Assert.Equal(2, additions.Unchanged);
    }

    [Theory]
    [InlineData(
        "places: [{id: garage, name: Garage, address: 2 Main St, area: the garage}]",
        2,
        "the place 'garage', which is not registered"
    )]
    [InlineData("kiosks: [{id: kiosk-2, place: lobby}]", 2, "the kiosk 'kiosk-2', which is not registered")]
    [InlineData("gateways: [{id: lobby-recorder, department: police}]", 2, "'lobby-recorder', which is registered as another gateway")]
    [InlineData("gateways: [{id: gone, department: police}]", 2, "'gone', which is registered as another gateway")]
    [InlineData("gateways: [{id: lobby-cam-1, department: police}]", 2, "'lobby-cam-1', which is registered as another device")]
    [InlineData(
        "fleets: []\ndevices: [{id: lobby-cam-1, kind: facility-camera, sensors: [video], place: lobby, department: police, lifecycle: active}]",
        3,
        "'lobby-cam-1', which is registered as another device"
    )]
    [InlineData(
        "devices: [{id: gone, kind: facility-camera, sensors: [video], place: lobby, department: police, lifecycle: active}]",
        2,
        "'gone', which is registered as another gateway"
    )]
    [InlineData(
        "devices: [{id: cam-9, kind: facility-camera, sensors: [video], place: garage, department: police, lifecycle: active}]",
        2,
        "'garage'"
    )]
    [InlineData(
        "devices: [{id: cam-9, kind: facility-camera, sensors: [video], place: lobby, department: police, lifecycle: active, gateway: gone}]",
        2,
        "'gone'"
    )]
    public void Changes_nothing_that_stands_and_says_on_which_line_it_would(string section, int line, string found)
    {
        var reading = InventoryFile.ReadAdditions(
            Write($"sample: true\n{section}\n{(section.Contains("devices:", StringComparison.Ordinal) ? "" : "devices: []")}\n"),
            SampleCity.Opening.Governance,
            Filled
        );
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
