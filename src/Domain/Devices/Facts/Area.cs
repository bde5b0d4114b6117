using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Devices.Facts;

/// <summary>
/// An area on the ground in WGS 84: polygons, each with an outer ring and the rings of its holes. In JSON a GeoJSON polygon or
/// multi-polygon (RFC 7946).
/// </summary>
/// <param name="Polygons">At least one; each ring ends where it begins.</param>
[JsonConverter(typeof(AreaJson))]
public sealed record Area(ImmutableArray<ImmutableArray<ImmutableArray<Position>>> Polygons)
{
    /// <summary>The most points of an area: an entry of the ledger holds it.</summary>
    public const int MaxPoints = 1000;

    /// <summary>Whether both have the same polygons, with the same points in the same order.</summary>
    public bool Equals(Area? other) =>
        other is not null
        && Polygons.Length == other.Polygons.Length
        && Polygons.Zip(other.Polygons).All(pair => AreEqual(pair.First, pair.Second));

    public override int GetHashCode() => HashCode.Combine(Polygons.Length, Points.FirstOrDefault(), Points.Count());

    private static bool AreEqual(ImmutableArray<ImmutableArray<Position>> one, ImmutableArray<ImmutableArray<Position>> other) =>
        one.Length == other.Length && one.Zip(other).All(rings => rings.First.SequenceEqual(rings.Second));

    /// <summary>Every point of every ring.</summary>
    [JsonIgnore]
    public IEnumerable<Position> Points => Polygons.SelectMany(polygon => polygon).SelectMany(ring => ring);
}

/// <summary>Checks an area as a geometry: closed rings with enough points, none that crosses itself, holes inside.</summary>
public interface IAreaCheck
{
    /// <summary>What is wrong with an area, in words; null when nothing is.</summary>
    string? FindProblem(Area area);
}

/// <summary>Reads and writes GeoJSON polygons.</summary>
public sealed class AreaJson : JsonConverter<Area>
{
    public override Area Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        var polygons =
            PositionJson.Coordinates(json.RootElement, "Polygon") is { } one ? [Polygon(one)]
            : PositionJson.Coordinates(json.RootElement, "MultiPolygon") is { } several ? [.. several.EnumerateArray().Select(Polygon)]
            : ImmutableArray<ImmutableArray<ImmutableArray<Position>>>.Empty;
        return polygons.IsEmpty ? throw new JsonException("Expected a GeoJSON polygon or multi-polygon.") : new Area(polygons);
    }

    public override void Write(Utf8JsonWriter writer, Area value, JsonSerializerOptions options)
    {
        var isOne = value.Polygons.Length == 1;
        writer.WriteStartObject();
        writer.WriteString("type", isOne ? "Polygon" : "MultiPolygon");
        writer.WritePropertyName("coordinates");
        if (!isOne)
            writer.WriteStartArray();
        foreach (var polygon in value.Polygons)
            WritePolygon(writer, polygon);
        if (!isOne)
            writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WritePolygon(Utf8JsonWriter writer, ImmutableArray<ImmutableArray<Position>> polygon)
    {
        writer.WriteStartArray();
        foreach (var ring in polygon)
        {
            writer.WriteStartArray();
            foreach (var position in ring)
                PositionJson.WriteCoordinates(writer, position);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static ImmutableArray<ImmutableArray<Position>> Polygon(JsonElement rings) =>
        rings.ValueKind == JsonValueKind.Array
            ? [.. rings.EnumerateArray().Select(Ring)]
            : throw new JsonException("Expected the rings of a polygon.");

    private static ImmutableArray<Position> Ring(JsonElement positions) =>
        positions.ValueKind == JsonValueKind.Array
            ? [.. positions.EnumerateArray().Select(PositionJson.FromCoordinates)]
            : throw new JsonException("Expected a ring of positions.");
}
