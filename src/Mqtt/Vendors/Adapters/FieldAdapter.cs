using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>
/// Reads payloads that are a single word, or JSON. In one forward-only pass it takes the fields of the allow-list, each of its type and in
/// its range. It skips everything else before it can become a value.
/// </summary>
public class FieldAdapter : Adapter
{
    /// <summary>The longest payload that is a single word, in bytes.</summary>
    public const int MaxWordBytes = 64;

    private const int MaxDepth = 8;

    private readonly ImmutableArray<ImmutableArray<Field>> _fields;

    /// <summary>Creates an adapter that reads by this list only.</summary>
    public FieldAdapter(FieldAllowList allowList)
        : base(allowList) =>
        _fields = [
            .. Topics.Select(topic =>
                allowList.Allowed.Where(field => field.Topic == topic).Select(field => new Field(field)).ToImmutableArray()
            ),
        ];

    /// <summary>Reads a payload. The result is empty on a topic that is not in the allow-list.</summary>
    public VendorReading Read(UnitIndex units, string topic, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentNullException.ThrowIfNull(topic);
        Span<char> letters = stackalloc char[MaxTopicCharacters];
        if (!TryBelow(units, topic, letters, out var below) || FindAllowed(units, below, out var unit) is var kept && kept < 0)
            return new VendorReading(false, [], 0);
        return payload.Length > AllowList.MaxBytes ? VendorReading.Shape : Read(units, below, kept, unit, payload);
    }

    /// <summary>Returns what is not known any more after a message on a topic was lost: the modes that the topic reports.</summary>
    internal ImmutableArray<VendorFact> Lose(UnitIndex units, string topic)
    {
        Span<char> letters = stackalloc char[MaxTopicCharacters];
        if (!TryBelow(units, topic, letters, out var below) || FindAllowed(units, below, out var unit) is var kept && kept < 0)
            return [];
        var builder = new FactBuilder(units);
        Lose(units, below, kept, unit, builder);
        return builder.Build().Facts;
    }

    private protected virtual void Lose(UnitIndex units, ReadOnlySpan<char> below, int kept, int unit, FactBuilder builder)
    {
        foreach (var field in _fields[kept])
            builder.SetModesUnknown(unit, field.Allowed.Values);
    }

    private protected virtual VendorReading Read(UnitIndex units, ReadOnlySpan<char> below, int kept, int unit, ReadOnlySpan<byte> payload)
    {
        var fields = _fields[kept];
        var builder = new FactBuilder(units);
        if (payload.IsEmpty) // An empty payload revokes what this topic reported.
        {
            foreach (var field in fields)
                builder.SetModesUnknown(unit, field.Allowed.Values);
            return builder.Build();
        }

        if (fields is [{ Path.Length: 0 } whole])
        {
            if (payload.Length > MaxWordBytes)
                return VendorReading.Shape;
            ReadValue(builder, whole, unit, payload);
            return builder.Build();
        }

        return TryReadMembers(units, fields, unit, payload)
            ?? (NonFiniteNumbers.TryReplace(payload, out var json) ? TryReadMembers(units, fields, unit, json) : null)
            ?? VendorReading.Shape;
    }

    /// <summary>Reads JSON. Null when it has another shape.</summary>
    private static VendorReading? TryReadMembers(UnitIndex units, ImmutableArray<Field> fields, int unit, ReadOnlySpan<byte> json)
    {
        var builder = new FactBuilder(units);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        var members = new MemberReader(units, fields, builder);
        try
        {
            return
                reader.Read()
                && reader.TokenType == JsonTokenType.StartObject
                && members.Read(ref reader, ulong.MaxValue >> (64 - fields.Length), 0, unit)
                && !reader.Read()
                ? builder.Build()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void ReadValue(FactBuilder builder, Field field, int unit, ReadOnlySpan<byte> value)
    {
        switch (field.Allowed.Type)
        {
            case AllowedType.Version when FirmwareVersion.TryRead(value, out var firmware):
                builder.SetFirmware(firmware!);
                return;
            case AllowedType.Instant when TryInstant(value, out var at):
                builder.At(at);
                return;
            case AllowedType.Number when Utf8Parser.TryParse(value, out double number, out var read) && read == value.Length:
                foreach (var range in field.Allowed.Values)
                {
                    if (number >= range.Min && number < range.ExclusiveMax)
                    {
                        builder.Apply(unit, range.Effects);
                        return;
                    }
                }

                break;
            case AllowedType.Word or AllowedType.Flag:
                var word = field.Allowed.Type == AllowedType.Flag ? ParseFlag(value) : value;
                for (var at = 0; at < field.Words.Length; at++)
                {
                    if (word.SequenceEqual(field.Words[at]))
                    {
                        builder.Apply(unit, field.Allowed.Values[at].Effects);
                        return;
                    }
                }

                break;
        }

        DropValue(builder, field, unit);
    }

    /// <summary>Drops an unexpected value. What the field reported before is no longer known.</summary>
    private static void DropValue(FactBuilder builder, Field field, int unit)
    {
        builder.Dropped++;
        builder.SetModesUnknown(unit, field.Allowed.Values);
    }

    private static ReadOnlySpan<byte> ParseFlag(ReadOnlySpan<byte> value) =>
        value is [(byte)'1'] ? "true"u8
        : value is [(byte)'0'] ? "false"u8
        : value;

    private static bool TryInstant(ReadOnlySpan<byte> value, out DateTimeOffset at)
    {
        if (Utf8Parser.TryParse(value, out long number, out var read) && read == value.Length)
            return Instants.TryUnix(number, out at);
        at = default;
        // The format allows at most seven digits of a second; no vendor sends more.
        return value.Length is >= 20 and <= 33
            && (value[^1] == 'Z' || value.EndsWith("+00:00"u8))
            && DateTimeOffset.TryParseExact(
                Encoding.ASCII.GetString(value),
                InstantFormats,
                System.Globalization.CultureInfo.InvariantCulture,
                System.Globalization.DateTimeStyles.AssumeUniversal,
                out at
            )
            && Instants.IsPlausible(at);
    }

    private static readonly string[] InstantFormats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>
    /// Reads the members of JSON objects. Sets of fields are bits of their index in the list.
    /// </summary>
    private sealed class MemberReader(UnitIndex units, ImmutableArray<Field> fields, FactBuilder builder)
    {
        private ulong _seen;

        /// <summary>Reads one object. False when an allowed field occurs twice, because it is unclear which one counts.</summary>
        /// <param name="live">The fields whose path leads through this object.</param>
        /// <param name="depth">How many members of the path are above this object.</param>
        /// <param name="unit">The unit that the topic or the path names.</param>
        public bool Read(ref Utf8JsonReader reader, ulong live, int depth, int unit)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var named = unit;
                var through = Match(ref reader, live, depth, ref named, out var leaf);
                if (through == 0)
                {
                    Skip(ref reader);
                    continue;
                }

                if (!reader.Read())
                    return false;
                if (leaf is not null)
                {
                    if (!TryReadLeaf(ref reader, leaf, through, named))
                        return false;
                }
                else if (reader.TokenType != JsonTokenType.StartObject)
                {
                    Skip(ref reader);
                }
                else if (!Read(ref reader, through, depth + 1, named))
                {
                    return false;
                }
            }

            return reader.TokenType == JsonTokenType.EndObject;
        }

        /// <summary>Returns the fields whose path leads through the current member.</summary>
        /// <param name="leaf">The field whose path ends with this member; null when there is none.</param>
        private ulong Match(ref Utf8JsonReader reader, ulong live, int depth, ref int unit, out Field? leaf)
        {
            leaf = null;
            var through = 0UL;
            for (var i = 0; i < fields.Length; i++)
            {
                var path = fields[i].Path;
                if ((live & 1UL << i) == 0 || depth >= path.Length || !IsMember(ref reader, path[depth], units, ref unit))
                    continue;
                through |= 1UL << i;
                if (depth == path.Length - 1)
                    leaf = fields[i];
            }

            return through;
        }

        private bool TryReadLeaf(ref Utf8JsonReader reader, Field leaf, ulong through, int unit)
        {
            if (!leaf.HasUnit && (_seen & through) != 0)
                return false;
            _seen |= through;
            if (
                reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.Null
                || reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped
            )
            {
                DropValue(builder, leaf, unit);
                reader.Skip();
            }
            else
            {
                ReadValue(builder, leaf, unit, reader.ValueSpan);
            }

            return true;
        }

        private void Skip(ref Utf8JsonReader reader)
        {
            builder.Dropped++;
            reader.Skip();
        }

        private static bool IsMember(ref Utf8JsonReader reader, byte[]? segment, UnitIndex units, ref int unit)
        {
            if (segment is not null)
                return !reader.ValueIsEscaped && reader.ValueSpan.SequenceEqual(segment);
            if (reader.ValueIsEscaped || reader.ValueSpan.Length > Profile.MaxNameCharacters || !Ascii.IsValid(reader.ValueSpan))
                return false;
            Span<char> name = stackalloc char[Profile.MaxNameCharacters];
            Ascii.ToUtf16(reader.ValueSpan, name, out var length);
            var found = units.Find(name[..length]);
            if (found >= 0)
                unit = found;
            return found >= 0;
        }
    }

    /// <summary>A field of the allow-list, prepared for the search.</summary>
    private sealed class Field(AllowedField kept)
    {
        public AllowedField Allowed { get; } = kept;

        /// <summary>The names of the members that lead to it; null stands for a unit's name.</summary>
        public byte[]?[] Path { get; } =
            kept.Field.Length == 0
                ? []
                : [.. kept.Field.Split('.').Select(member => member == "{unit}" ? null : Encoding.ASCII.GetBytes(member))];

        public byte[][] Words { get; } = [.. kept.Values.Select(value => Encoding.ASCII.GetBytes(value.Word ?? ""))];

        public bool HasUnit => Path.Contains(null);
    }
}
