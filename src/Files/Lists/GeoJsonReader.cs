using System.Collections.Immutable;
using System.Text.Json;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO.Converters;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using Position = SurveillanceRegistry.Domain.Devices.Facts.Position;
using Shape = NetTopologySuite.Geometries.Geometry;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>
/// Reads a list in GeoJSON (RFC 7946): the properties of each feature are its cells. Positions are in WGS 84; another system is refused
/// with its name, because positions read in the wrong one are hundreds of metres off, or on another continent.
/// </summary>
internal static class GeoJsonReader
{
    private const string GeometryMember = "geometry";

    private const int ShownCharacters = 100;

    /// <summary>The names that older files give to longitude and latitude in WGS 84.</summary>
    private static readonly string[] Wgs84 =
    [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "urn:ogc:def:crs:EPSG::4326",
        "EPSG:4326",
        "CRS84",
    ];

    private static readonly JsonSerializerOptions Geometries = new() { Converters = { new GeoJsonConverterFactory() } };

    /// <summary>Reads a text. Never throws for its content.</summary>
    public static CityList Read(string text, CancellationToken cancellationToken)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            return Read(json.RootElement, cancellationToken);
        }
        catch (UnreadableListException unreadable)
        {
            return unreadable.List;
        }
        catch (InvalidOperationException)
        {
            // A name with an escape that is half a character stands beside one that is looked for.
            return CityList.Unreadable("a name with half a character", "whole characters");
        }
        catch (JsonException invalid)
        {
            return CityList.Unreadable("JSON that does not end or has a mistake", "GeoJSON", (int)(invalid.LineNumber ?? 0) + 1);
        }
    }

    private static CityList Read(JsonElement root, CancellationToken cancellationToken)
    {
        if (Text(root, "type") is not "FeatureCollection" || !root.TryGetProperty("features", out var features))
            return CityList.Unreadable($"the type '{Shown(Text(root, "type"))}'", "a GeoJSON FeatureCollection");
        if (features.ValueKind != JsonValueKind.Array || features.GetArrayLength() > CityList.MaxRows)
            return CityList.Unreadable("no list of features, or too many", $"a list of at most {CityList.MaxRows} features");
        if (System(root) is { } system && !Wgs84.Contains(system, StringComparer.OrdinalIgnoreCase))
            return CityList.Unreadable(
                $"positions in the reference system '{Shown(system)}'",
                "WGS 84 (longitude, latitude): have the list exported again in it, or leave its geometry out"
            );
        return ReadFeatures(features, cancellationToken);
    }

    /// <summary>The name of the reference system that an older file states; null when it states none.</summary>
    private static string? System(JsonElement root) =>
        root.TryGetProperty("crs", out var crs) && crs.ValueKind == JsonValueKind.Object
            ? crs.TryGetProperty("properties", out var properties)
            && properties.ValueKind == JsonValueKind.Object
            && Text(properties, "name") is { } name
                ? name
                : "without a name"
            : null;

    private static CityList ReadFeatures(JsonElement features, CancellationToken cancellationToken)
    {
        var columns = Columns(features, cancellationToken);
        var (rows, problems) = (ImmutableArray.CreateBuilder<ListRow>(), ImmutableArray.CreateBuilder<ListProblem>());
        foreach (var feature in features.EnumerateArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var number = rows.Count + 1;
            if (problems.Count >= ListProblem.MaxFound)
            {
                problems.Add(ListProblem.TooMany(number));
                break;
            }

            var cells = Enumerable.Repeat("", columns.Count).ToArray();
            foreach (var property in Properties(feature))
            {
                var name = property.Name;
                if (TryCell(property.Value, out var cell) is var (found, expected))
                    problems.Add(new ListProblem(number, name, found, expected));
                cells[columns[name]] = cell;
            }

            rows.Add(WithGeometry(new ListRow(number, [.. cells]), feature, problems));
        }

        return new CityList(
            "geojson",
            [.. columns.OrderBy(column => column.Value).Select(column => column.Key)],
            rows.ToImmutable(),
            [],
            problems.ToImmutable()
        );
    }

    /// <summary>The names of all properties, with their order.</summary>
    private static Dictionary<string, int> Columns(JsonElement features, CancellationToken cancellationToken)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, feature) in features.EnumerateArray().Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var property in Properties(feature))
            {
                if (TryName(property) is not { } name)
                    throw new UnreadableListException("a property with half a character in its name", "whole characters", index + 1);
                if (name.Length > CityList.MaxColumnName)
                    throw ListColumns.TooLong(name, index + 1);
                if (columns.TryAdd(name, columns.Count) && columns.Count > CityList.MaxColumns)
                    throw new UnreadableListException(
                        $"more than {CityList.MaxColumns} different properties",
                        $"at most {CityList.MaxColumns}",
                        index + 1
                    );
            }
        }

        return columns;
    }

    private static ListRow WithGeometry(ListRow row, JsonElement feature, ImmutableArray<ListProblem>.Builder problems)
    {
        if (feature.ValueKind != JsonValueKind.Object || Text(feature, "type") is not "Feature")
        {
            problems.Add(new ListProblem(row.Number, null, "something else", "a GeoJSON Feature"));
            return row;
        }

        if (!feature.TryGetProperty(GeometryMember, out var json) || json.ValueKind == JsonValueKind.Null)
            return row;
        if (json.GetRawText().Length is > CityList.MaxCell and var length)
        {
            problems.Add(new ListProblem(row.Number, GeometryMember, $"{length} characters", $"at most {CityList.MaxCell}: simplify it"));
            return row;
        }

        switch (ReadGeometry(json))
        {
            case Point point when !point.IsEmpty && IsFinite(point):
                return row with { Position = new Position(point.X, point.Y) };
            case Polygon or MultiPolygon:
                return row with { Coverage = Area(row, json, problems) };
            default:
                var type = Text(json, "type");
                problems.Add(
                    new ListProblem(row.Number, GeometryMember, $"a {type ?? "geometry"} that is none", "a point, a polygon, or null")
                );
                return row;
        }
    }

    private static Area? Area(ListRow row, JsonElement json, ImmutableArray<ListProblem>.Builder problems)
    {
        try
        {
            return json.Deserialize<Area>(Domain.Json.Options);
        }
        catch (JsonException)
        {
            problems.Add(new ListProblem(row.Number, GeometryMember, "a polygon that cannot be read", "rings of positions"));
            return null;
        }
    }

    private static Shape? ReadGeometry(JsonElement json)
    {
        try
        {
            return json.Deserialize<Shape>(Geometries);
        }
        catch (Exception invalid) when (invalid is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static bool IsFinite(Point point) => double.IsFinite(point.X) && double.IsFinite(point.Y);

    private static JsonElement.ObjectEnumerator Properties(JsonElement feature) =>
        feature.ValueKind == JsonValueKind.Object
        && feature.TryGetProperty("properties", out var properties)
        && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject()
            : default;

    /// <summary>The text of a value; or what was found instead of one, and what was expected.</summary>
    private static (string Found, string Expected)? TryCell(JsonElement value, out string cell)
    {
        cell = "";
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return null;
        if (TextOf(value) is not { } text)
            return ("half a character", "whole characters");
        if (text.Length > CityList.MaxCell)
            return ($"{text.Length} characters", $"at most {CityList.MaxCell} in a cell");
        cell = text;
        return null;
    }

    private static string? TextOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            return WholeText(value);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
            ? string.Join(' ', value.EnumerateArray().Select(item => item.GetRawText()))
            : value.GetRawText();
    }

    private static string? Shown(string? text) => text is { Length: > ShownCharacters } ? text[..ShownCharacters] + "…" : text;

    private static string? Text(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? WholeText(value)
            : null;

    /// <summary>A text; null when an escape in it is half a character.</summary>
    private static string? WholeText(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TryName(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
