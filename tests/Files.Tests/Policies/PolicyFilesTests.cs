using SurveillanceRegistry.Files.Tests.Fixtures;
using static SurveillanceRegistry.Files.Tests.Fixtures.SamplePaths;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>All problems of all files are reported at once, and a folder with one problem has no value.</summary>
public sealed class PolicyFilesTests
{
    [Fact]
    public void Every_problem_of_every_file_is_reported_at_once()
    {
        using var city = new SampleCity();
        var changed = new[]
        {
            (City, city.Replace(City, "time_zone: America/Los_Angeles", "time_zone: Mars")),
            (City, city.Replace(City, "notice_valid_seconds: 90", "notice_valid_seconds: soon")),
            (PlateReaders, city.Replace(PlateReaders, "capture: [stills, plates]", "capture: [smell]")),
            (PlateReaders, city.Replace(PlateReaders, "2019-02-01, to", "2019-02-30, to")),
            (English, city.Replace(English, "mode.live: ", "mode.life: ")),
            (SampleInventory, city.Replace(SampleInventory, "id: in-car-east-02, kind: in-car", "id: in-car-east-02, kind: in-boat")),
        };

        var problems = city.Problems();

        Assert.All(changed, position => Assert.Contains(problems, problem => (problem.File, problem.Line) == position));
        Assert.Equal(changed.Length + 1, problems.Length); // The misspelt mode.live is also missing.
        Assert.Null(city.Read().Value);
    }

    [Fact]
    public void A_problem_is_written_like_a_compiler_message() =>
        Assert.Equal(
            "policies/city.yaml:3:7: found 'x'; expected true or false",
            new FileProblem("policies/city.yaml", 3, 7, "'x'", "true or false").ToString()
        );

    [Fact]
    public void A_file_whose_name_ends_with_yml_is_reported_because_it_is_not_read()
    {
        using var city = new SampleCity();
        File.Copy(city.PathOf(PlateReaders), city.PathOf("policies/instruments/spd-manual-16.171.yml"));
        Assert.Equal("a name that ends with .yml", Assert.Single(city.Problems()).Found);
    }

    [Fact]
    public void A_missing_folder_is_reported()
    {
        using var city = new SampleCity();
        Directory.Delete(city.PathOf("policies/instruments"), recursive: true);
        Assert.Contains(
            city.Problems(),
            problem => problem.File == "policies/instruments" && problem.Found.StartsWith("no such folder", StringComparison.Ordinal)
        );
    }
}
