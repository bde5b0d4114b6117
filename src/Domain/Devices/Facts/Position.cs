using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Devices.Facts;

/// <summary>A point on the ground in WGS 84, in degrees. In JSON a GeoJSON point (RFC 7946); a height in it is not kept.</summary>
[JsonConverter(typeof(PositionJson))]
public readonly record struct Position(double Longitude, double Latitude)
{
    private const double EarthRadiusMetres = 6_371_008.8;

    /// <summary>Whether there is such a point: longitude -180 to 180, latitude -90 to 90.</summary>
    [JsonIgnore]
    public bool IsOnEarth => Math.Abs(Longitude) <= 180 && Math.Abs(Latitude) <= 90;

    /// <summary>The distance over the ground, in metres, on a sphere: exact to half a per cent.</summary>
    public double MetresTo(Position other)
    {
        var (from, to) = (double.DegreesToRadians(Latitude), double.DegreesToRadians(other.Latitude));
        var (north, east) = (to - from, double.DegreesToRadians(other.Longitude - Longitude));
        var half = Math.Sin(north / 2) * Math.Sin(north / 2) + Math.Cos(from) * Math.Cos(to) * Math.Sin(east / 2) * Math.Sin(east / 2);
        return 2 * EarthRadiusMetres * Math.Asin(Math.Min(1, Math.Sqrt(half)));
    }

    /// <summary>The middle of some positions, one at least: of each coordinate the one that half of them exceed.</summary>
    public static Position Middle(ImmutableArray<Position> positions) =>
        new(Median(positions.Select(position => position.Longitude)), Median(positions.Select(position => position.Latitude)));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>Latitude and longitude, as people write them: <c>47.6097, -122.3331</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Latitude}, {Longitude}");
}

/// <summary>Reads and writes a GeoJSON point.</summary>
public sealed class PositionJson : JsonConverter<Position>
{
    public override Position Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        return Coordinates(json.RootElement, "Point") is { } coordinates
            ? FromCoordinates(coordinates)
            : throw new JsonException("Expected a GeoJSON point: {\"type\":\"Point\",\"coordinates\":[longitude,latitude]}.");
    }

    public override void Write(Utf8JsonWriter writer, Position value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "Point");
        writer.WritePropertyName("coordinates");
        WriteCoordinates(writer, value);
        writer.WriteEndObject();
    }

    /// <summary>The coordinates of a GeoJSON geometry of a type; null for everything else.</summary>
    internal static JsonElement? Coordinates(JsonElement geometry, string type) =>
        geometry.ValueKind == JsonValueKind.Object
        && geometry.TryGetProperty("type", out var found)
        && found.ValueKind == JsonValueKind.String
        && found.ValueEquals(type)
        && geometry.TryGetProperty("coordinates", out var coordinates)
        && coordinates.ValueKind == JsonValueKind.Array
            ? coordinates
            : null;

    /// <summary>Reads longitude and latitude, and drops a height.</summary>
    internal static Position FromCoordinates(JsonElement coordinates) =>
        coordinates.ValueKind == JsonValueKind.Array
        && coordinates.GetArrayLength() is 2 or 3
        && Number(coordinates[0]) is { } longitude
        && Number(coordinates[1]) is { } latitude
            ? new Position(longitude, latitude)
            : throw new JsonException("Expected a position: [longitude,latitude], in degrees.");

    internal static void WriteCoordinates(Utf8JsonWriter writer, Position position)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(position.Longitude);
        writer.WriteNumberValue(position.Latitude);
        writer.WriteEndArray();
    }

    private static double? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;
}
