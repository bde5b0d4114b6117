using SurveillanceRegistry.Files.Tests.Fixtures;
using static SurveillanceRegistry.Files.Tests.Fixtures.SamplePaths;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>Errors in the files of the city and its technologies are reported on their line.</summary>
public sealed class CityFileTests
{
    [Theory]
    [InlineData(City, "time_zone: America/Los_Angeles", "time_zone: Pacific", "'Pacific'", "an IANA time zone")]
    [InlineData(City, "notice_valid_seconds: 90", "notice_valid_seconds: 5", "'5'", "a whole number from 10 to 3600")]
    [InlineData(City, "languages: [en, es]", "languages: [en, es, so]", "'so' without a file", "the file notices/so.yaml")]
    [InlineData(
        City,
        "url: https://records",
        "url: http://records",
        "'http://records.sample-city.example'",
        "a web address that begins with https://"
    )]
    [InlineData(City, "  - id: facilities", "  - id: transportation", "'transportation' again", "each once")]
    [InlineData(City, "sample: true", "sample: yes", "'yes'", "true or false")]
    [InlineData(Technologies, "instrument: smc-14.12", "instrument: smc-14.13", "'smc-14.13'", "an instrument under instruments/")]
    public void A_wrong_value_of_the_city_or_a_technology_is_reported_on_its_line(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected);
}
