using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Inventory.Inventory;

/// <summary>Every profile under <c>devices/profiles/</c>, ordered by file name.</summary>
public sealed record Profiles(ImmutableArray<Profile> All);

/// <summary>
/// Reads device profiles. A profile says in which format a gateway publishes, and which registered device each vendor name stands for.
/// </summary>
public static class ProfileFile
{
    /// <summary>A larger profile is not read, in bytes.</summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>Reads one profile.</summary>
    /// <param name="devices">The registered device ids. Null when they could not be read: then devices are not checked.</param>
    public static FileReading<Profile> Read(string path, IReadOnlyCollection<string>? devices)
    {
        var file = YamlFile.Read(path, MaxBytes);
        var schema = FieldSchema.Map("a device profile", keys => ReadKeys(keys, Path.GetFileNameWithoutExtension(path), devices));
        var profile = file.Root is { } root ? schema.Read(root, file) : null;
        return FileReading<Profile>.From(file.Problems, () => profile!);
    }

    /// <summary>
    /// Reads every profile of a folder; returns none for a folder that does not exist. Two profiles that name the same device are a
    /// problem: their messages would contradict each other.
    /// </summary>
    public static FileReading<Profiles> ReadAll(string folder, IReadOnlyCollection<string>? devices)
    {
        string[] paths = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal)] : [];
        var readings = paths.Select(path => (Path: path, Reading: Read(path, devices))).ToArray();
        var problems = readings.SelectMany(read => read.Reading.Problems).ToList();
        var firstPath = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, reading) in readings)
        {
            foreach (var unit in reading.Value?.Units ?? [])
            {
                if (!firstPath.TryAdd(unit.Device, path))
                    problems.Add(
                        new FileProblem(
                            path,
                            1,
                            1,
                            $"the device '{unit.Device}', which {Path.GetFileName(firstPath[unit.Device])} already names",
                            "each device in one profile"
                        )
                    );
            }
        }

        return FileReading<Profiles>.From(problems, () => new Profiles([.. readings.Select(read => read.Reading.Value!)]));
    }

    private static Profile ReadKeys(YamlKeys keys, string fileName, IReadOnlyCollection<string>? devices)
    {
        var id = keys.Required("id", FieldSchema.Id);
        if (id is not null && id != fileName && keys.Has("id"))
            keys.Report("id", YamlNode.Quote(id), $"'{fileName}', as the file is named");
        var adapter = keys.Required("adapter", FieldSchema.OneOf<AdapterKind>());
        var isSparkplug = adapter == AdapterKind.Sparkplug;
        var hasMeanings = adapter is AdapterKind.Sparkplug or AdapterKind.Availability;

        var prefix = IsUsed(keys, "prefix", adapter, !isSparkplug) ? keys.Optional("prefix", ProfileSchemas.TopicLevels) : null;
        var host = IsUsed(keys, "host", adapter, isSparkplug) ? keys.Required("host", FieldSchema.Id) : null;
        var recording = IsUsed(keys, "recording", adapter, !hasMeanings) ? keys.Required("recording", ProfileSchemas.Captures) : [];
        keys.RequireDistinct("recording");
        var meanings = IsUsed(keys, "says", adapter, hasMeanings)
            ? keys.Required("says", FieldSchema.ListOf(ProfileSchemas.Meaning(isSparkplug), minItems: 1))
            : [];
        RequireDistinctMeanings(keys, meanings, isSparkplug);

        var units = keys.Required("units", FieldSchema.ListOf(ProfileSchemas.Unit(adapter, hasMeanings, devices), minItems: 1));
        keys.RequireDistinct("units", units.Select(unit => unit?.Name));
        keys.RequireDistinct("units", units.Select(unit => unit?.Device));
        CheckCount(keys, "units", units.Length, Profile.MaxUnits);
        CheckCount(keys, "says", meanings.Length, Profile.MaxMeanings);
        return new Profile(id!, adapter, isSparkplug ? "spBv1.0" : prefix ?? "", host, recording, meanings, units);
    }

    /// <summary>Returns <paramref name="isUsed"/>. Reports an unused key, if the adapter itself could be read.</summary>
    private static bool IsUsed(YamlKeys keys, string key, AdapterKind adapter, bool isUsed)
    {
        var isAdapterKnown = keys.Node("adapter") is YamlText { Text: var word } && Json.TryWord<AdapterKind>(word, out _);
        if (!isUsed && keys.Has(key) && isAdapterKnown)
            keys.Report(key, $"'{key}' for the adapter '{Json.Word(adapter)}'", $"no '{key}': this adapter has no use for it");
        return isUsed;
    }

    /// <summary>
    /// Requires that each name is used once, and that each fact has one name: of two names for one fact, the message that came last would
    /// hide the other.
    /// </summary>
    private static void RequireDistinctMeanings(YamlKeys keys, ImmutableArray<VendorMeaning> meanings, bool isSparkplug)
    {
        keys.RequireDistinct("says", meanings.Select(meaning => meaning is null ? null : NameOf(meaning, isSparkplug)));
        keys.RequireDistinct("says", meanings.Select(meaning => meaning is null ? null : FactOf(meaning)));
    }

    private static string NameOf(VendorMeaning meaning, bool isSparkplug) =>
        isSparkplug || meaning.Field is null ? meaning.Name : meaning.Name + "#" + meaning.Field;

    private static string? FactOf(VendorMeaning meaning) =>
        meaning switch
        {
            { Capture: { } capture } => "capture: " + Json.Word(capture),
            { IsFirmware: true } => "firmware",
            { Health.IsEmpty: false } => "health",
            { Availability.IsEmpty: false } => "availability",
            _ => null,
        };

    private static void CheckCount(YamlKeys keys, string key, int count, int max)
    {
        if (count > max)
            keys.Report(key, $"{count} of them", $"at most {max}");
    }
}
