using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Files.Geometry;

namespace SurveillanceRegistry.Files.Tests.Geometry;

/// <summary>Areas as geometries.</summary>
public sealed class AreaCheckTests
{
    [Theory]
    [InlineData("[[[0,0],[1,0],[1,1],[0,0]]]", null)]
    [InlineData("[[[0,0],[9,0],[9,9],[0,9],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]", null)]
    [InlineData("[[[0,0],[1,0],[0,0]]]", "has 3 points")]
    [InlineData("[[[0,0],[1,0],[1,1],[0,1]]]", "ends where it begins")]
    [InlineData("[[[0,0],[1,1],[1,0],[0,1],[0,0]]]", "crosses itself")]
    [InlineData("[[[0,0],[1,0],[1,1],[0,0]],[[5,5],[6,5],[6,6],[5,5]]]", "outside its polygon")]
    [InlineData("[[[0,0],[0,0],[0,0],[0,0]]]", "fewer than three different points")]
    [InlineData("[]", "has no ring")]
    public void An_area_that_is_no_polygon_is_told_why(string coordinates, string? problem)
    {
        var area = JsonSerializer.Deserialize<Area>($$"""{"type":"Polygon","coordinates":{{coordinates}}}""", Json.Options)!;
        var found = new AreaCheck().FindProblem(area);
        if (problem is null)
            Assert.Null(found);
        else
            Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_rings_are_judged_and_never_throw()
    {
        var random = new Random(20261130);
        var check = new AreaCheck();
        for (var round = 0; round < 2000; round++)
        {
            Position[] points = [.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => new Position(random.Next(4), random.Next(4)))];
            var closes = points.Length > 0 && random.Next(3) > 0;
            check.FindProblem(
                new Area([
                    [
                        [.. points, .. closes ? points[..1] : []],
                    ],
                ])
            );
        }
    }
}
