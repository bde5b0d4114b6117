using System.Text.Json;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>
/// A set of captures: one bit each, no text. In JSON: <c>["video","audio"]</c>.
/// </summary>
/// <param name="Bits">The packed form: one bit a capture, in the order of <see cref="Capture"/>.</param>
[JsonConverter(typeof(CaptureSetJson))]
public readonly record struct CaptureSet(int Bits)
{
    /// <summary>The set of these captures.</summary>
    public static CaptureSet From(params IEnumerable<Capture> captures) =>
        captures.Aggregate(default(CaptureSet), (set, capture) => set.With(capture));

    /// <summary>The captures, in the order of <see cref="Capture"/>.</summary>
    public IEnumerable<Capture> Captures => Enum.GetValues<Capture>().Where(Contains);

    /// <summary>Whether the set contains a capture.</summary>
    public bool Contains(Capture capture) => (Bits & 1 << (int)capture) != 0;

    /// <summary>This set with one more capture.</summary>
    public CaptureSet With(Capture capture) => new(Bits | 1 << (int)capture);

    /// <summary>The union of this set and another.</summary>
    public CaptureSet Union(CaptureSet other) => new(Bits | other.Bits);

    /// <summary>This set without the captures of another.</summary>
    public CaptureSet Except(CaptureSet other) => new(Bits & ~other.Bits);

    [JsonIgnore]
    public bool IsEmpty => Bits == 0;

    public override string ToString() => string.Join(", ", Captures.Select(Json.Word));
}

/// <summary>Reads and writes a set of captures in JSON: <c>["video","audio"]</c>.</summary>
public sealed class CaptureSetJson : JsonConverter<CaptureSet>
{
    public override CaptureSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("Expected a list of captures.");
        var set = default(CaptureSet);
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
            set = Json.TryWord<Capture>(reader.GetString(), out var capture)
                ? set.With(capture)
                : throw new JsonException("Expected a capture.");
        return set;
    }

    public override void Write(Utf8JsonWriter writer, CaptureSet value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var capture in value.Captures)
            writer.WriteStringValue(Json.Word(capture));
        writer.WriteEndArray();
    }
}
