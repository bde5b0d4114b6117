using System.Text;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>
/// Each error is named with its file and line, what was found and what was expected; all of them at once; and nothing is taken from the
/// files.
/// </summary>
public sealed class PolicyFilesTests
{
    private const string City = "policies/city.yaml",
        Technologies = "policies/technologies.yaml",
        Chapters = "policies/chapters.yaml";
    private const string Plates = "policies/instruments/spd-manual-16.170.yaml",
        Cells = "policies/instruments/spd-manual-10.060.yaml",
        Cars = "policies/instruments/spd-manual-16.090.yaml";
    private const string Equipment = "policies/instruments/smc-14.18.yaml",
        Pause = "policies/instruments/mayoral-action-2026-03-19.yaml",
        Pilot = "policies/instruments/spd-manual-16.091.yaml";
    private const string English = "policies/notices/en.yaml",
        Inventory = "devices/sample-city.yaml";

    /// <summary>
    /// File, words in it, words in their place, lines further down on which the problem is reported, what is found, what is expected.
    /// </summary>
    public static TheoryData<string, string, string, int, string, string> Slips() =>
        new()
        {
            // Dates and periods.
            { Plates, "{from: 2019-02-01, to: open}", "{from: 2019-02-30, to: open}", 0, "'2019-02-30'", "a date that the calendar has" },
            {
                Plates,
                "{from: 2019-02-01, to: open}",
                "{from: 2019-02-01, to: 2018-12-31}",
                0,
                "an end (2018-12-31) that is not after the start (2019-02-01)",
                "the first day on which it no longer holds"
            },
            {
                Plates,
                "{from: 2019-02-01, to: open}",
                "{from: 2019-02-01, known_by: 2019, to: open}",
                0,
                "'known_by' beside a known day",
                "'from: unknown'"
            },
            { Plates, "{from: 2019-02-01, to: open}", "{from: 2019-02-01, to: unknown}", 0, "'to: unknown' alone", "'ended_by' beside it" },
            {
                Plates,
                "{from: 2019-02-01, to: open}",
                "{from: 2019-02-01, ended_by: 2020, to: open}",
                0,
                "'ended_by' beside a known end",
                "'to: unknown'"
            },
            { Plates, "{from: 2019-02-01, to: open}", "{to: open}", 0, "no 'from'", "'from': the first day on which it holds" },
            {
                Equipment,
                "{from: 2017-09-01, to: 2018-11-04}",
                "{from: 2017-09-01, to: 2018-11-05}",
                14,
                "a period that overlaps that of version 2 for surveillance-equipment",
                "periods of one instrument that follow each other"
            },
            {
                Cells,
                "{from: 2019-03-01, to: open}",
                "{from: 2001, to: 2002}",
                0,
                "a version that begins before version 1",
                "versions in the order of time"
            },
            { Equipment, "filed: 2013-03-27", "filed: 27 March 2013", 0, "'27 March 2013'", "a date that the calendar has" },
            // Words and ids that nobody knows.
            {
                Plates,
                "      alpr:",
                "      alprs:",
                0,
                "'alprs'",
                "a technology of technologies.yaml: one of in-car-video, body-worn-video, alpr"
            },
            {
                Plates,
                "departments: [police]",
                "departments: [polices]",
                0,
                "'polices'",
                "a department of city.yaml: one of police, transportation, facilities"
            },
            {
                Plates,
                "capture: [stills, plates]",
                "capture: [stills, plate]",
                0,
                "'plate'",
                "one of video, stills, audio, plates, faces, location"
            },
            { Plates, "capture: [stills, plates]", "capture: [plates, plates]", 0, "'plates' again", "each once" },
            { Plates, "capture: [stills, plates]", "capture: stills", 0, "'stills'", "a list, each: one of video" },
            { Plates, "kind: manual-chapter", "kind: manual", 0, "'manual'", "one of manual-chapter, municipal-code" },
            { Plates, "id: spd-manual-16.170", "id: SPD-16.170", 0, "'SPD-16.170'", "an id of small letters" },
            {
                Plates,
                "id: spd-manual-16.170",
                "id: spd-manual-16.171",
                0,
                "'spd-manual-16.171'",
                "'spd-manual-16.170', as the file is named"
            },
            { Plates, "confidence: sourced", "confidence: certain", 0, "'certain'", "one of sourced, secondary, unsure" },
            { Plates, "read_on: 2026-11-23", "read_on: 2026-11", 0, "'2026-11'", "a day that the calendar has" },
            { Plates, "bound: limit, days: 90,", "bound: limit, days: -90,", 0, "'-90'", "a whole number from 0 to 36500" },
            {
                Plates,
                "bound: limit, days: 90,",
                "bound: limit, days: 90, event: end-of-shift,",
                0,
                "both 'days' and 'event'",
                "one of the two"
            },
            { Plates, "bound: limit, days: 90,", "bound: limit,", 0, "neither 'days' nor 'event'", "one of the two" },
            {
                Pilot,
                "superseded_by: spd-manual-16.090",
                "superseded_by: spd-manual-16.099",
                0,
                "'spd-manual-16.099'",
                "another instrument under instruments/"
            },
            {
                Pilot,
                "superseded_by: spd-manual-16.090",
                "superseded_by: spd-manual-16.091",
                0,
                "'spd-manual-16.091'",
                "another instrument under instruments/"
            },
            {
                Pause,
                "capture: []\n        pauses: true",
                "capture: [plates]\n        pauses: true",
                0,
                "captures beside 'pauses: true'",
                "an empty list"
            },
            // Keys.
            {
                Plates,
                "authority: Seattle Police Department",
                "autority: Seattle Police Department",
                0,
                "the unknown key 'autority'",
                "one of id, kind, citation, authority, versions"
            },
            {
                Plates,
                "authority: Seattle Police Department",
                "citation: SPD Manual 16.170",
                0,
                "the key 'citation' again (first on line 5)",
                "each key once"
            },
            { Plates, "title: Automatic License Plate Readers", "title:", 0, "nothing", "a text of 1 to 600 characters" },
            {
                Plates,
                "title: Automatic License Plate Readers",
                "title: \"Automatic\\e[31m Readers\"",
                0,
                "'Automatic?[31m Readers'",
                "a text of 1 to 600 characters"
            },
            // Citations.
            {
                Technologies,
                "governance: SMC Chapter 14.18",
                "governance: 12.18.020.F",
                0,
                "the citation '12.18.020.F'",
                "a chapter of chapters.yaml: RCW 9.73"
            },
            {
                Technologies,
                "governance: SMC Chapter 14.18",
                "governance: SMC Chapter 12.18",
                0,
                "the citation 'SMC Chapter 12.18'",
                "a chapter of chapters.yaml: SMC 11.50, 14.12, 14.18"
            },
            {
                Technologies,
                "governance: SMC Chapter 14.18",
                "governance: SMC 12.18.020.F",
                0,
                "the citation 'SMC 12.18.020.F'",
                "(perhaps SMC 14.18.020.F)"
            },
            {
                Technologies,
                "governance: SMC Chapter 14.18",
                "governance: SMC Chapter 14.12",
                0,
                "the citation 'SMC Chapter 14.12'",
                "SMC 14.18, which the row's 'instrument' is"
            },
            {
                Technologies,
                "governance: SMC Chapter 14.18",
                "governance: the surveillance chapter",
                0,
                "'the surveillance chapter'",
                "words that cite SMC 14.18"
            },
            { Equipment, "(SMC 14.18.020.F)", "(12.18.020.F)", 0, "the citation '12.18.020.F'", "(perhaps 14.18.020.F)" },
            {
                Cells,
                "title: SPD Manual 10.060, version effective 2010-07-12",
                "title: SPD Manual 10.600, version effective 2010-07-12",
                0,
                "the citation 'SPD Manual 10.600'",
                "a chapter of chapters.yaml: SPD Manual 6.060"
            },
            {
                Cells,
                "citation: SPD Manual 10.060",
                "citation: the manual",
                0,
                "'the manual'",
                "a citation such as SPD Manual 16.090 or SMC 14.18"
            },
            { City, "RCW 42.56", "RCW 42.65", 0, "the citation 'RCW 42.65'", "a chapter of chapters.yaml: RCW" },
            { Chapters, "[11.50, 14.12, 14.18]", "[11.50, 14.12, 14-18]", 0, "'14-18'", "a chapter such as 14.18" },
            // The city and its technologies.
            { City, "time_zone: America/Los_Angeles", "time_zone: Pacific", 0, "'Pacific'", "an IANA time zone" },
            { City, "notice_valid_seconds: 90", "notice_valid_seconds: 5", 0, "'5'", "a whole number from 10 to 3600" },
            { City, "languages: [en, es]", "languages: [en, es, so]", 0, "'so' without a file", "the file notices/so.yaml" },
            {
                City,
                "url: https://records",
                "url: http://records",
                0,
                "'http://records.sample-city.example'",
                "a web address that begins with https://"
            },
            { City, "  - id: facilities", "  - id: transportation", 0, "'transportation' again", "each once" },
            { City, "sample: true", "sample: yes", 0, "'yes'", "true or false" },
            { Technologies, "instrument: smc-14.12", "instrument: smc-14.13", 0, "'smc-14.13'", "an instrument under instruments/" },
            // Wording.
            { English, "  fact.maybe: ", "  fact.perhaps: ", 0, "the unknown key 'fact.perhaps'", "a key of the registry" },
            { English, "Not heard from since {time}.", "Not heard from since {tme}.", 0, "{tme} in 'certainty.silent'", "only {time}" },
            {
                English,
                "\"{capture} may be recorded\"",
                "\"Something may be recorded\"",
                0,
                "no {capture} in 'fact.maybe'",
                "a sentence with {capture}"
            },
            {
                English,
                "Not heard from since {time}.",
                "Not heard from since {time}}.",
                0,
                "a brace that belongs to no place in 'certainty.silent'",
                "braces only around time"
            },
            { English, "not-stated: Not stated.", "not-stated: Not stated {why}.", 0, "{why} in 'not-stated'", "a text without places" },
            { English, "format.date: MMMM d, yyyy", "format.date: MMMM d, yyyy HH", 0, "'MMMM d, yyyy HH'", "a pattern for a day" },
            {
                English,
                "format.time: h:mm tt, MMMM d, yyyy",
                "format.time: MMMM d, yyyy",
                0,
                "'MMMM d, yyyy'",
                "a pattern for a time and day"
            },
            { English, "technology.alpr:", "technology.plate-reader:", 0, "the unknown key 'technology.plate-reader'", "technology.<id>" },
            { English, "direction: ltr", "direction: left", 0, "'left'", "ltr or rtl" },
            { English, "language: en", "language: es", 0, "'es'", "'en', as the file is named" },
            // The inventory.
            {
                Inventory,
                "id: body-worn-east-01, kind: body-worn, sensors: [video, audio], fleet: body-worn-east",
                "id: body-worn-east-01, kind: body-worn, sensors: [video, audio], fleet: body-worn-east, place: harbor-bridge",
                0,
                "a place for a mobile unit (body-worn)",
                "mobile units have no position anywhere"
            },
            {
                Inventory,
                "sensors: [video], place: city-hall-lobby, department: facilities, lifecycle: active}\n\n",
                "sensors: [video], department: facilities, lifecycle: active}\n\n",
                0,
                "no 'place' for a fixed unit (facility-camera)",
                "'place': a place of this file"
            },
            {
                Inventory,
                "{id: kiosk-harbor-bridge, place: harbor-bridge}",
                "{id: kiosk-harbor-bridge, place: harbour-bridge}",
                0,
                "'harbour-bridge'",
                "a place of this file: one of east-precinct-lobby"
            },
            { Inventory, "id: in-car-east-02", "id: in-car-east-01", 0, "'in-car-east-01' again", "each once" },
            { Inventory, "id: kiosk-city-hall-garage", "id: kiosk-city-hall-lobby", 0, "'kiosk-city-hall-lobby' again", "each once" },
            {
                Inventory,
                "id: harbor-bridge-plates-1, kind: alpr-fixed, sensors: [stills, plates]",
                "id: harbor-bridge-plates-1, kind: alpr-fixed, sensors: []",
                0,
                "an empty list",
                "a list with at least 1"
            },
            {
                Inventory,
                "id: harbor-bridge-plates-1, kind: alpr-fixed, sensors: [stills, plates]",
                "id: harbor-bridge-plates-1, kind: alpr-fixed, sensors: [stills, smell]",
                0,
                "'smell'",
                "one of video"
            },
            {
                Inventory,
                "id: harbor-bridge-plates-1, kind: alpr-fixed",
                "id: harbor-bridge-plates-1, kind: alpr",
                0,
                "'alpr'",
                "a kind: one of facility-camera"
            },
            { Inventory, "id: harbor-bridge-plates-1", "id: Harbor_Bridge", 0, "'Harbor_Bridge'", "an id of small letters" },
            {
                Inventory,
                "fleets: [body-worn-east, ",
                "fleets: [body-worn-east, body-worn-east, ",
                0,
                "'body-worn-east' again",
                "each once"
            },
            { Inventory, "sample: true", "sample: false", 0, "'false'", "'true', as in city.yaml" },
            // What is no use of YAML here.
            {
                Plates,
                "id: spd-manual-16.170",
                "id: &plates spd-manual-16.170",
                0,
                "an anchor, an alias or a tag",
                "each value written out"
            },
            {
                Plates,
                "id: spd-manual-16.170",
                "id: !!binary spd-manual-16.170",
                0,
                "an anchor, an alias or a tag",
                "each value written out"
            },
            { Plates, "versions:", "---\nversions:", 0, "a second document", "one document in a file" },
        };

    [Theory]
    [MemberData(nameof(Slips))]
    public void Is_named_with_its_line_what_was_found_and_what_was_expected(
        string file,
        string words,
        string others,
        int below,
        string found,
        string expected
    )
    {
        using var city = new SampleCity();
        var line = city.Change(file, words, others) + below;
        var problems = city.Problems();
        var problem = Assert.Single(
            problems,
            one => one.File == file && one.Line == line && one.Found.StartsWith(found, StringComparison.Ordinal)
        );
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        Assert.True(problem.Column >= 1);
        Assert.Null(city.Read().Value);
        Assert.Equal(Echoes(words), problems.Length - 1);
    }

    /// <summary>A key that is misspelt is missing too; nothing else brings a second problem about.</summary>
    private static int Echoes(string words) => words is "authority: Seattle Police Department" or "  fact.maybe: " ? 1 : 0;

    [Fact]
    public void Is_listed_in_full_when_there_is_more_than_one_in_more_than_one_file()
    {
        using var city = new SampleCity();
        var lines = new[]
        {
            (City, city.Change(City, "time_zone: America/Los_Angeles", "time_zone: Mars")),
            (City, city.Change(City, "notice_valid_seconds: 90", "notice_valid_seconds: soon")),
            (Plates, city.Change(Plates, "capture: [stills, plates]", "capture: [smell]")),
            (Plates, city.Change(Plates, "2019-02-01, to", "2019-02-30, to")),
            (English, city.Change(English, "mode.live: ", "mode.life: ")),
            (Inventory, city.Change(Inventory, "id: in-car-east-02, kind: in-car", "id: in-car-east-02, kind: in-boat")),
        };
        var problems = city.Problems();
        Assert.All(lines, line => Assert.Contains(problems, problem => (problem.File, problem.Line) == line));
        Assert.Equal(lines.Length + 1, problems.Length); // and mode.live is missing
        Assert.Null(city.Read().Value);
    }

    [Fact]
    public void Reads_like_a_compilers_message() =>
        Assert.Equal(
            "policies/city.yaml:3:7: found 'x'; expected true or false",
            new FileProblem("policies/city.yaml", 3, 7, "'x'", "true or false").ToString()
        );

    [Theory]
    [InlineData(Technologies)]
    [InlineData(Plates)]
    [InlineData(English)]
    [InlineData(Inventory)]
    public void Is_a_problem_when_the_file_is_not_YAML(string file)
    {
        using var city = new SampleCity();
        city.Write(file, "id: [unclosed\nkind: \"quoted"u8.ToArray());
        Assert.Contains(city.Problems(), problem => problem.File == file && problem.Expected.StartsWith("YAML", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(" : ]")]
    [InlineData(" :\t?")]
    [InlineData("? :\t: :: ")]
    [InlineData("id: [unclosed\nkind: \"quoted")]
    public void Is_a_problem_where_the_YAML_parser_itself_stumbles(string text)
    {
        using var city = new SampleCity();
        city.Write(City, Encoding.UTF8.GetBytes(text));
        Assert.Contains(city.Problems(), problem => problem.File == City);
        Assert.Null(city.Read().Value);
    }

    [Fact]
    public void Is_a_problem_when_the_file_is_not_UTF_8()
    {
        using var city = new SampleCity();
        city.Write(City, [.. "name: Ciudad\nsample: true\n# "u8, 0xF1, .. "\n"u8]);
        Assert.Equal(
            new FileProblem(City, 3, 3, "bytes that are not UTF-8", "a text file in UTF-8"),
            Assert.Single(city.Problems(), problem => problem.File == City)
        );
        city.Write(City, Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("name: Ciudad\n")).ToArray());
        Assert.Equal("bytes that are not UTF-8", Assert.Single(city.Problems(), problem => problem.File == City).Found);
    }

    [Fact]
    public void Is_a_problem_when_the_file_hides_its_rest_behind_a_nul()
    {
        using var city = new SampleCity();
        city.Write(City, [.. File.ReadAllBytes(city.In(City)), 0, .. "\nname: Other\n"u8]);
        Assert.StartsWith("a control character (U+0000)", Assert.Single(city.Problems()).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_no_problem_when_an_editor_wrote_a_byte_order_mark_or_other_line_ends()
    {
        using var city = new SampleCity();
        city.Write(City, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(File.ReadAllText(city.In(City)).Replace("\n", "\r\n"))]);
        Assert.Empty(city.Problems());
    }

    [Fact]
    public void Is_a_problem_when_the_file_is_too_large_too_deep_empty_or_gone()
    {
        using var city = new SampleCity();
        Assert.Equal($"{PolicyFiles.MaxBytes + 1} bytes", Only(new byte[PolicyFiles.MaxBytes + 1]));
        Assert.Equal("more than 16 levels", Only(Encoding.UTF8.GetBytes(new string('[', 100_000))));
        Assert.Equal("an empty file", Only([]));
        Assert.Equal("an empty file", Only("# nothing but a remark\n"u8.ToArray()));
        File.Delete(city.In(City));
        Assert.Equal("no such file", Assert.Single(city.Problems(), problem => problem.File == City).Found);

        string Only(byte[] bytes)
        {
            city.Write(City, bytes);
            return Assert.Single(city.Problems(), problem => problem.File == City).Found;
        }
    }

    [Fact]
    public void Is_a_problem_when_a_file_or_a_folder_would_be_passed_over_unseen()
    {
        using var city = new SampleCity();
        File.Copy(city.In(Plates), city.In("policies/instruments/spd-manual-16.171.yml"));
        Assert.Equal("a name that ends with .yml", Assert.Single(city.Problems()).Found);
        Directory.Delete(city.In("policies/instruments"), recursive: true);
        Assert.Contains(
            city.Problems(),
            problem => problem.File == "policies/instruments" && problem.Found.StartsWith("no such folder", StringComparison.Ordinal)
        );
    }
}
