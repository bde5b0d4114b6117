using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Inventory.Inventory;

/// <summary>Every profile under <c>devices/profiles/</c>, in the order of ids.</summary>
public sealed record Profiles(ImmutableArray<Profile> All);

/// <summary>Reads device profiles: whose words a gateway's messages are, and which registered unit each vendor's name stands for.</summary>
public static class ProfileFile
{
    /// <summary>The largest profile that is read, in bytes.</summary>
    public const int MaxBytes = 512 * 1024;

    private static readonly FieldSchema<string> Levels = FieldSchema.Scalar(
        $"topic levels: printable ASCII, at most {Profile.MaxNameCharacters}, without + and #, no slash at either end and none empty",
        (string text, out string value) =>
            IsName(value = text) && text.IndexOfAny(['+', '#']) < 0 && text.Split('/').All(level => level.Length > 0)
    );

    private static readonly FieldSchema<string> Name = FieldSchema.Scalar(
        $"a name: printable ASCII, at most {Profile.MaxNameCharacters}",
        (string text, out string value) => IsName(value = text)
    );

    /// <summary>Reads one profile.</summary>
    /// <param name="devices">The ids of registered devices; null when they could not be read: then they are not checked.</param>
    public static FileReading<Profile> Read(string path, IReadOnlyCollection<string>? devices)
    {
        var file = YamlFile.Read(path, MaxBytes);
        var profile = file.Root is null
            ? null
            : FieldSchema
                .Keys("a device profile", keys => Whole(keys, Path.GetFileNameWithoutExtension(path), devices))
                .Read(file.Root, file);
        return FileReading<Profile>.From(file.Problems, () => profile!);
    }

    /// <summary>
    /// Reads every profile of a folder; a folder that is not there holds none. A device has one voice: no two profiles may name it.
    /// </summary>
    public static FileReading<Profiles> ReadAll(string folder, IReadOnlyCollection<string>? devices)
    {
        string[] paths = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal)] : [];
        var readings = paths.Select(path => (Path: path, Reading: Read(path, devices))).ToArray();
        var problems = readings.SelectMany(one => one.Reading.Problems).ToList();
        var first = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, reading) in readings)
        {
            foreach (var unit in reading.Value?.Units ?? [])
            {
                if (!first.TryAdd(unit.Device, path))
                    problems.Add(
                        new FileProblem(
                            path,
                            1,
                            1,
                            $"the device '{unit.Device}', which speaks by {Path.GetFileName(first[unit.Device])} already",
                            "each device in one profile"
                        )
                    );
            }
        }

        return FileReading<Profiles>.From(problems, () => new Profiles([.. readings.Select(one => one.Reading.Value!)]));
    }

    private static Profile Whole(YamlKeys keys, string fileName, IReadOnlyCollection<string>? devices)
    {
        var id = keys.Required("id", FieldSchema.Id);
        if (id is not null && id != fileName && keys.Node("id") is not null)
            keys.Report("id", YamlNode.Quote(id), $"'{fileName}', as the file is named");
        var adapter = keys.Required("adapter", FieldSchema.Word<AdapterKind>());
        var known = keys.Node("adapter") is YamlText { Text: var word } && Json.TryWord<AdapterKind>(word, out _);
        var (isSparkplug, hasMeanings) = (adapter == AdapterKind.Sparkplug, adapter is AdapterKind.Sparkplug or AdapterKind.Availability);

        var prefix = Only(keys, "prefix", !isSparkplug, known, adapter) ? keys.Optional("prefix", Levels) : null;
        var host = Only(keys, "host", isSparkplug, known, adapter) ? keys.Required("host", FieldSchema.Id) : null;
        var recording = Only(keys, "recording", !hasMeanings, known, adapter)
            ? keys.Required("recording", FieldSchema.ListOf(FieldSchema.Word<Capture>()))
            : [];
        keys.EachOnce("recording");
        var says = Only(keys, "says", hasMeanings, known, adapter)
            ? keys.Required("says", FieldSchema.ListOf(Meaning(isSparkplug), least: 1))
            : [];
        MeansEachThingOnce(keys, says, isSparkplug);

        var units = keys.Required("units", FieldSchema.ListOf(Unit(adapter, hasMeanings, devices), least: 1));
        keys.EachOnce("units", units.Select(unit => unit?.Name));
        keys.EachOnce("units", units.Select(unit => unit?.Device));
        AtMost(keys, "units", units.Length, Profile.MaxUnits);
        AtMost(keys, "says", says.Length, Profile.MaxMeanings);
        return new Profile(id!, adapter, isSparkplug ? "spBv1.0" : prefix ?? "", host, recording, says, units);
    }

    private static FieldSchema<ProfileUnit> Unit(AdapterKind adapter, bool hasMeanings, IReadOnlyCollection<string>? devices)
    {
        var device = FieldSchema.Known("a device of the inventory", devices);
        return FieldSchema.Keys(
            "a unit",
            keys =>
            {
                var name = keys.Required("unit", Levels);
                if (adapter == AdapterKind.Sparkplug && name is not null && name.Count('/') is not (1 or 2))
                    keys.Report("unit", YamlNode.Quote(name), "group/edge, or group/edge/device");
                ImmutableArray<Capture>? recording =
                    !hasMeanings && keys.Node("recording") is not null
                        ? keys.Required("recording", FieldSchema.ListOf(FieldSchema.Word<Capture>()))
                        : null;
                keys.EachOnce("recording");
                return new ProfileUnit(name!, keys.Required("device", device), recording);
            }
        );
    }

    private static FieldSchema<VendorMeaning> Meaning(bool isSparkplug) =>
        FieldSchema.Keys(
            "what a name means",
            keys =>
            {
                var name = keys.Required("name", isSparkplug ? Name : Levels);
                var field = isSparkplug ? null : keys.Optional("field", Name);
                Capture? capture = keys.Node("capture") is null ? null : keys.Required("capture", FieldSchema.Word<Capture>());
                var meaning = new VendorMeaning(
                    name!,
                    field,
                    keys.Optional("availability", Words<Availability>(), ImmutableDictionary<string, Availability>.Empty),
                    capture,
                    keys.Optional("modes", Words<Mode>(), ImmutableDictionary<string, Mode>.Empty),
                    keys.Optional("health", Words<Health>(), ImmutableDictionary<string, Health>.Empty),
                    keys.Optional("firmware", FieldSchema.Flag, false)
                );
                var told =
                    (keys.Node("availability") is null ? 0 : 1)
                    + (capture is null ? 0 : 1)
                    + (keys.Node("health") is null ? 0 : 1)
                    + (meaning.IsFirmware ? 1 : 0);
                if (told != 1)
                    keys.Report(
                        told == 0 ? "a name that means nothing" : "a name that means several things",
                        "one of 'availability', 'capture' with 'modes', 'health' or 'firmware: true'"
                    );
                if (keys.Node("modes") is null != capture is null)
                    keys.Report("'capture' without 'modes', or 'modes' without 'capture'", "both");
                return meaning;
            }
        );

    /// <summary>The vendor's words, each with a word of the registry's.</summary>
    private static FieldSchema<ImmutableDictionary<string, T>> Words<T>()
        where T : struct, Enum =>
        FieldSchema.Keys(
            "words of the vendor's, each with one of the registry's",
            keys =>
            {
                var words = ImmutableDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
                foreach (var (key, node) in keys.Every())
                {
                    if (key.Text.Length is 0 or > Profile.MaxWordCharacters || !IsName(key.Text))
                        keys.File.Add(
                            key,
                            YamlNode.Quote(key.Text),
                            $"a word: printable ASCII, at most {Profile.MaxWordCharacters} characters"
                        );
                    words[key.Text] = FieldSchema.Word<T>().Read(node, keys.File);
                }

                if (words.Count is 0 or > Profile.MaxWords)
                    keys.Report($"{words.Count} words", $"1 to {Profile.MaxWords} words");
                return words.ToImmutable();
            }
        );

    /// <summary>Two names for one thing would take turns, and the last one to speak would hide the other.</summary>
    private static void MeansEachThingOnce(YamlKeys keys, ImmutableArray<VendorMeaning> says, bool isSparkplug)
    {
        keys.EachOnce(
            "says",
            says.Select(one =>
                one is null ? null
                : isSparkplug || one.Field is null ? one.Name
                : one.Name + "#" + one.Field
            )
        );
        keys.EachOnce(
            "says",
            says.Select(one =>
                one is null ? null
                : one.Capture is { } capture ? "capture: " + Json.Word(capture)
                : one.IsFirmware ? "firmware"
                : one.Health.IsEmpty
                    ? one.Availability.IsEmpty ? null
                        : "availability"
                : "health"
            )
        );
    }

    /// <summary>Whether a key belongs to this adapter; reports one that does not.</summary>
    private static bool Only(YamlKeys keys, string key, bool belongs, bool known, AdapterKind adapter)
    {
        if (!belongs && keys.Node(key) is not null && known)
            keys.Report(key, $"'{key}' for the adapter '{Json.Word(adapter)}'", $"no '{key}': this adapter has no use for it");
        return belongs;
    }

    private static void AtMost(YamlKeys keys, string key, int count, int most)
    {
        if (count > most)
            keys.Report(key, $"{count} of them", $"at most {most}");
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= Profile.MaxNameCharacters && text.All(c => c is >= ' ' and <= '~') && text.Trim().Length == text.Length;
}
