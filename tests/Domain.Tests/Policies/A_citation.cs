using CsCheck;
using SurveillanceRegistry.Domain.Policies;

namespace SurveillanceRegistry.Domain.Tests.Policies;

public sealed class A_citation
{
    [Theory]
    [InlineData("Seattle Police Department (SPD) Manual Chapter 16.090", "SPD Manual 16.090")]
    [InlineData("SPD Manual Chapter  10.060", "SPD Manual 10.060")]
    [InlineData("SPD Manual Chapter\u00A0 10.060", "SPD Manual 10.060")]
    [InlineData("SPD Manual 16091", "SPD Manual 16.091")]
    [InlineData("Seattle Municipal Code (SMC) Chapter 14.12", "SMC 14.12")]
    [InlineData("SMC Chapter 14.18", "SMC 14.18")]
    [InlineData("SMC 11.50.570", "SMC 11.50.570")]
    [InlineData("chapter 14.18.10 of 2013, that is SMC 14.18.10", "14.18.010", "SMC 14.18.010")]
    [InlineData("as in SMC 14.18.020.F.", "SMC 14.18.020.F")]
    [InlineData("12.18.020.F", "12.18.020.F")]
    [InlineData("State law (RCW 42.56.240(14)) and RCW 10.109.", "RCW 42.56.240(14)", "RCW 10.109")]
    public void Is_read_from_the_ways_in_which_people_write_it(string text, params string[] citations) =>
        Assert.Equal(citations, Citation.FindIn(text).Select(citation => citation.ToString()));

    [Theory]
    [InlineData("on 2019-02-01, at 10.30, version 5.2.0.1603")]
    [InlineData("Ordinance 125376 (CB 118930), Clerk File 323176")]
    [InlineData("spd-manual-16.090, smc-11.50.570")]
    [InlineData("SPD Manual, edition of 2014")]
    [InlineData("206-555-0110 or 206.555.0110")]
    public void Is_not_seen_where_there_is_none(string text) => Assert.Empty(Citation.FindIn(text));

    [Fact]
    public void Keeps_the_words_as_they_were_written() =>
        Assert.Equal("SPD) Manual Chapter  10.060", Assert.Single(Citation.FindIn("(SPD) Manual Chapter  10.060")).Original);

    [Fact]
    public void Means_the_same_however_it_is_written_and_another_section_means_another_text()
    {
        var one = Citation.FindIn("SMC 14.18.10").Single();
        Assert.True(one.MeansTheSameAs(Citation.FindIn("14.18.010").Single()));
        Assert.False(one.MeansTheSameAs(Citation.FindIn("SMC 14.18.020").Single()));
        Assert.False(Citation.FindIn("SMC 14.18").Single().MeansTheSameAs(Citation.FindIn("RCW 14.18").Single()));
    }

    [Fact]
    public void Is_sought_in_any_text_without_a_fault() =>
        Gen.String[Gen.Char["SMCPDRW anul()0123456789.F-"], 0, 60].Sample(text =>
            Assert.All(Citation.FindIn(text), citation => Assert.Contains(citation.Original, text, StringComparison.Ordinal)), iter: 5_000);
}
