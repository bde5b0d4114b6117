using System.Collections.Frozen;
using System.Collections.Immutable;
using NetTopologySuite.Geometries;
using NetTopologySuite.Operation.Valid;
using SurveillanceRegistry.Domain.Devices.Facts;
using Position = SurveillanceRegistry.Domain.Devices.Facts.Position;

namespace SurveillanceRegistry.Files.Geometry;

/// <summary>Checks areas by the rules of OGC Simple Features, with NetTopologySuite.</summary>
public sealed class AreaCheck : IAreaCheck
{
    private const int MinPointsOfRing = 4;

    private static readonly FrozenDictionary<TopologyValidationErrors, string> Sentences = new Dictionary<TopologyValidationErrors, string>
    {
        [TopologyValidationErrors.SelfIntersection] = "A ring crosses itself, or another",
        [TopologyValidationErrors.RingSelfIntersection] = "A ring crosses itself, or another",
        [TopologyValidationErrors.HoleOutsideShell] = "A hole lies outside its polygon",
        [TopologyValidationErrors.NestedHoles] = "A hole lies within another",
        [TopologyValidationErrors.NestedShells] = "A polygon lies within another",
        [TopologyValidationErrors.DisconnectedInteriors] = "A hole cuts its polygon into parts",
        [TopologyValidationErrors.DuplicateRings] = "A ring stands there twice",
        [TopologyValidationErrors.TooFewPoints] = "A ring has fewer than three different points",
    }.ToFrozenDictionary();

    public string? FindProblem(Area area)
    {
        ArgumentNullException.ThrowIfNull(area);
        if (area.Polygons.Any(polygon => polygon.IsDefaultOrEmpty))
            return "A polygon has no ring: expected an outer ring.";
        foreach (var ring in area.Polygons.SelectMany(polygon => polygon))
        {
            if (ring.Length < MinPointsOfRing)
                return $"A ring has {ring.Length} points: expected at least {MinPointsOfRing}, the last one equal to the first.";
            if (ring[0] != ring[^1])
                return $"A ring begins at {ring[0]} and ends at {ring[^1]}: expected that it ends where it begins.";
        }

        return new IsValidOp(new MultiPolygon([.. area.Polygons.Select(Polygon)])).ValidationError is { } error
            ? $"{Sentences.GetValueOrDefault(error.ErrorType, "The area is not a valid polygon")} near "
                + $"{new Position(error.Coordinate.X, error.Coordinate.Y)}."
            : null;
    }

    private static Polygon Polygon(ImmutableArray<ImmutableArray<Position>> rings) => new(Ring(rings[0]), [.. rings.Skip(1).Select(Ring)]);

    private static LinearRing Ring(ImmutableArray<Position> points) =>
        new([.. points.Select(point => new Coordinate(point.Longitude, point.Latitude))]);
}
