using System.Text.Json;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Devices.Facts;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>Where a place is in WGS 84: a point, or an area. In JSON a GeoJSON point, polygon or multi-polygon (RFC 7946).</summary>
[JsonConverter(typeof(PlaceGeometryJson))]
public sealed record PlaceGeometry
{
    /// <summary>What is expected instead of another text.</summary>
    private const string Expected =
        "expected a GeoJSON point, polygon or multi-polygon, or latitude and longitude such as 47.6097, -122.3331";

    public PlaceGeometry(Position point) => Point = point;

    public PlaceGeometry(Area area) => Area = area;

    /// <summary>The point; null for an area.</summary>
    public Position? Point { get; }

    /// <summary>The area; null for a point.</summary>
    public Area? Area { get; }

    /// <summary>Reads GeoJSON, or a latitude and a longitude with a comma between them. Its numbers are not checked.</summary>
    /// <param name="text">Null or blank for none.</param>
    /// <param name="geometry">Null for none.</param>
    /// <returns>The refusal of a text that is neither; null otherwise.</returns>
    public static Refusal? Read(string? text, out PlaceGeometry? geometry)
    {
        geometry = null;
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            geometry = text.TrimStart().StartsWith('{')
                ? JsonSerializer.Deserialize<PlaceGeometry>(text, Json.Options)
                : new PlaceGeometry(Pair(text));
            return null;
        }
        catch (JsonException)
        {
            return new Refusal(RefusalCodes.Invalid, $"The position cannot be read: {Expected}.", "geometry");
        }
    }

    /// <summary>Latitude and longitude of a point, GeoJSON of an area: as <see cref="Read"/> reads it.</summary>
    public override string ToString() => Point is { } point ? point.ToString() : JsonSerializer.Serialize(this, Json.Options);

    private static Position Pair(string text)
    {
        var parts = text.Split(',');
        return parts.Length == 2 && Number(parts[0]) is { } latitude && Number(parts[1]) is { } longitude
            ? new Position(longitude, latitude)
            : throw new JsonException(Expected);
    }

    private static double? Number(string text) =>
        double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;
}

/// <summary>Reads and writes a GeoJSON point, polygon or multi-polygon.</summary>
public sealed class PlaceGeometryJson : JsonConverter<PlaceGeometry>
{
    public override PlaceGeometry Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        return
            json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.TryGetProperty("type", out var type)
            && type.ValueKind == JsonValueKind.String
            && type.ValueEquals("Point")
            ? new PlaceGeometry(json.RootElement.Deserialize<Position>(options))
            : new PlaceGeometry(json.RootElement.Deserialize<Area>(options)!);
    }

    public override void Write(Utf8JsonWriter writer, PlaceGeometry value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Point is { } point)
            JsonSerializer.Serialize(writer, point, options);
        else
            JsonSerializer.Serialize(writer, value.Area, options);
    }
}
