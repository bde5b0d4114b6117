using SurveillanceRegistry.Files.Tests.Fixtures;
using static SurveillanceRegistry.Files.Tests.Fixtures.SamplePaths;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>Errors in the sentences of notices are reported on their line.</summary>
public sealed class WordingFileTests
{
    [Theory]
    [InlineData(English, "  fact.maybe: ", "  fact.perhaps: ", "the unknown key 'fact.perhaps'", "a key of the registry")]
    public void A_misspelt_key_is_reported_beside_the_missing_one(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected, otherProblems: 1);

    [Theory]
    [InlineData(English, "No report since {time}.", "No report since {tme}.", "{tme} in 'certainty.silent'", "only {time}")]
    [InlineData(
        English,
        "\"{capture} may be recorded\"",
        "\"Something may be recorded\"",
        "no {capture} in 'fact.maybe'",
        "a sentence with {capture}"
    )]
    [InlineData(
        English,
        "No report since {time}.",
        "No report since {time}}.",
        "a brace that belongs to no placeholder in 'certainty.silent'",
        "braces only around time"
    )]
    [InlineData(
        English,
        "not-stated: Not stated.",
        "not-stated: Not stated {why}.",
        "{why} in 'not-stated'",
        "a text without placeholders"
    )]
    public void A_missing_or_unknown_placeholder_is_reported_on_its_line(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected);

    [Theory]
    [InlineData(English, "format.date: MMMM d, yyyy", "format.date: MMMM d, yyyy HH", "'MMMM d, yyyy HH'", "a pattern for a day")]
    [InlineData(
        English,
        "format.time: h:mm tt, MMMM d, yyyy",
        "format.time: MMMM d, yyyy",
        "'MMMM d, yyyy'",
        "a pattern for a time and day"
    )]
    [InlineData(English, "technology.alpr:", "technology.plate-reader:", "the unknown key 'technology.plate-reader'", "technology.<id>")]
    [InlineData(English, "direction: ltr", "direction: left", "'left'", "ltr or rtl")]
    [InlineData(English, "language: en", "language: es", "'es'", "'en', as the file is named")]
    public void A_wrong_value_of_a_wording_file_is_reported_on_its_line(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected);
}
