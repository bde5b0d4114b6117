using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;

namespace SurveillanceRegistry.Domain.Tests.Devices.Facts;

/// <summary>Devices in JSON: a mobile one has no member for a position.</summary>
public sealed class DeviceJsonTests
{
    [Fact]
    public void A_device_is_read_back_as_the_type_that_it_is()
    {
        Device camera = new FixedDevice("cam-1", "traffic-camera", [Capture.Video], "corner", null, "sdot", Lifecycle.Active)
        {
            Position = new Position(-122.28819, 47.51369),
            Coverage = new Area([
                [
                    [new(0, 0), new(1, 0), new(1, 1), new(0, 0)],
                ],
            ]),
            Directions = [90],
        };
        var json = JsonSerializer.Serialize(camera, Json.Options);
        Assert.Contains("""{"type":"Point","coordinates":[-122.28819,47.51369]}""", json, StringComparison.Ordinal);
        Assert.Contains("""{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}""", json, StringComparison.Ordinal);
        var read = Assert.IsType<FixedDevice>(JsonSerializer.Deserialize<Device>(json, Json.Options));
        Assert.Equal(json, JsonSerializer.Serialize<Device>(read, Json.Options));
    }

    [Fact]
    public void A_mobile_device_has_no_position_in_its_type_and_keeps_none_from_JSON()
    {
        Assert.DoesNotContain(typeof(MobileDevice).GetProperties(), property => property.PropertyType == typeof(Position?));
        const string Unit =
            """{"id":"u-1","kind":"body-worn","sensors":["video"],"fleet":"patrol","department":"police","lifecycle":"active","""
            + """ "position":{"type":"Point","coordinates":[1,2]}}""";
        var read = Assert.IsType<MobileDevice>(JsonSerializer.Deserialize<Device>(Unit, Json.Options));
        Assert.DoesNotContain("position", JsonSerializer.Serialize<Device>(read, Json.Options), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"Point","coordinates":[1]}""")]
    [InlineData("""{"type":"Point","coordinates":["1","2"]}""")]
    [InlineData("""{"type":"Point","coordinates":[1,2,3,4]}""")]
    [InlineData("""{"type":"LineString","coordinates":[[1,2],[3,4]]}""")]
    [InlineData("""[1,2]""")]
    public void A_geometry_that_is_no_point_is_not_read(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Position>(json, Json.Options));

    [Fact]
    public void The_height_of_a_point_is_not_kept() =>
        Assert.Equal(
            new Position(1, 2),
            JsonSerializer.Deserialize<Position>("""{"type":"Point","coordinates":[1,2,12.5]}""", Json.Options)
        );
}
