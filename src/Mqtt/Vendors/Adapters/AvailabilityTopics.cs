using System.Collections.Immutable;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>
/// Reads units that publish their availability on topics of their own (<c>…/availability</c>, <c>…/status</c>, <c>…/LWT</c>), in words that
/// a profile lists: the many bridges and firmwares without an adapter. They may report a mode, health or firmware in the same way.
/// </summary>
public sealed class AvailabilityTopics : FieldAdapter
{
    private const string Topic = "{unit}/{name}",
        Values = "the payload, or one member of a JSON object that the profile names";

    private readonly bool _availability,
        _modes,
        _health,
        _firmware;

    /// <summary>Creates an adapter that reads by this list only.</summary>
    public AvailabilityTopics(FieldAllowList allowList)
        : base(allowList)
    {
        _availability = allowList.Allowed.Contains(AvailabilityWord);
        _modes = allowList.Allowed.Contains(ModeWord);
        _health = allowList.Allowed.Contains(HealthWord);
        _firmware = allowList.Allowed.Contains(FirmwareWord);
    }

    /// <summary>A word for online or dead.</summary>
    public static AllowedField AvailabilityWord { get; } =
        new(Topic, "", AllowedType.ProfileWord, [], $"there, gone or stopped on purpose, by the profile's words; {Values}");

    /// <summary>A word for the mode of a capture.</summary>
    public static AllowedField ModeWord { get; } =
        new(Topic, "", AllowedType.ProfileWord, [], $"the mode of one capture, by the profile's words; {Values}");

    /// <summary>A word for health.</summary>
    public static AllowedField HealthWord { get; } =
        new(Topic, "", AllowedType.ProfileWord, [], $"health, by the profile's words; {Values}");

    /// <summary>A firmware version.</summary>
    public static AllowedField FirmwareWord { get; } = new(Topic, "", AllowedType.Version, [], $"firmware; {Values}");

    /// <summary>The fields that are read, and the topics that are refused unread.</summary>
    public static FieldAllowList List { get; } =
        new(
            AdapterKind.Availability,
            [AvailabilityWord, ModeWord, HealthWord, FirmwareWord],
            [
                new("{any}/event/#", "what was seen"),
                new("{any}/human/#", "people"),
                new("{any}/doorbell/#", "people"),
                new("{any}/snapshot/#", "pictures"),
                new("{any}/AccessControl/#", "who went where"),
                new("{any}/FingerPrintCheck/#", "people's fingerprints"),
            ],
            MaxBytes: 4 * 1024
        );

    private protected override int FindAllowed(UnitIndex units, ReadOnlySpan<char> below, out int unit)
    {
        for (var at = below.IndexOf('/'); at > 0; at = below[(at + 1)..].IndexOf('/') is var next && next < 0 ? -1 : at + 1 + next)
        {
            unit = units.Find(below[..at]);
            if (unit < 0)
                continue;
            foreach (var meaning in units.Profile.Says)
            {
                if (IsAllowed(meaning) && below[(at + 1)..].SequenceEqual(meaning.Name))
                    return 0;
            }
        }

        unit = UnitIndex.None;
        return -1;
    }

    private protected override void Lose(UnitIndex units, ReadOnlySpan<char> below, int kept, int unit, FactBuilder builder)
    {
        var name = below[(units.Profile.Units[unit].Name.Length + 1)..];
        foreach (var meaning in units.Profile.Says)
        {
            if (meaning.Capture is { } capture && name.SequenceEqual(meaning.Name) && IsAllowed(meaning))
                builder.SetMode(unit, FactBuilder.SignalOf(capture), null);
        }
    }

    private protected override VendorReading Read(UnitIndex units, ReadOnlySpan<char> below, int kept, int unit, ReadOnlySpan<byte> payload)
    {
        var name = below[(units.Profile.Units[unit].Name.Length + 1)..];
        return TryRead(units, name, unit, payload)
            ?? (NonFiniteNumbers.TryReplace(payload, out var json) ? TryRead(units, name, unit, json) : null)
            ?? VendorReading.Shape;
    }

    /// <summary>Reads a payload. Null when it has another shape.</summary>
    private VendorReading? TryRead(UnitIndex units, ReadOnlySpan<char> name, int unit, ReadOnlySpan<byte> payload)
    {
        var builder = new FactBuilder(units);
        var inFields = false;
        for (var at = 0; at < units.Profile.Says.Length; at++)
        {
            var meaning = units.Profile.Says[at];
            if (!name.SequenceEqual(meaning.Name) || !IsAllowed(meaning))
                continue;
            if (units.Fields[at] is not null && !payload.IsEmpty)
                inFields = true;
            else if (payload.Length > MaxWordBytes)
                return null;
            else
                Apply(builder, units, unit, meaning, payload);
        }

        return inFields && !ReadMembers(units, name, unit, payload, builder) ? null : builder.Build();
    }

    private bool ReadMembers(UnitIndex units, ReadOnlySpan<char> name, int unit, ReadOnlySpan<byte> payload, FactBuilder builder)
    {
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 8 });
        var seen = 0UL;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = 0UL;
                for (var at = 0; at < units.Fields.Length; at++)
                {
                    if (
                        units.Fields[at] is { } field
                        && !reader.ValueIsEscaped
                        && reader.ValueSpan.SequenceEqual(field)
                        && name.SequenceEqual(units.Profile.Says[at].Name)
                        && IsAllowed(units.Profile.Says[at])
                    )
                        found |= 1UL << at;
                }

                if ((seen & found) != 0)
                    return false;
                seen |= found;
                builder.Dropped += found == 0 ? 1 : 0;
                if (!reader.Read())
                    return false;
                var isWord =
                    reader.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False
                    && !reader.ValueIsEscaped;
                for (var at = 0; at < units.Fields.Length; at++)
                {
                    if ((found & 1UL << at) != 0)
                        Apply(builder, units, unit, units.Profile.Says[at], isWord ? reader.ValueSpan : default);
                }

                reader.Skip();
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool IsAllowed(VendorMeaning meaning) =>
        meaning.Capture is not null ? _modes
        : meaning.IsFirmware ? _firmware
        : meaning.Health.IsEmpty ? _availability
        : _health;

    private static void Apply(FactBuilder builder, UnitIndex units, int unit, VendorMeaning meaning, ReadOnlySpan<byte> value)
    {
        if (
            builder.Apply(
                unit,
                meaning,
                units.WordOf(value),
                meaning.IsFirmware && FirmwareVersion.TryRead(value, out var firmware) ? firmware : null
            ) && meaning.Availability.IsEmpty
        )
            builder.SetUpByDefault(unit);
    }
}
