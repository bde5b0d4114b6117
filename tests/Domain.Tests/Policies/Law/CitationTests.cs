using System.Collections.Immutable;
using CsCheck;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Tests.Policies.Law;

public sealed class CitationTests
{
    private static readonly KnownChapters Known = new(
        ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            new KeyValuePair<string, ImmutableArray<string>>[]
            {
                new(Citation.Manual, ["6.060", "10.060", "16.090", "16.091", "16.170"]),
                new(Citation.MunicipalCode, ["11.50", "14.12", "14.18"]),
                new(Citation.StateCode, ["9.73", "10.109", "42.56", "46.63"]),
            }
        )
    );

    private static Citation Parse(string text) => Citation.TryParse(text, out var citation) ? citation : throw new FormatException(text);

    [Theory]
    [InlineData("Seattle Police Department (SPD) Manual Chapter 16.090", "SPD Manual 16.090")]
    [InlineData("SPD Manual Chapter  10.060", "SPD Manual 10.060")]
    [InlineData("SPD Manual Chapter\u00A0 10.060", "SPD Manual 10.060")]
    [InlineData("SPD Manual 16091", "SPD Manual 16.091")]
    [InlineData("SPD policy 12.080 covers records", "SPD Manual 12.080")]
    [InlineData("Seattle Municipal Code (SMC) Chapter 14.12", "SMC 14.12")]
    [InlineData("SMC Chapter 14.18", "SMC 14.18")]
    [InlineData("Chapter 14.18 SMC, chapter 42.56 RCW", "SMC 14.18", "RCW 42.56")]
    [InlineData("SMC § 14.18.020", "SMC 14.18.020")]
    [InlineData("SMC 11.50.570", "SMC 11.50.570")]
    [InlineData("chapter 14.18.10 of 2013, that is SMC 14.18.10", "14.18.010", "SMC 14.18.010")]
    [InlineData("as in SMC 14.18.020.F.", "SMC 14.18.020.F")]
    [InlineData("as in SMC 14.18.020(F)", "SMC 14.18.020.F")]
    [InlineData("SMC 14.18.020. For the rest", "SMC 14.18.020")]
    [InlineData("12.18.020.F", "12.18.020.F")]
    [InlineData("State law (RCW 42.56.240(14)) and RCW 10.109.", "RCW 42.56.240(14)", "RCW 10.109")]
    [InlineData("RCW 42.56.240(14)(a)", "RCW 42.56.240(14)(a)")]
    [InlineData("Ord. 125376, Ord 125376 (CB 118930), Ordinance 125376", "Ordinance 125376", "Ordinance 125376", "Ordinance 125376")]
    [InlineData("Council Bill 118930 or CB 118930", "CB 118930", "CB 118930")]
    [InlineData(
        "Laws of 2026 ch. 239, Laws of 2026, chapter 239, ch. 239, Laws of 2026",
        "Laws of 2026, ch. 239",
        "Laws of 2026, ch. 239",
        "Laws of 2026, ch. 239"
    )]
    [InlineData("RCW 10.109 (2016 c 163)", "RCW 10.109", "Laws of 2016, ch. 163")]
    [InlineData("EO 2017-03 and Executive Order 2017-10", "Executive Order 2017-03", "Executive Order 2017-10")]
    [InlineData("AGO 2014 No. 8, that is AGO 2014-8", "AGO 2014 No. 8", "AGO 2014 No. 8")]
    [InlineData("Clerk File 323176", "Clerk File 323176")]
    public void A_citation_is_found_in_the_ways_in_which_people_write_it(string text, params string[] citations) =>
        Assert.Equal(citations, Citation.FindIn(text).Select(citation => citation.ToString()));

    [Theory]
    [InlineData("on 2019-02-01, at 10.30, version 5.2.0.1603")]
    [InlineData("spd-manual-16.090, smc-11.50.570, ord-125376")]
    [InlineData("SPD Manual, edition of 2014; SPD Manual 2014")]
    [InlineData("206-555-0110 or 206.555.0110")]
    [InlineData("16091 or 16.091, when the chapters of the manual are not known")]
    [InlineData("in 2016 and Ordinances of 2017")]
    [InlineData("SMC 14.1, RCW 9, CB 12, Ordinance 1234567890")]
    public void A_text_without_a_citation_has_none(string text) => Assert.Empty(Citation.FindIn(text));

    [Theory]
    [InlineData("SMC 14.18.020.F", Citation.MunicipalCode, "14", "18", "020", "F")]
    [InlineData("14.18.10", null, "14", "18", "010", null)]
    [InlineData("RCW 42.56.240(14)", Citation.StateCode, "42", "56", "240", "14")]
    [InlineData("SPD Manual Chapter  10.060", Citation.Manual, "10", "060", null, null)]
    [InlineData("Ord 125376 (CB 118930)", Citation.Ordinance, null, "125376", null, null)]
    [InlineData("Laws of 2026 ch. 239", Citation.SessionLaw, "2026", "239", null, null)]
    [InlineData("AGO 2014 No. 8", Citation.AttorneyGeneral, "2014", "8", null, null)]
    [InlineData("EO 2017-3", Citation.ExecutiveOrder, "2017", "03", null, null)]
    public void A_citation_is_parsed_into_its_parts(
        string text,
        string? code,
        string? title,
        string chapter,
        string? section,
        string? subsection
    )
    {
        var citation = Parse(text);
        Assert.Equal(
            (code, title, chapter, section, subsection),
            (citation.Code, citation.Title, citation.Chapter, citation.Section, citation.Subsection)
        );
    }

    [Fact]
    public void A_citation_has_its_original_text_and_the_bill_of_an_ordinance()
    {
        Assert.Equal("SPD) Manual Chapter  10.060", Assert.Single(Citation.FindIn("(SPD) Manual Chapter  10.060")).Original);
        Assert.Equal(" SMC 14.18 ", Parse(" SMC 14.18 ").Original);
        Assert.Equal("118930", Parse("Ord 125376 (CB 118930)").Bill);
    }

    [Theory]
    [InlineData("SMC 14.18 \u00A0")]
    [InlineData("  Body")]
    [InlineData("SMC 14.18 and more")]
    [InlineData("see SMC 14.18")]
    [InlineData("16091")]
    [InlineData("")]
    [InlineData(null)]
    public void A_text_parses_only_when_it_is_one_citation_and_blanks(string? text) =>
        Assert.Equal(text == "SMC 14.18 \u00A0", Citation.TryParse(text, out var citation) && citation.ToString() == "SMC 14.18");

    [Theory]
    [InlineData("16091", "SPD Manual 16.091")]
    [InlineData("16.091", "SPD Manual 16.091")]
    [InlineData("6060", "SPD Manual 6.060")]
    [InlineData("SPD Manual 6060", "SPD Manual 6.060")]
    [InlineData("16092", null)]
    [InlineData("2019", null)]
    public void A_known_chapter_of_the_manual_needs_no_name(string text, string? read) =>
        Assert.Equal(read, Citation.TryParse(text, Known, out var citation) ? citation.ToString() : null);

    [Fact]
    public void A_chapter_without_the_manuals_name_is_found_once() =>
        Assert.Equal(
            ["SPD Manual 16.091", "SPD Manual 16.090", "SPD Manual 16.170"],
            Citation.FindIn("16091, SPD Manual 16.090 and 16.170; not 98101 nor 16.099", Known).Select(citation => citation.ToString())
        );

    [Fact]
    public void A_citation_means_the_same_section_however_it_is_written()
    {
        Assert.True(Parse("SMC 14.18.10").MeansTheSameAs(Parse("14.18.010")));
        Assert.Equal(Parse("SPD Manual Chapter  10.060"), Parse("SPD Manual 10060"));
        Assert.Equal(Parse("Ord. 125376").GetHashCode(), Parse("Ordinance 125376 (CB 118930)").GetHashCode());
        Assert.False(Parse("SMC 14.18.10").MeansTheSameAs(Parse("SMC 14.18.020")));
        Assert.False(Parse("SMC 14.18").MeansTheSameAs(Parse("RCW 14.18")));
    }

    [Theory]
    [InlineData("SMC 12.18.020.F", "SMC 14.18.020.F")]
    [InlineData("12.18.020.F", "14.18.020.F")]
    [InlineData("RCW 42.65", "RCW 42.56")]
    [InlineData("SPD Manual 10.600", "SPD Manual 10.060")]
    [InlineData("SMC 23.47", null)]
    public void An_unknown_chapter_suggests_the_most_similar_known_one(string misspelt, string? meant)
    {
        Assert.False(Known.Knows(Parse(misspelt)));
        Assert.Equal(meant, Known.Nearest(Parse(misspelt))?.ToString());
    }

    [Fact]
    public void A_citation_of_a_text_without_chapters_is_known() =>
        Assert.All(
            ["Ordinance 125376", "CB 118930", "Laws of 2026 ch. 239", "EO 2017-03", "AGO 2014 No. 8", "Clerk File 323176"],
            text => Assert.True(Known.Knows(Parse(text)))
        );

    [Theory]
    [InlineData("SMC 14.18.020.F", "smc-14.18", "/instruments/smc-14.18#020")]
    [InlineData("SMC 14.18", "smc-14.18", "/instruments/smc-14.18")]
    [InlineData("SMC 11.50.570", "smc-11.50", "/instruments/smc-11.50.570")]
    [InlineData("SPD Manual 10060", "spd-manual-10.060", "/instruments/spd-manual-10.060")]
    [InlineData("Ord. 125376", "ord-125376", "/instruments/ord-125376")]
    [InlineData("Laws of 2026 ch. 239", "laws-2026-ch-239", "/instruments/laws-2026-ch-239")]
    [InlineData("AGO 2014 No. 8", "ago-2014-8", "/instruments/ago-2014-8")]
    [InlineData("EO 2017-03", "eo-2017-03", "/instruments/eo-2017-03")]
    [InlineData("RCW 9.73", "rcw-9.73", null)]
    [InlineData("14.18.020", null, null)]
    public void A_citation_links_to_the_page_of_its_registered_instrument(string text, string? instrument, string? link)
    {
        string[] registered =
        [
            "smc-14.18",
            "smc-11.50.570",
            "spd-manual-10.060",
            "ord-125376",
            "laws-2026-ch-239",
            "ago-2014-8",
            "eo-2017-03",
        ];
        Assert.Equal(instrument, Parse(text).InstrumentId);
        Assert.Equal(link, Parse(text).Link(id => registered.Contains(id, StringComparer.Ordinal)));
    }
}
