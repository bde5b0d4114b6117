using System.Text;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Tests.Fixtures;
using static SurveillanceRegistry.Files.Tests.Fixtures.SamplePaths;

namespace SurveillanceRegistry.Files.Tests.Yaml;

/// <summary>Bytes that are no YAML of the kind that these files use are reported with their position.</summary>
public sealed class YamlFileTests
{
    [Theory]
    [InlineData(
        PlateReaders,
        "id: spd-manual-16.170",
        "id: &plates spd-manual-16.170",
        "an anchor, an alias or a tag",
        "each value written out"
    )]
    [InlineData(
        PlateReaders,
        "id: spd-manual-16.170",
        "id: !!binary spd-manual-16.170",
        "an anchor, an alias or a tag",
        "each value written out"
    )]
    [InlineData(PlateReaders, "versions:", "---\nversions:", "a second document", "one document in a file")]
    public void A_YAML_feature_that_these_files_do_not_use_is_reported_on_its_line(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected);

    [Theory]
    [InlineData(Technologies)]
    [InlineData(PlateReaders)]
    [InlineData(English)]
    [InlineData(SampleInventory)]
    public void A_file_that_is_not_YAML_is_reported(string file)
    {
        using var city = new SampleCity();
        city.Write(file, "id: [unclosed\nkind: \"quoted"u8.ToArray());
        Assert.Contains(city.Problems(), problem => problem.File == file && problem.Expected.StartsWith("YAML", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(" : ]")]
    [InlineData(" :\t?")]
    [InlineData("? :\t: :: ")]
    [InlineData("id: [unclosed\nkind: \"quoted")]
    public void A_text_at_which_the_YAML_parser_itself_fails_is_reported(string text)
    {
        using var city = new SampleCity();
        city.Write(City, Encoding.UTF8.GetBytes(text));
        Assert.Contains(city.Problems(), problem => problem.File == City);
        Assert.Null(city.Read().Value);
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_reported_at_the_first_wrong_byte()
    {
        using var city = new SampleCity();
        city.Write(City, [.. "name: Ciudad\nsample: true\n# "u8, 0xF1, .. "\n"u8]);
        Assert.Equal(new FileProblem(City, 3, 3, "bytes that are not UTF-8", "a text file in UTF-8"), OnlyProblemOfCity(city));
    }

    [Fact]
    public void A_file_in_UTF_16_is_reported()
    {
        using var city = new SampleCity();
        city.Write(City, [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("name: Ciudad\n")]);
        var problem = OnlyProblemOfCity(city);
        Assert.Equal(("text in UTF-16", "UTF-8: save the file as 'UTF-8'"), (problem.Found, problem.Expected));
    }

    [Fact]
    public void A_NUL_is_reported_because_the_parser_would_ignore_the_rest_of_the_file()
    {
        using var city = new SampleCity();
        city.Write(City, [.. File.ReadAllBytes(city.PathOf(City)), 0, .. "\nname: Other\n"u8]);
        Assert.StartsWith("a control character (U+0000)", Assert.Single(city.Problems()).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_are_accepted()
    {
        using var city = new SampleCity();
        city.Write(City, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(File.ReadAllText(city.PathOf(City)).Replace("\n", "\r\n"))]);
        Assert.Empty(city.Problems());
    }

    public static TheoryData<string, string> UnreadableFiles() =>
        new()
        {
            { new string('\0', PolicyFiles.MaxBytes + 1), $"{PolicyFiles.MaxBytes + 1} bytes" },
            { new string('[', 100_000), "more than 16 levels" },
            { "", "an empty file" },
            { "# nothing but a comment\n", "an empty file" },
        };

    [Theory]
    [MemberData(nameof(UnreadableFiles), DisableDiscoveryEnumeration = true)]
    public void A_file_that_is_too_large_too_deep_or_empty_is_reported(string text, string found)
    {
        using var city = new SampleCity();
        city.Write(City, Encoding.UTF8.GetBytes(text));
        Assert.Equal(found, OnlyProblemOfCity(city).Found);
    }

    [Fact]
    public void A_file_that_does_not_exist_is_reported()
    {
        using var city = new SampleCity();
        File.Delete(city.PathOf(City));
        Assert.Equal("no such file", OnlyProblemOfCity(city).Found);
    }

    private static FileProblem OnlyProblemOfCity(SampleCity city) => Assert.Single(city.Problems(), problem => problem.File == City);
}
