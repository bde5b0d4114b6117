using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>
/// Reads payloads that are one word, or JSON: a forward-only pass that takes the fields of the keep-list, each of its type and in its
/// range,
/// and skips everything else before it can become a value.
/// </summary>
public class FieldAdapter : Adapter
{
    /// <summary>The longest payload that is one word, in bytes.</summary>
    public const int MaxWordBytes = 64;

    private const int MaxDepth = 8;

    private readonly ImmutableArray<ImmutableArray<Field>> _fields;

    /// <summary>An adapter that reads by this list and no other.</summary>
    public FieldAdapter(FieldAllowList keepList)
        : base(keepList) =>
        _fields = [
            .. Topics.Select(topic =>
                keepList.Kept.Where(field => field.Topic == topic).Select(field => new Field(field)).ToImmutableArray()
            ),
        ];

    /// <summary>Reads a payload on a topic that was judged to be kept.</summary>
    public VendorReading Read(UnitIndex units, string topic, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentNullException.ThrowIfNull(topic);
        Span<char> letters = stackalloc char[MaxTopicCharacters];
        if (!TryBelow(units, topic, letters, out var below) || FindAllowed(units, below, out var unit) is var kept && kept < 0)
            return new VendorReading(false, [], 0);
        return payload.Length > AllowList.MostBytes ? VendorReading.Shape : Read(units, below, kept, unit, payload);
    }

    private protected virtual VendorReading Read(UnitIndex units, ReadOnlySpan<char> below, int kept, int unit, ReadOnlySpan<byte> payload)
    {
        var fields = _fields[kept];
        var draft = new FactBuilder(units);
        if (payload.IsEmpty) // What was said under this topic is taken back.
        {
            foreach (var field in fields)
                draft.Forget(unit, field.Kept.Values);
            return draft.Read();
        }

        if (fields is [{ Path.Length: 0 } whole])
        {
            if (payload.Length > MaxWordBytes)
                return VendorReading.Shape;
            Take(draft, whole, unit, payload);
            return draft.Read();
        }

        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = MaxDepth });
        var seen = 0UL;
        try
        {
            if (
                !reader.Read()
                || reader.TokenType != JsonTokenType.StartObject
                || !Members(ref reader, units, fields, ulong.MaxValue >> (64 - fields.Length), 0, unit, draft, ref seen)
                || reader.Read()
            )
                return VendorReading.Shape;
        }
        catch (JsonException)
        {
            return VendorReading.Shape;
        }

        return draft.Read();
    }

    /// <summary>One object's members. False when a kept field stands there twice: nobody could tell which one is meant.</summary>
    /// <param name="live">The fields, as bits, that lead through this object.</param>
    private static bool Members(
        ref Utf8JsonReader reader,
        UnitIndex units,
        ImmutableArray<Field> fields,
        ulong live,
        int depth,
        int unit,
        FactBuilder draft,
        ref ulong seen
    )
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (through, named) = (0UL, unit);
            Field? leaf = null;
            for (var at = 0; at < fields.Length; at++)
            {
                var path = fields[at].Path;
                if ((live & 1UL << at) == 0 || depth >= path.Length || !IsMember(ref reader, path[depth], units, ref named))
                    continue;
                through |= 1UL << at;
                if (depth == path.Length - 1)
                    leaf = fields[at];
            }

            if (through == 0)
            {
                draft.Dropped++;
                reader.Skip();
                continue;
            }

            if (!reader.Read())
                return false;
            if (leaf is not null)
            {
                if (!leaf.HasUnit && (seen & through) != 0)
                    return false;
                seen |= through;
                if (
                    reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.Null
                    || reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped
                )
                {
                    Unexpected(draft, leaf, named);
                    reader.Skip();
                }
                else
                {
                    Take(draft, leaf, named, reader.ValueSpan);
                }
            }
            else if (reader.TokenType != JsonTokenType.StartObject)
            {
                draft.Dropped++;
                reader.Skip();
            }
            else if (!Members(ref reader, units, fields, through, depth + 1, named, draft, ref seen))
            {
                return false;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject;
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

    private static void Take(FactBuilder draft, Field field, int unit, ReadOnlySpan<byte> value)
    {
        switch (field.Kept.Type)
        {
            case AllowedType.Version when FirmwareVersion.TryRead(value, out var firmware):
                draft.Firmware(firmware!);
                return;
            case AllowedType.Instant when TryInstant(value, out var at):
                draft.At(at);
                return;
            case AllowedType.Number when Utf8Parser.TryParse(value, out double number, out var read) && read == value.Length:
                foreach (var range in field.Kept.Values)
                {
                    if (number >= range.Least && number < range.Below)
                    {
                        draft.Apply(unit, range.Effects);
                        return;
                    }
                }

                break;
            case AllowedType.Word or AllowedType.Flag:
                var word = field.Kept.Type == AllowedType.Flag ? FlagOf(value) : value;
                for (var at = 0; at < field.Words.Length; at++)
                {
                    if (word.SequenceEqual(field.Words[at]))
                    {
                        draft.Apply(unit, field.Kept.Values[at].Effects);
                        return;
                    }
                }

                break;
        }

        Unexpected(draft, field, unit);
    }

    /// <summary>
    /// The field holds something else than it may: nothing is taken from it, and what it told before does not hold any more.
    /// </summary>
    private static void Unexpected(FactBuilder draft, Field field, int unit)
    {
        draft.Dropped++;
        draft.Forget(unit, field.Kept.Values);
    }

    private static ReadOnlySpan<byte> FlagOf(ReadOnlySpan<byte> value) =>
        value is [(byte)'1'] ? "true"u8
        : value is [(byte)'0'] ? "false"u8
        : value;

    private static bool TryInstant(ReadOnlySpan<byte> value, out DateTimeOffset at)
    {
        if (Utf8Parser.TryParse(value, out long number, out var read) && read == value.Length)
            return Instants.TryUnix(number, out at);
        at = default;
        // The digits of a fraction beyond the seventh would make it no date; nobody sends so many.
        return value.Length is >= 20 and <= 33
            && value[^1] == 'Z'
            && DateTimeOffset.TryParseExact(
                Encoding.ASCII.GetString(value),
                InstantForms,
                System.Globalization.CultureInfo.InvariantCulture,
                System.Globalization.DateTimeStyles.AssumeUniversal,
                out at
            )
            && Instants.IsPlausible(at);
    }

    private static readonly string[] InstantForms = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>A field of the keep-list as it is looked for.</summary>
    private sealed class Field(AllowedField kept)
    {
        public AllowedField Kept { get; } = kept;

        /// <summary>The members on the way to it; null stands for a unit's name.</summary>
        public byte[]?[] Path { get; } =
            kept.Field.Length == 0
                ? []
                : [.. kept.Field.Split('.').Select(member => member == "{unit}" ? null : Encoding.ASCII.GetBytes(member))];

        public byte[][] Words { get; } = [.. kept.Values.Select(value => Encoding.ASCII.GetBytes(value.Word ?? ""))];

        public bool HasUnit => Path.Contains(null);
    }
}

/// <summary>Instants as vendors write them.</summary>
internal static class Instants
{
    private static readonly DateTimeOffset First = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero),
        End = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static bool IsPlausible(DateTimeOffset at) => at >= First && at < End;

    /// <summary>Seconds or milliseconds since 1970: the two do not overlap in this century.</summary>
    public static bool TryUnix(long number, out DateTimeOffset at)
    {
        at = default;
        var seconds = number is > 0 and < 10_000_000_000;
        if (!seconds && number is not (> 0 and < 10_000_000_000_000))
            return false;
        at = seconds ? DateTimeOffset.FromUnixTimeSeconds(number) : DateTimeOffset.FromUnixTimeMilliseconds(number);
        return IsPlausible(at);
    }
}
