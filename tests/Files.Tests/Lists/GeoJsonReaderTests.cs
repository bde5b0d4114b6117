using System.Globalization;
using System.Text;
using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Files.Tests.Lists;

/// <summary>Lists in GeoJSON that ask for more than a list needs, and texts that are no texts.</summary>
public sealed class GeoJsonReaderTests
{
    private static CityList Read(string properties, string geometry = "null") =>
        CityListReaderTests.Read(
            Encoding.UTF8.GetBytes(
                """{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":null},"""
                    + $$"""{"type":"Feature","properties":{{properties}},"geometry":{{geometry}}}]}"""
            )
        );

    [Theory]
    [InlineData("\"x\":\"{0}\"", "x")]
    [InlineData("\"x\":[\"{0}\"]", "x")]
    public void A_value_that_is_too_long_is_a_problem_of_its_row(string pattern, string column)
    {
        var list = Read("{" + pattern.Replace("{0}", new string('v', CityList.MaxCell + 1), StringComparison.Ordinal) + "}");
        Assert.Equal((2, column), (Assert.Single(list.Problems).Row, list.Problems[0].Column));
        Assert.Equal("", list.Rows[1].Cells[1]);
    }

    [Fact]
    public void A_property_with_a_name_like_a_text_is_refused()
    {
        var list = Read($$"""{"{{new string('n', CityList.MaxColumnName + 1)}}":1}""");
        Assert.Equal((2, null), (Assert.Single(list.Problems).Row, list.Format));
        Assert.InRange(list.Problems[0].Found.Length, 1, 100);
    }

    [Fact]
    public void A_thousand_names_of_properties_are_refused_at_the_first_too_many()
    {
        var names = string.Join(',', Enumerable.Range(0, 1000).Select(one => $"\"p{one.ToString(CultureInfo.InvariantCulture)}\":1"));
        Assert.Contains("200 different", Assert.Single(Read("{" + names + "}").Problems).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_geometry_that_is_too_long_is_a_problem_of_its_row()
    {
        var points = string.Concat(Enumerable.Repeat("[0.1234567,0.1234567],", CityList.MaxCell / 20));
        var list = Read("{}", $$"""{"type":"Polygon","coordinates":[[{{points}}[0,0]]]}""");
        Assert.Equal((2, "geometry"), (Assert.Single(list.Problems).Row, list.Problems[0].Column));
        Assert.Null(list.Rows[1].Coverage);
    }

    [Theory]
    [InlineData("""{"x":"\ud800"}""", "half a character")]
    [InlineData("""{"x\udc00":1}""", "half a character")]
    [InlineData("""{"\ud800x":null}""", "half a character")]
    public void Half_a_character_is_a_problem_and_no_exception(string properties, string found)
    {
        var problem = Assert.Single(Read(properties).Problems);
        Assert.Contains(found, problem.Found, StringComparison.Ordinal);
        Assert.Equal(2, problem.Row);
    }

    [Theory]
    [InlineData("""{"type":"\ud800","features":[]}""")]
    [InlineData("""{"\ud800ype":"FeatureCollection","features":[]}""")]
    [InlineData("""{"type":"FeatureCollection","features":[{"\ud800eometry":1,"type":"\ud800"}]}""")]
    [InlineData("""{"type":"FeatureCollection","crs":{"properties":{"name":"\ud800"}},"features":[]}""")]
    [InlineData("""{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"\ud800","coordinates":[1,2]}}]}""")]
    public void Half_a_character_anywhere_is_no_exception(string text) =>
        Assert.Single(CityListReaderTests.Read(Encoding.UTF8.GetBytes(text)).Problems);
}
