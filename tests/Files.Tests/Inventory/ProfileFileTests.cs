using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Files.Inventory.Inventory;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Inventory;

/// <summary>Profiles make vendors' names speak for registered units; what is wrong in one is named with its line.</summary>
public sealed class ProfileFileTests
{
    private const string Recorder = "lobby-recorder",
        Node = "bridge-node",
        Bridge = "lobby-bridge";

    private static readonly string Folder = Path.Combine(SampleCity.Root, "devices/profiles");
    private static readonly HashSet<string> Devices = [.. SampleCity.Opening.Devices.Select(device => device.Id)];

    private static FileProblem[] Problems(string profile, string words, string others)
    {
        var folder = Directory.CreateTempSubdirectory("profiles-");
        try
        {
            var text = File.ReadAllText(Path.Combine(Folder, profile + ".yaml"));
            Assert.Contains(words, text, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder.FullName, profile + ".yaml"), text.Replace(words, others, StringComparison.Ordinal));
            return [.. ProfileFile.ReadAll(folder.FullName, Devices).Problems];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void There_is_a_sample_for_every_adapter()
    {
        var (profiles, problems) = ProfileFile.ReadAll(Folder, Devices);
        Assert.Empty(problems);
        Assert.Equal(Enum.GetValues<AdapterKind>(), profiles!.All.Select(profile => profile.Adapter).Order());
    }

    [Fact]
    public void Say_which_unit_is_which_device_and_what_its_words_mean()
    {
        var profile = ProfileFile.Read(Path.Combine(Folder, Node + ".yaml"), Devices).Value!;
        Assert.Equal(("spBv1.0", "registry"), (profile.Prefix, profile.Host));
        Assert.Contains(new ProfileUnit("Harbor/bridge-edge/traffic-1", "harbor-bridge-traffic-1", null), profile.Units);
        Assert.Equal(Mode.Off, profile.Says.Single(meaning => meaning.Name == "Video/Mode").Modes["off"]);
        var recorder = ProfileFile.Read(Path.Combine(Folder, Recorder + ".yaml"), Devices).Value!;
        Assert.Equal([Capture.Video, Capture.Audio], recorder.Recording);
        Assert.Equal([Capture.Video], recorder.Units.Single(unit => unit.Name == "counter").Recording!.Value);
    }

    [Theory]
    [InlineData(Recorder, "id: lobby-recorder", "id: lobby", 2, "'lobby'", "'lobby-recorder', as the file is named")]
    [InlineData(Recorder, "adapter: frigate", "adapter: frigates", 3, "'frigates'", "one of frigate, axis, onvif, sparkplug, availability")]
    [InlineData(Recorder, "prefix: frigate", "prefix: frigate/#", 4, "'frigate/#'", "without + and #")]
    [InlineData(Recorder, "prefix: frigate", "prefix: /frigate", 4, "'/frigate'", "no slash at either end")]
    [InlineData(Recorder, "prefix: frigate", "prefix: frigate\nhost: registry", 5, "'host' for the adapter 'frigate'", "no 'host'")]
    [InlineData(Recorder, "recording: [video, audio]", "recording: [video, sound]", 6, "'sound'", "one of video, stills, audio")]
    [InlineData(Recorder, "recording: [video, audio]\n", "", 2, "no 'recording'", "'recording': a list")]
    [InlineData(
        Recorder,
        "device: east-precinct-lobby-2",
        "device: east-precinct-lobby-1",
        9,
        "'east-precinct-lobby-1' again",
        "each once"
    )]
    [InlineData(Recorder, "unit: lobby_south", "unit: lobby_north", 9, "'lobby_north' again", "each once")]
    [InlineData(
        Recorder,
        "device: city-hall-lobby-1",
        "device: city-hall-lobby-99",
        11,
        "'city-hall-lobby-99'",
        "a device of the inventory"
    )]
    [InlineData(Node, "Harbor/bridge-edge/traffic-1", "Harbor", 13, "'Harbor'", "group/edge, or group/edge/device")]
    [InlineData(Node, "host: registry\n", "", 2, "no 'host'", "'host': an id")]
    [InlineData(Node, "\"live\": live", "\"live\": seen", 6, "'seen'", "one of off, live, recorded")]
    [InlineData(Node, "{name: Firmware, firmware: true}", "{name: Firmware}", 10, "a name that means nothing", "one of 'availability'")]
    [InlineData(
        Node,
        "{name: Firmware, firmware: true}",
        "{name: Firmware, firmware: true, health: {a: ok}}",
        10,
        "a name that means several things",
        "one of 'availability'"
    )]
    [InlineData(
        Node,
        "{name: Firmware, firmware: true}",
        "{name: Video/Other, capture: video, modes: {a: live}}",
        10,
        "'capture: video' again",
        "each once"
    )]
    [InlineData(Node, "{name: Firmware, firmware: true}", "{name: Firmware, capture: audio}", 10, "'capture' without 'modes'", "both")]
    [InlineData(Bridge, "field: state, ", "fields: state, ", 7, "the unknown key 'fields'", "one of name, field")]
    public void Are_refused_with_the_line_of_what_is_wrong(
        string profile,
        string words,
        string others,
        int line,
        string found,
        string expected
    ) =>
        Assert.Contains(
            Problems(profile, words, others),
            problem =>
                problem.Line == line
                && problem.Found.Contains(found, StringComparison.Ordinal)
                && problem.Expected.Contains(expected, StringComparison.Ordinal)
        );

    [Fact]
    public void Give_a_device_one_voice()
    {
        var folder = Directory.CreateTempSubdirectory("profiles-");
        try
        {
            var text = File.ReadAllText(Path.Combine(Folder, Recorder + ".yaml"));
            File.WriteAllText(
                Path.Combine(folder.FullName, "a.yaml"),
                text.Replace("id: lobby-recorder", "id: a", StringComparison.Ordinal)
            );
            File.WriteAllText(
                Path.Combine(folder.FullName, "b.yaml"),
                text.Replace("id: lobby-recorder", "id: b", StringComparison.Ordinal)
            );
            Assert.Contains(
                "which speaks by a.yaml already",
                Assert
                    .Single(
                        ProfileFile
                            .ReadAll(folder.FullName, Devices)
                            .Problems.Where(problem => problem.Found.Contains("lobby-1'", StringComparison.Ordinal))
                            .Take(1)
                    )
                    .Found,
                StringComparison.Ordinal
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
