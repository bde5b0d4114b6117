using System.Collections.Immutable;
using CsCheck;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Tests.Policies.Law;

/// <summary>Properties of citations that hold for any text.</summary>
public sealed class CitationPropertyTests
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

    private static Gen<string> Digits(int minLength, int maxLength) =>
        Gen.String[Gen.Char["0123456789"], minLength, maxLength].Select(digits => digits[0] == '0' ? "1" + digits[1..] : digits);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<T> OrNull<T>(Gen<T> gen)
        where T : class? => Gen.Bool.SelectMany(isPresent => isPresent ? gen : gen.Select(_ => (T)null!));

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
        from levels in OrNull(Gen.String[Gen.Char["abzABZ019"], 1, 4].Array[1, 4].Select(parts => string.Join('.', parts)))
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
    public void A_citation_reads_from_the_text_that_it_wrote() =>
        Any.Sample(
            citation =>
            {
                Assert.Equal(citation, Parse(citation.ToString()));
                Assert.Equal(citation.ToString(), Parse("  " + citation + "\t").ToString());
                Assert.Equal(citation, Assert.Single(Citation.FindIn($"as it stands ({citation}), and no other.")));
                Assert.True(citation.InstrumentId is null || Identifier.IsValid(citation.InstrumentId, dots: true), citation.InstrumentId);
            },
            iter: Rounds.Of(20_000)
        );

    private static readonly string[] Fragments =
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
    public void A_search_in_any_text_throws_no_exception()
    {
        Gen.String.Sample(AssertConsistent, iter: Rounds.Of(5_000));
        Gen.String[Gen.Char["SMCPDRWOL anul()0123456789.F-"], 0, 60].Sample(AssertConsistent, iter: Rounds.Of(20_000));
        OneOf(Fragments).Array[0, 20].Select(string.Concat).Sample(AssertConsistent, iter: Rounds.Of(20_000));
    }

    private static void AssertConsistent(string text)
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
    public void A_search_in_a_hostile_text_takes_time_linear_in_its_length(string fragment)
    {
        // Ten times the text takes about ten times as long. A search of quadratic time would take a hundred times as long.
        var shortText = Enumerable.Range(0, 3).Min(_ => TimeOfSearch(fragment, 30_000));
        var longText = Enumerable.Range(0, 3).Min(_ => TimeOfSearch(fragment, 300_000));
        Assert.InRange(longText / shortText, 0, 50);
    }

    private static TimeSpan TimeOfSearch(string fragment, int length)
    {
        var text = string.Concat(Enumerable.Repeat(fragment, length / fragment.Length));
        // The time of the processor: other work on the machine makes no difference.
        var before = Environment.CpuUsage.TotalTime;
        _ = Citation.FindIn(text, Known).Count();
        _ = Citation.TryParse(text, Known, out _);
        return Environment.CpuUsage.TotalTime - before;
    }
}
