using System.Collections.Immutable;
using System.Diagnostics;
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
    public void Is_read_from_the_ways_in_which_people_write_it(string text, params string[] citations) =>
        Assert.Equal(citations, Citation.FindIn(text).Select(citation => citation.ToString()));

    [Theory]
    [InlineData("on 2019-02-01, at 10.30, version 5.2.0.1603")]
    [InlineData("spd-manual-16.090, smc-11.50.570, ord-125376")]
    [InlineData("SPD Manual, edition of 2014; SPD Manual 2014")]
    [InlineData("206-555-0110 or 206.555.0110")]
    [InlineData("16091 or 16.091, when nobody knows the chapters of the manual")]
    [InlineData("in 2016 and Ordinances of 2017")]
    [InlineData("SMC 14.1, RCW 9, CB 12, Ordinance 1234567890")]
    public void Is_not_seen_where_there_is_none(string text) => Assert.Empty(Citation.FindIn(text));

    [Theory]
    [InlineData("SMC 14.18.020.F", Citation.MunicipalCode, "14", "18", "020", "F")]
    [InlineData("14.18.10", null, "14", "18", "010", null)]
    [InlineData("RCW 42.56.240(14)", Citation.StateCode, "42", "56", "240", "14")]
    [InlineData("SPD Manual Chapter  10.060", Citation.Manual, "10", "060", null, null)]
    [InlineData("Ord 125376 (CB 118930)", Citation.Ordinance, null, "125376", null, null)]
    [InlineData("Laws of 2026 ch. 239", Citation.SessionLaw, "2026", "239", null, null)]
    [InlineData("AGO 2014 No. 8", Citation.AttorneyGeneral, "2014", "8", null, null)]
    [InlineData("EO 2017-3", Citation.ExecutiveOrder, "2017", "03", null, null)]
    public void Keeps_its_parts_apart(string text, string? code, string? title, string chapter, string? section, string? subsection)
    {
        var citation = Parse(text);
        Assert.Equal(
            (code, title, chapter, section, subsection),
            (citation.Code, citation.Title, citation.Chapter, citation.Section, citation.Subsection)
        );
    }

    [Fact]
    public void Keeps_the_words_as_they_were_written_and_the_bill_of_an_ordinance()
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
    public void Is_the_whole_text_but_for_blanks_around_it(string? text) =>
        Assert.Equal(text == "SMC 14.18 \u00A0", Citation.TryParse(text, out var citation) && citation.ToString() == "SMC 14.18");

    [Theory]
    [InlineData("16091", "SPD Manual 16.091")]
    [InlineData("16.091", "SPD Manual 16.091")]
    [InlineData("6060", "SPD Manual 6.060")]
    [InlineData("SPD Manual 6060", "SPD Manual 6.060")]
    [InlineData("16092", null)]
    [InlineData("2019", null)]
    public void Is_read_without_the_manuals_name_when_that_chapter_is_known(string text, string? read) =>
        Assert.Equal(read, Citation.TryParse(text, Known, out var citation) ? citation.ToString() : null);

    [Fact]
    public void Is_found_without_the_manuals_name_between_others_once_each() =>
        Assert.Equal(
            ["SPD Manual 16.091", "SPD Manual 16.090", "SPD Manual 16.170"],
            Citation.FindIn("16091, SPD Manual 16.090 and 16.170; not 98101 nor 16.099", Known).Select(citation => citation.ToString())
        );

    [Fact]
    public void Means_the_same_however_it_is_written_and_another_section_means_another_text()
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
    public void Of_a_chapter_that_nobody_knows_most_likely_means_the_one_that_is_spelt_most_like_it(string slip, string? meant)
    {
        Assert.False(Known.Knows(Parse(slip)));
        Assert.Equal(meant, Known.Nearest(Parse(slip))?.ToString());
    }

    [Fact]
    public void Of_what_has_no_chapters_is_no_slip() =>
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
    public void Leads_to_the_page_of_its_instrument_where_one_is_registered(string text, string? instrument, string? link)
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

    private static Gen<string> Digits(int least, int most) =>
        Gen.String[Gen.Char["0123456789"], least, most].Select(digits => digits[0] == '0' ? "1" + digits[1..] : digits);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(at => values[at]);

    private static Gen<T> Sometimes<T>(Gen<T> gen)
        where T : class? => Gen.Bool.SelectMany(there => there ? gen : gen.Select(_ => (T)null!));

    private static readonly Gen<Citation> Any =
        from code in OneOf<string?>([.. Citation.Codes, null])
        from title in Digits(1, 2)
        from year in Digits(4, 4)
        from chapter in code switch
        {
            Citation.Manual => Gen.String[Gen.Char["0123456789"], 3, 3],
            Citation.MunicipalCode or Citation.StateCode or null => Gen.String[Gen.Char["0123456789"], 2, 3],
            Citation.ExecutiveOrder => Digits(2, 3),
            Citation.SessionLaw or Citation.AttorneyGeneral => Digits(1, 3),
            _ => Digits(5, 7),
        }
        from section in Gen.String[Gen.Char["0123456789"], 3, 3]
        from cited in Gen.Bool
        from levels in Sometimes(Gen.String[Gen.Char["abzABZ019"], 1, 4].Array[1, 4].Select(parts => string.Join('.', parts)))
        let chaptered = code is null or Citation.Manual or Citation.MunicipalCode or Citation.StateCode
        select new Citation(
            code,
            chaptered ? title
                : code is Citation.SessionLaw or Citation.AttorneyGeneral or Citation.ExecutiveOrder ? year
                : null,
            chapter,
            code is null || chaptered && code != Citation.Manual && cited ? section : null,
            chaptered ? levels : null,
            ""
        );

    [Fact]
    public void Written_out_and_read_again_is_the_same() =>
        Any.Sample(
            citation =>
            {
                Assert.Equal(citation, Parse(citation.ToString()));
                Assert.Equal(citation.ToString(), Parse("  " + citation + "\t").ToString());
                Assert.Equal(citation, Assert.Single(Citation.FindIn($"as it stands ({citation}), and no other.")));
                Assert.True(citation.InstrumentId is null || Identifier.IsValid(citation.InstrumentId, dots: true), citation.InstrumentId);
            },
            iter: 20_000
        );

    private static readonly string[] Shreds =
    [
        "SMC",
        "RCW",
        "SPD",
        ")",
        " Manual ",
        " Chapter ",
        " ",
        "\u00A0",
        "\u2003",
        "14.18",
        ".020",
        ".F",
        "(14)",
        "(",
        "16091",
        "6060",
        "Ord. ",
        "Ordinance ",
        "125376",
        " (CB ",
        "Laws of ",
        "2026",
        " ch. ",
        "EO ",
        "2017-",
        "03",
        "AGO ",
        " No. ",
        "٣",
        "K",
        "ſ",
        "\uD800",
        "§",
        "\n",
        "-",
        "…",
    ];

    [Fact]
    public void Is_sought_in_any_text_without_a_fault()
    {
        Gen.String.Sample(Soundly, iter: 5_000);
        Gen.String[Gen.Char["SMCPDRWOL anul()0123456789.F-"], 0, 60].Sample(Soundly, iter: 20_000);
        OneOf(Shreds).Array[0, 20].Select(string.Concat).Sample(Soundly, iter: 20_000);
    }

    private static void Soundly(string text)
    {
        foreach (var citation in Citation.FindIn(text).Concat(Citation.FindIn(text, Known)))
        {
            Assert.Contains(citation.Original, text, StringComparison.Ordinal);
            Assert.Equal(citation, Parse(citation.ToString()));
            Assert.True(citation.Original.All(c => !char.IsDigit(c) || char.IsAsciiDigit(c)));
            _ = (citation.InstrumentId, Known.Knows(citation), Known.Nearest(citation));
        }

        if (Citation.TryParse(text, Known, out var whole))
            Assert.Equal(text, whole.Original);
    }

    [Theory]
    [InlineData("SMC ")]
    [InlineData(" ")]
    [InlineData("SPD Manual\u00A0")]
    [InlineData("14.18.020.F.1.a ")]
    [InlineData("RCW 42.56.240(1)(2)(3)(4)(5)(6)")]
    [InlineData("(14)")]
    [InlineData("1")]
    [InlineData("Ord. 125376 (CB ")]
    [InlineData("Seattle Municipal Code ")]
    [InlineData("16.091 ")]
    public void Is_sought_in_a_hostile_text_as_fast_as_in_any_other_of_its_length(string shred)
    {
        // A million characters take a fraction of a second; were the search slower than the length, they would take hours.
        var text = string.Concat(Enumerable.Repeat(shred, 1_000_000 / shred.Length));
        var clock = Stopwatch.StartNew();
        _ = Citation.FindIn(text, Known).Count();
        _ = Citation.TryParse(text, Known, out _);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), clock.Elapsed.ToString());
    }
}
