using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Files.Inventory.Inventory;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Inventory;

/// <summary>Profiles map vendor names to registered devices; errors are reported with their line.</summary>
public sealed class ProfileFileTests
{
    private const string Recorder = "lobby-recorder",
        Node = "bridge-node",
        Bridge = "lobby-bridge";

    private static readonly string Folder = Path.Combine(SampleCity.Root, "devices/profiles");
    private static readonly HashSet<string> Devices = [.. SampleCity.Opening.Devices.Select(device => device.Id)];

    [Fact]
    public void Every_adapter_has_a_sample_profile()
    {
        var (profiles, problems) = ProfileFile.ReadAll(Folder, Devices);
        Assert.Empty(problems);
        Assert.Equal(Enum.GetValues<AdapterKind>(), profiles!.All.Select(profile => profile.Adapter).Order());
    }

    [Fact]
    public void A_profile_maps_vendor_units_to_devices_and_vendor_words_to_states()
    {
        var profile = ProfileFile.Read(Path.Combine(Folder, Node + ".yaml"), Devices).Value!;
        Assert.Equal(("spBv1.0", "registry"), (profile.Prefix, profile.Host));
        Assert.Contains(new ProfileUnit("Harbor/bridge-edge/traffic-1", "harbor-bridge-traffic-1", null), profile.Units);
        Assert.Equal(Mode.Off, profile.Says.Single(meaning => meaning.Name == "Video/Mode").Modes["off"]);
        var recorder = ProfileFile.Read(Path.Combine(Folder, Recorder + ".yaml"), Devices).Value!;
        Assert.Equal([Capture.Video, Capture.Audio], recorder.Recording);
        Assert.Equal([Capture.Video], recorder.Units.Single(unit => unit.Name == "counter").Recording!.Value);
    }

    public static TheoryData<string, string, string, int, string, string> WrongRecorders() =>
        new()
        {
            { Recorder, "id: lobby-recorder", "id: lobby", 2, "'lobby'", "'lobby-recorder', as the file is named" },
            { Recorder, "adapter: frigate", "adapter: frigates", 3, "'frigates'", "one of frigate, axis, onvif, sparkplug, availability" },
            { Recorder, "prefix: frigate", "prefix: frigate/#", 4, "'frigate/#'", "without + and #" },
            { Recorder, "prefix: frigate", "prefix: /frigate", 4, "'/frigate'", "no slash at either end" },
            { Recorder, "prefix: frigate", "prefix: frigate\nhost: registry", 5, "'host' for the adapter 'frigate'", "no 'host'" },
            { Recorder, "recording: [video, audio]", "recording: [video, sound]", 6, "'sound'", "one of video, stills, audio" },
            { Recorder, "recording: [video, audio]\n", "", 2, "no 'recording'", "'recording': a list" },
            { Recorder, "device: east-precinct-lobby-2", "device: east-precinct-lobby-1", 9, "'east-precinct-lobby-1' again", "each once" },
            { Recorder, "unit: lobby_south", "unit: lobby_north", 9, "'lobby_north' again", "each once" },
            {
                Recorder,
                "device: city-hall-lobby-1",
                "device: city-hall-lobby-99",
                11,
                "'city-hall-lobby-99'",
                "a device of the inventory"
            },
        };

    public static TheoryData<string, string, string, int, string, string> WrongNodesAndBridges() =>
        new()
        {
            { Node, "Harbor/bridge-edge/traffic-1", "Harbor", 13, "'Harbor'", "group/edge, or group/edge/device" },
            { Node, "host: registry\n", "", 2, "no 'host'", "'host': an id" },
            { Node, "\"live\": live", "\"live\": seen", 6, "'seen'", "one of off, live, recorded" },
            { Node, "{name: Firmware, firmware: true}", "{name: Firmware}", 10, "a name that means nothing", "one of 'availability'" },
            {
                Node,
                "{name: Firmware, firmware: true}",
                "{name: Firmware, firmware: true, health: {a: ok}}",
                10,
                "a name that means several things",
                "one of 'availability'"
            },
            {
                Node,
                "{name: Firmware, firmware: true}",
                "{name: Video/Other, capture: video, modes: {a: live}}",
                10,
                "'capture: video' again",
                "each once"
            },
            { Node, "{name: Firmware, firmware: true}", "{name: Firmware, capture: audio}", 10, "'capture' without 'modes'", "both" },
            { Node, "{name: Firmware, firmware: true}", "{name: Firmware, health: ok}", 10, "'ok'", "words of the vendor's" },
            { Bridge, "field: state, ", "fields: state, ", 7, "the unknown key 'fields'", "one of name, field" },
        };

    [Theory]
    [MemberData(nameof(WrongRecorders))]
    [MemberData(nameof(WrongNodesAndBridges))]
    public void A_wrong_value_of_a_profile_is_reported_on_its_line(
        string profile,
        string text,
        string replacement,
        int line,
        string found,
        string expected
    ) =>
        Assert.Contains(
            Problems(profile, text, replacement),
            problem =>
                problem.Line == line
                && problem.Found.Contains(found, StringComparison.Ordinal)
                && problem.Expected.Contains(expected, StringComparison.Ordinal)
        );

    [Fact]
    public void A_device_that_two_profiles_name_is_reported()
    {
        var folder = Directory.CreateTempSubdirectory("profiles-");
        try
        {
            var text = File.ReadAllText(Path.Combine(Folder, Recorder + ".yaml"));
            foreach (var id in (string[])["a", "b"])
                File.WriteAllText(
                    Path.Combine(folder.FullName, id + ".yaml"),
                    text.Replace("id: lobby-recorder", "id: " + id, StringComparison.Ordinal)
                );

            var problems = ProfileFile.ReadAll(folder.FullName, Devices).Problems;

            var problem = problems.First(candidate => candidate.Found.Contains("lobby-1'", StringComparison.Ordinal));
            Assert.Contains("which a.yaml already names", problem.Found, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Replaces a text of a sample profile and returns the problems.</summary>
    private static FileProblem[] Problems(string profile, string text, string replacement)
    {
        var folder = Directory.CreateTempSubdirectory("profiles-");
        try
        {
            var content = File.ReadAllText(Path.Combine(Folder, profile + ".yaml"));
            Assert.Contains(text, content, StringComparison.Ordinal);
            File.WriteAllText(
                Path.Combine(folder.FullName, profile + ".yaml"),
                content.Replace(text, replacement, StringComparison.Ordinal)
            );
            return [.. ProfileFile.ReadAll(folder.FullName, Devices).Problems];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
