using SurveillanceRegistry.Files.Tests.Fixtures;
using static SurveillanceRegistry.Files.Tests.Fixtures.SamplePaths;

namespace SurveillanceRegistry.Files.Tests.Policies.Instruments;

/// <summary>Errors in the file of an instrument are reported on their line.</summary>
public sealed class InstrumentFileTests
{
    [Theory]
    [InlineData(
        PlateReaders,
        "{from: 2019-02-01, to: open}",
        "{from: 2019-02-30, to: open}",
        "'2019-02-30'",
        "a date that the calendar has"
    )]
    [InlineData(
        PlateReaders,
        "{from: 2019-02-01, to: open}",
        "{from: 2019-02-01, to: 2018-12-31}",
        "an end (2018-12-31) that is not after the start (2019-02-01)",
        "the first day on which it no longer holds"
    )]
    [InlineData(
        PlateReaders,
        "{from: 2019-02-01, to: open}",
        "{from: 2019-02-01, known_by: 2019, to: open}",
        "'known_by' beside a known day",
        "'from: unknown'"
    )]
    [InlineData(
        PlateReaders,
        "{from: 2019-02-01, to: open}",
        "{from: 2019-02-01, to: unknown}",
        "'to: unknown' alone",
        "'ended_by' beside it"
    )]
    [InlineData(
        PlateReaders,
        "{from: 2019-02-01, to: open}",
        "{from: 2019-02-01, ended_by: 2020, to: open}",
        "'ended_by' beside a known end",
        "'to: unknown'"
    )]
    [InlineData(PlateReaders, "{from: 2019-02-01, to: open}", "{to: open}", "no 'from'", "'from': the first day on which it holds")]
    [InlineData(SurveillanceCode, "filed: 2013-03-27", "filed: 27 March 2013", "'27 March 2013'", "a date that the calendar has")]
    public void A_wrong_date_or_period_is_reported_on_its_line(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected);

    [Fact]
    public void An_end_before_the_text_was_passed_is_reported_on_its_line() =>
        ProblemAssert.Reports(
            PlateReaders,
            "{from: 2019-02-01, to: open}",
            "{from: unknown, not_before: 2021-03-15, to: 2020-12-31}",
            "an end (2020-12-31) that is not after the day before which it cannot have held (2021-03-15)",
            "an end after the text was passed"
        );

    public static TheoryData<string, string, string, string, string> UnknownIds() =>
        new()
        {
            {
                PlateReaders,
                "      alpr:",
                "      alprs:",
                "'alprs'",
                "a technology of technologies.yaml: one of in-car-video, body-worn-video, alpr"
            },
            {
                PlateReaders,
                "departments: [police]",
                "departments: [polices]",
                "'polices'",
                "a department of city.yaml: one of police, transportation, facilities"
            },
            { PlateReaders, "id: spd-manual-16.170", "id: SPD-16.170", "'SPD-16.170'", "an id of small letters" },
            {
                PlateReaders,
                "id: spd-manual-16.170",
                "id: spd-manual-16.171",
                "'spd-manual-16.171'",
                "'spd-manual-16.170', as the file is named"
            },
            {
                BodyWornPilot,
                "superseded_by: spd-manual-16.090",
                "superseded_by: spd-manual-16.099",
                "'spd-manual-16.099'",
                "another instrument under instruments/"
            },
            {
                BodyWornPilot,
                "superseded_by: spd-manual-16.090",
                "superseded_by: spd-manual-16.091",
                "'spd-manual-16.091'",
                "another instrument under instruments/"
            },
        };

    public static TheoryData<string, string, string, string, string> WrongWords() =>
        new()
        {
            {
                PlateReaders,
                "capture: [stills, plates]",
                "capture: [stills, plate]",
                "'plate'",
                "one of video, stills, audio, plates, faces, location"
            },
            { PlateReaders, "capture: [stills, plates]", "capture: [plates, plates]", "'plates' again", "each once" },
            { PlateReaders, "capture: [stills, plates]", "capture: stills", "'stills'", "a list, each: one of video" },
            { PlateReaders, "kind: manual-chapter", "kind: manual", "'manual'", "one of manual-chapter, municipal-code" },
            { PlateReaders, "confidence: sourced", "confidence: certain", "'certain'", "one of sourced, secondary, unsure" },
        };

    public static TheoryData<string, string, string, string, string> WrongValues() =>
        new()
        {
            { PlateReaders, "read_on: 2026-11-23", "read_on: 2026-11", "'2026-11'", "a day that the calendar has" },
            { PlateReaders, "bound: limit, days: 90,", "bound: limit, days: -90,", "'-90'", "a whole number from 0 to 36500" },
            {
                PlateReaders,
                "bound: limit, days: 90,",
                "bound: limit, days: 90, event: end-of-shift,",
                "'days' beside 'event'",
                "one of 'days', 'months', 'years' and 'event'"
            },
            {
                PlateReaders,
                "effective: {from: 2019-02-01, ",
                "effective: {from: 2019-02-01, condition: The mayor ends the pause, ",
                "'condition' beside a known date",
                "only with 'from: unknown'"
            },
            {
                PlateReaders,
                "bound: limit, days: 90,",
                "bound: limit,",
                "none of 'days', 'months', 'years' and 'event'",
                "one of 'days', 'months', 'years' and 'event'"
            },
            {
                MayoralPause,
                "capture: []\n        pauses: true",
                "capture: [plates]\n        pauses: true",
                "captures beside 'pauses: true'",
                "an empty list"
            },
        };

    [Theory]
    [MemberData(nameof(UnknownIds))]
    [MemberData(nameof(WrongWords))]
    [MemberData(nameof(WrongValues))]
    public void An_unknown_word_or_id_is_reported_on_its_line(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected);

    [Theory]
    [InlineData(
        PlateReaders,
        "authority: Seattle Police Department",
        "autority: Seattle Police Department",
        "the unknown key 'autority'",
        "one of id, kind, citation, authority, versions"
    )]
    [InlineData(
        PlateReaders,
        "authority: Seattle Police Department",
        "citation: SPD Manual 16.170",
        "the key 'citation' again (first on line 5)",
        "each key once"
    )]
    public void A_misspelt_or_repeated_key_is_reported_beside_the_missing_one(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected, otherProblems: 1);

    [Theory]
    [InlineData(PlateReaders, "title: Automatic License Plate Readers", "title:", "nothing", "a text of 1 to 600 characters")]
    [InlineData(
        PlateReaders,
        "title: Automatic License Plate Readers",
        "title: \"Automatic\\e[31m Readers\"",
        "'Automatic?[31m Readers'",
        "a text of 1 to 600 characters"
    )]
    public void A_text_that_is_empty_or_has_control_characters_is_reported_on_its_line(
        string file,
        string text,
        string replacement,
        string found,
        string expected
    ) => ProblemAssert.Reports(file, text, replacement, found, expected);
}
