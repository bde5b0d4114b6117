using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Inventory.Inventory;

/// <summary>The forms of the entries of a device profile.</summary>
internal static class ProfileSchemas
{
    public static FieldSchema<string> TopicLevels { get; } =
        FieldSchema.Scalar(
            $"topic levels: printable ASCII, at most {Profile.MaxNameCharacters}, without + and #, no slash at either end and none empty",
            (string text, out string value) =>
                IsName(value = text) && text.IndexOfAny(['+', '#']) < 0 && text.Split('/').All(level => level.Length > 0)
        );

    public static FieldSchema<ImmutableArray<Capture>> Captures { get; } = FieldSchema.ListOf(FieldSchema.OneOf<Capture>());

    private static FieldSchema<string> Name { get; } =
        FieldSchema.Scalar(
            $"a name: printable ASCII, at most {Profile.MaxNameCharacters}",
            (string text, out string value) => IsName(value = text)
        );

    /// <param name="devices">The registered device ids; null when they could not be read: then devices are not checked.</param>
    public static FieldSchema<ProfileUnit> Unit(AdapterKind adapter, bool hasMeanings, IReadOnlyCollection<string>? devices)
    {
        var device = FieldSchema.Known("a device of the inventory", devices);
        return FieldSchema.Map(
            "a unit",
            keys =>
            {
                var name = keys.Required("unit", TopicLevels);
                if (adapter == AdapterKind.Sparkplug && name is not null && name.Count('/') is not (1 or 2))
                    keys.Report("unit", YamlNode.Quote(name), "group/edge, or group/edge/device");
                var recording = hasMeanings ? null : keys.OptionalValue("recording", Captures);
                keys.RequireDistinct("recording");
                return new ProfileUnit(name!, keys.Required("device", device), recording);
            }
        );
    }

    public static FieldSchema<VendorMeaning> Meaning(bool isSparkplug) =>
        FieldSchema.Map(
            "what a name means",
            keys =>
            {
                var name = keys.Required("name", isSparkplug ? Name : TopicLevels);
                var field = isSparkplug ? null : keys.Optional("field", Name);
                var capture = keys.OptionalValue("capture", FieldSchema.OneOf<Capture>());
                var meaning = new VendorMeaning(
                    name!,
                    field,
                    keys.Optional("availability", WordMap<Availability>(), ImmutableDictionary<string, Availability>.Empty),
                    capture,
                    keys.Optional("modes", WordMap<Mode>(), ImmutableDictionary<string, Mode>.Empty),
                    keys.Optional("health", WordMap<Health>(), ImmutableDictionary<string, Health>.Empty),
                    keys.Optional("firmware", FieldSchema.Flag, false)
                );
                RequireOneFact(keys, meaning);
                return meaning;
            }
        );

    private static void RequireOneFact(YamlKeys keys, VendorMeaning meaning)
    {
        bool[] facts = [keys.Has("availability"), meaning.Capture is not null, keys.Has("health"), meaning.IsFirmware];
        var count = facts.Count(isStated => isStated);
        if (count != 1)
            keys.Report(
                count == 0 ? "a name that means nothing" : "a name that means several things",
                "one of 'availability', 'capture' with 'modes', 'health' or 'firmware: true'"
            );
        if (keys.Has("modes") != meaning.Capture.HasValue)
            keys.Report("'capture' without 'modes', or 'modes' without 'capture'", "both");
    }

    /// <summary>A map from the words of the vendor to the words of the registry.</summary>
    private static FieldSchema<ImmutableDictionary<string, T>> WordMap<T>()
        where T : struct, Enum =>
        FieldSchema.Map(
            "words of the vendor's, each with one of the registry's",
            keys =>
            {
                var words = ImmutableDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
                foreach (var (key, node) in keys.All())
                {
                    if (key.Text.Length is 0 or > Profile.MaxWordCharacters || !IsName(key.Text))
                        keys.File.Report(
                            key,
                            YamlNode.Quote(key.Text),
                            $"a word: printable ASCII, at most {Profile.MaxWordCharacters} characters"
                        );
                    words[key.Text] = FieldSchema.OneOf<T>().Read(node, keys.File);
                }

                if (words.Count is 0 or > Profile.MaxWords)
                    keys.Report($"{words.Count} words", $"1 to {Profile.MaxWords} words");
                return words.ToImmutable();
            }
        );

    private static bool IsName(string text) =>
        text.Length is > 0 and <= Profile.MaxNameCharacters && text.All(c => c is >= ' ' and <= '~') && text.Trim().Length == text.Length;
}
