using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Domain.Tests.Devices.Imports;

/// <summary>What may be kept with a list.</summary>
public sealed class DraftChecksTests
{
    private static Refusal[] Check(string mapping, string decisions = "{}") =>
        [
            .. DraftChecks.Check(
                System.Text.Json.JsonSerializer.Deserialize<ListMapping>(mapping, Json.Options)!,
                System.Text.Json.JsonSerializer.Deserialize<ImportDecisions>(decisions, Json.Options)!
            ),
        ];

    [Theory]
    [InlineData("""{"list":"a"}""", "{}")]
    [InlineData("""{"list":"a","columns":{"name":"Main\nStreet\t"},"defaults":{"kind":"x"},"words":{"owner":{"S":""}}}""", "{}")]
    [InlineData("""{"list":"a"}""", """{"rows":[{"row":-1,"take":"same","device":"b"}],"gone":[{"device":"c","take":"keep"}]}""")]
    public void A_mapping_and_decisions_that_can_be_read_again_are_kept(string mapping, string decisions) =>
        Assert.Empty(Check(mapping, decisions));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"list":null}""")]
    [InlineData("""{"list":"A list"}""")]
    [InlineData("""{"list":"a","options":null}""")]
    [InlineData("""{"list":"a","columns":null}""")]
    [InlineData("""{"list":"a","columns":{"name":null}}""")]
    [InlineData("""{"list":"a","columns":{"name":"\u0000"}}""")]
    [InlineData("""{"list":"a","defaults":{"\u0000":"b"}}""")]
    [InlineData("""{"list":"a","words":{"kind":null}}""")]
    [InlineData("""{"list":"a","words":{"kind":{"b":null}}}""")]
    [InlineData("""{"list":"a","words":{"\u0000":{}}}""")]
    public void A_mapping_with_null_or_a_lost_character_is_refused(string mapping) => Assert.NotEmpty(Check(mapping));

    [Theory]
    [InlineData("""{"rows":[null]}""")]
    [InlineData("""{"gone":[null]}""")]
    [InlineData("""{"gone":[{"take":"keep"}]}""")]
    [InlineData("""{"gone":[{"device":"\u0000","take":"keep"}]}""")]
    [InlineData("""{"rows":[{"row":1,"take":"same","device":"\u0000"}]}""")]
    public void A_decision_that_names_nothing_is_refused(string decisions) => Assert.Single(Check("""{"list":"a"}""", decisions));

    [Fact]
    public void A_mapping_of_megabytes_is_refused()
    {
        var word = new string('w', DraftChecks.MaxText + 1);
        var words = string.Join(',', Enumerable.Range(0, DraftChecks.MaxWords + 1).Select(one => $"\"{one}\":\"\""));
        Assert.NotEmpty(Check("""{"list":"a","words":{"kind":{"W":""}}}""".Replace("W", word, StringComparison.Ordinal)));
        Assert.NotEmpty(Check("""{"list":"a","words":{"kind":{W}}}""".Replace("W", words, StringComparison.Ordinal)));
        Assert.NotEmpty(Check("""{"list":"a","options":{"sheet":"W"}}""".Replace("W", word, StringComparison.Ordinal)));
    }
}
