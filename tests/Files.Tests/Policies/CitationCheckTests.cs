using SurveillanceRegistry.Files.Tests.Fixtures;
using static SurveillanceRegistry.Files.Tests.Fixtures.SamplePaths;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>Citations name known chapters, and rows of the statement cite their instrument.</summary>
public sealed class CitationCheckTests
{
    [Theory]
    [InlineData(
        Technologies,
        "governance: SMC Chapter 14.18",
        "governance: 12.18.020.F",
        "the citation '12.18.020.F'",
        "a chapter of chapters.yaml: RCW 9.73"
    )]
    [InlineData(
        Technologies,
        "governance: SMC Chapter 14.18",
        "governance: SMC Chapter 12.18",
        "the citation 'SMC Chapter 12.18'",
        "a chapter of chapters.yaml: SMC 11.50, 14.12, 14.18"
    )]
    [InlineData(
        Technologies,
        "governance: SMC Chapter 14.18",
        "governance: SMC 12.18.020.F",
        "the citation 'SMC 12.18.020.F'",
        "(perhaps SMC 14.18.020.F)"
    )]
    [InlineData(SurveillanceCode, "(SMC 14.18.020.F)", "(12.18.020.F)", "the citation '12.18.020.F'", "(perhaps 14.18.020.F)")]
    [InlineData(
        HoldingCells,
        "title: SPD Manual 10.060, version effective 2010-07-12",
        "title: SPD Manual 10.600, version effective 2010-07-12",
        "the citation 'SPD Manual 10.600'",
        "a chapter of chapters.yaml: SPD Manual 6.060"
    )]
    [InlineData(City, "RCW 42.56", "RCW 42.65", "the citation 'RCW 42.65'", "a chapter of chapters.yaml: RCW")]
    public void A_citation_of_no_known_chapter_is_reported_on_its_line(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected);

    [Theory]
    [InlineData(
        HoldingCells,
        "citation: SPD Manual 10.060",
        "citation: the manual",
        "'the manual'",
        "a citation such as SPD Manual 16.090 or SMC 14.18"
    )]
    [InlineData(Chapters, "[11.50, 14.12, 14.18]", "[11.50, 14.12, 14-18]", "'14-18'", "a chapter such as 14.18")]
    public void A_text_that_is_no_citation_is_reported_where_one_is_needed(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected);

    [Theory]
    [InlineData(
        Technologies,
        "governance: SMC Chapter 14.18",
        "governance: SMC Chapter 14.12",
        "the citation 'SMC Chapter 14.12'",
        "SMC 14.18, which the row's 'instrument' is"
    )]
    [InlineData(
        Technologies,
        "governance: SMC Chapter 14.18",
        "governance: the surveillance chapter",
        "'the surveillance chapter'",
        "words that cite SMC 14.18"
    )]
    public void A_row_of_the_statement_that_cites_another_instrument_is_reported(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected);
}
