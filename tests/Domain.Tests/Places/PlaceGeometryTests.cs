using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Tests.Places;

/// <summary>Where a place is: a point or an area.</summary>
public sealed class PlaceGeometryTests
{
    private static readonly Gen<Position> Point = Gen.Select(
        Gen.Double[-180, 180],
        Gen.Double[-90, 90],
        (east, north) => new Position(east, north)
    );

    private static readonly Gen<PlaceGeometry> Any = Gen.OneOf(
        Point.Select(point => new PlaceGeometry(point)),
        Point.Array[4, 6].Array[1, 2].Array[1, 2].Select(polygons => new PlaceGeometry(AreaOf(polygons)))
    );

    [Fact]
    public void Any_geometry_is_read_back_from_its_text_and_its_JSON_as_an_equal_one() =>
        Any.Sample(geometry =>
        {
            Assert.Null(PlaceGeometry.Read(geometry.ToString(), out var read));
            Assert.Equal(geometry, read);
            var json = JsonSerializer.Serialize(geometry, Json.Options);
            Assert.Equal(geometry, JsonSerializer.Deserialize<PlaceGeometry>(json, Json.Options));
            Assert.Null(PlaceGeometry.Read(json, out var same));
            Assert.Equal(geometry.GetHashCode(), same!.GetHashCode());
        });

    [Fact]
    public void Two_areas_that_differ_in_one_point_are_not_equal()
    {
        var area = AreaOf([
            [
                [new(0, 0), new(1, 0), new(1, 1), new(0, 0)],
            ],
        ]);
        Assert.Equal(
            area,
            AreaOf([
                [
                    [new(0, 0), new(1, 0), new(1, 1), new(0, 0)],
                ],
            ])
        );
        Assert.NotEqual(
            area,
            AreaOf([
                [
                    [new(0, 0), new(1, 0), new(1, 2), new(0, 0)],
                ],
            ])
        );
        Assert.NotEqual(
            area,
            AreaOf([
                [
                    [new(0, 0), new(1, 0), new(1, 1), new(0, 0)],
                ],
                [
                    [new(5, 5), new(6, 5), new(6, 6), new(5, 5)],
                ],
            ])
        );
    }

    [Theory]
    [InlineData("47.6097")]
    [InlineData("47.6097, north")]
    [InlineData("47.6097, NaN")]
    [InlineData("47, 6097, -122")]
    [InlineData("{")]
    [InlineData("""{"type":"Point","coordinates":[1]}""")]
    [InlineData("""{"type":"LineString","coordinates":[[0,0],[1,1]]}""")]
    [InlineData("""{"type":7}""")]
    public void A_text_that_is_no_geometry_is_refused_with_what_is_expected(string text)
    {
        var refusal = PlaceGeometry.Read(text, out var geometry);
        Assert.Null(geometry);
        Assert.Equal("geometry", refusal!.Where);
        Assert.Contains("latitude and longitude such as 47.6097, -122.3331", refusal.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_is_no_geometry()
    {
        Assert.Null(PlaceGeometry.Read(" ", out var geometry));
        Assert.Null(geometry);
    }

    private static Area AreaOf(Position[][][] polygons) =>
        new([.. polygons.Select(rings => rings.Select(ring => ring.ToImmutableArray()).ToImmutableArray())]);
}
