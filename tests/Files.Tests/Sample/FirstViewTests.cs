using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Files.Tests.Fixtures;
using Capture = SurveillanceRegistry.Domain.Devices.Capture;

namespace SurveillanceRegistry.Files.Tests.Sample;

/// <summary>What is read in five seconds says the most with its certainty, leaves no fact out, and stays short and plain.</summary>
public sealed partial class FirstViewTests
{
    private static readonly Dictionary<Capture, (string English, string Spanish)> Names = new()
    {
        [Capture.Video] = ("video", "video"),
        [Capture.Stills] = ("photos", "fotos"),
        [Capture.Audio] = ("sound", "sonido"),
        [Capture.Plates] = ("license plates", "placas"),
        [Capture.Faces] = ("faces", "rostros"),
        [Capture.Location] = ("location", "ubicación"),
    };

    private static readonly PlaceFleet Fleet = new("body-worn-east", "body-worn-video", "police", [Capture.Video, Capture.Audio]);

    private static readonly Gen<NoticeContent> AnyCity =
        from devices in SampleNoticesTests.AnyDevice.Array[0, 6]
        from hasFleet in Gen.Bool
        select Compose(devices, hasFleet ? [Fleet] : []);

    private static NoticeContent Compose(CoveringDevice[] devices, ImmutableArray<PlaceFleet> fleets) =>
        NoticeComposer.Compose(
            SampleNoticesTests.Lobby,
            [.. devices],
            SampleCity.Opening.Governance,
            SampleNoticesTests.Today,
            "https://city.example",
            fleets
        );

    /// <summary>Every face of a notice in every language.</summary>
    private static IEnumerable<(NoticeBody Body, string Language, FirstView View)> Views(NoticeContent content) =>
        from body in new[] { content.Now, content.Worst }
        from text in body.Languages
        select (body, text.Key, text.Value.FirstView);

    [Fact]
    public void Every_capture_has_one_row_and_every_fact_stands_in_it_once() =>
        AnyCity.Sample(
            content =>
            {
                foreach (var (body, _, view) in Views(content))
                {
                    if (!body.Facts.IsEmpty)
                        Assert.Equal(
                            // What no rule allows comes first.
                            body.Facts.GroupBy(fact => fact.Capture)
                                .OrderByDescending(same => same.Any(fact => fact.UnderReview))
                                .ThenBy(same => same.Key)
                                .Select(same => (Capture?)same.Key),
                            view.Rows.Select(row => row.Capture)
                        );
                    Assert.Equal(
                        Enumerable.Range(0, body.Facts.Length),
                        view.Rows.SelectMany(row => row.States).SelectMany(state => state.Facts).Order()
                    );
                    foreach (var row in view.Rows)
                    {
                        foreach (var state in row.States)
                            Assert.All(state.Facts, fact => Assert.Equal(row.Capture, body.Facts[fact].Capture));
                    }
                }
            },
            iter: Rounds.Of(500)
        );

    [Fact]
    public void A_row_says_of_each_fact_its_mode_and_certainty_and_what_no_rule_allows() =>
        AnyCity.Sample(
            content =>
            {
                foreach (var body in new[] { content.Now, content.Worst })
                {
                    foreach (var state in body.Languages["en"].FirstView.Rows.SelectMany(row => row.States))
                    {
                        foreach (var fact in state.Facts.Select(index => body.Facts[index]))
                        {
                            Assert.EndsWith(
                                fact.Certainty != FactCertainty.Reported ? ": may be recorded"
                                    : fact.Mode == Mode.Recorded ? ": recorded now"
                                    : ": live now",
                                state.Text,
                                StringComparison.Ordinal
                            );
                            Assert.True(!fact.Exceeds || state.Exceeds.Length > 0, state.Text);
                            Assert.True(!fact.UnderReview || state.Exceeds.StartsWith("No rule allows this", StringComparison.Ordinal));
                        }

                        Assert.True(state.Exceeds.Length == 0 || state.Facts.Any(index => body.Facts[index].Exceeds), state.Exceeds);
                    }
                }
            },
            iter: Rounds.Of(500)
        );

    [Fact]
    public void The_headline_says_the_most_of_every_capture_with_its_certainty() =>
        AnyCity.Sample(
            content =>
            {
                foreach (var (body, language, view) in Views(content).Where(view => !view.Body.Facts.IsEmpty))
                {
                    var sentences = view.Headline.Split(". ").ToDictionary(KindOf);
                    var captures = body.Facts.GroupBy(fact => fact.Capture).ToDictionary(same => same.Key, same => Most([.. same]));
                    Assert.Equal(captures.Values.Distinct().Order(), sentences.Keys.Order());
                    foreach (var (capture, most) in captures)
                    {
                        var isNamed = IsNamed(sentences[most], capture, language);
                        Assert.True(isNamed || captures.Count > 3 && More().IsMatch(sentences[most]), $"{capture}: {view.Headline}");
                        // No other sentence names it: it would say less, or claim more certainty.
                        Assert.DoesNotContain(sentences, other => other.Key != most && IsNamed(other.Value, capture, language));
                    }
                }

                static string Most(NoticeFact[] facts) =>
                    facts.Any(fact => fact is { Certainty: FactCertainty.Reported, Mode: Mode.Recorded }) ? "recorded"
                    : facts.Any(fact => fact.Certainty == FactCertainty.Unknown) ? "maybe"
                    : "live";
            },
            iter: Rounds.Of(500)
        );

    [Fact]
    public void The_first_view_of_any_city_has_60_words_and_20_for_each_further_fact() =>
        AnyCity.Sample(
            content =>
            {
                foreach (var (body, language, view) in Views(content))
                {
                    var words = Words(content, body, language);
                    // Spanish says the same with a tenth more words: articles and "de".
                    var max = (60 + 20 * (Math.Max(body.Facts.Length, view.Rows.Length) - 1)) * (language == "es" ? 1.1 : 1);
                    Assert.True(words.Length <= max, $"{words.Length} of {max}: {string.Join(' ', words)}");
                    Assert.True(body.Facts.IsEmpty || view.Items.Length >= 4, string.Join(' ', words));
                }
            },
            iter: Rounds.Of(500)
        );

    [Fact]
    public void The_English_first_view_of_any_city_can_be_read_at_grade_8() =>
        AnyCity.Sample(
            content =>
            {
                foreach (var (_, _, view) in Views(content).Where(view => view.Language == "en"))
                {
                    var grade = ReadingGrade.Of(Plain(SampleNoticesTests.ViewSentences(view)));
                    Assert.True(grade <= 8, $"{grade:0.0}: {string.Join(' ', SampleNoticesTests.ViewSentences(view))}");
                }
            },
            iter: Rounds.Of(500)
        );

    [Fact]
    public void The_English_first_layer_of_any_city_can_be_read_at_grade_8() =>
        AnyCity.Sample(
            content =>
            {
                foreach (var body in new[] { content.Now, content.Worst })
                {
                    var items = body.Languages["en"].FirstLayer.Select(item => item.Text);
                    var grade = ReadingGrade.Of(Plain(items));
                    Assert.True(grade <= 8, $"{grade:0.0}: {string.Join(" | ", Plain(items))}");
                }
            },
            iter: Rounds.Of(500)
        );

    [Fact]
    public void A_lobby_that_records_sound_is_answered_in_one_look()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-lobby-1");
        var content = SampleNoticesTests.Compose(SampleNoticesTests.Observed(camera, PresenceState.Online, _ => Mode.Recorded));
        var view = content.Now.Languages["en"].FirstView;
        Assert.Equal("Video and sound are recorded here", view.Headline);
        Assert.Equal(
            ["Sound: recorded now; Since 3:05 PM, Nov 23; No rule allows this", "Video: recorded now; Since 3:05 PM, Nov 23; "],
            view.Rows.SelectMany(row => row.States).Select(state => $"{state.Text}; {state.Detail}; {state.Exceeds}")
        );
        Assert.Equal(
            [
                "Who: Sample City Police Department, 206-555-0110",
                "Why: For the health and safety of people here.",
                "Rule: SPD Manual 10.060, Holding Cell and Security Video",
                "Storage: Not published by the City",
                "Ask or read more: city.example/places/east-precinct-lobby",
            ],
            view.Items.Select(item => $"{item.Label}: {item.Text}")
        );
        Assert.Equal("Aquí se graban video y sonido", content.Now.Languages["es"].FirstView.Headline);
        Assert.Equal("Video and sound may be recorded here", content.Worst.Languages["en"].FirstView.Headline);
    }

    [Fact]
    public void A_place_whose_sensors_are_off_is_told_what_they_can_record()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-lobby-1");
        var view = SampleNoticesTests
            .Compose(SampleNoticesTests.Observed(camera, PresenceState.Online, _ => Mode.Off))
            .Now.Languages["en"]
            .FirstView;
        Assert.Equal("Video and sound can be recorded here", view.Headline);
        Assert.All(view.Rows, row => Assert.Equal("Off in the last report; this can change", row.States.Single().Detail));
        view = SampleNoticesTests.Compose().Now.Languages["en"].FirstView;
        Assert.Equal(
            ("No City device is registered here", "Others may be present"),
            (view.Headline, view.Rows.Single().States.Single().Text)
        );
    }

    [Fact]
    public void A_silent_camera_that_was_live_may_record_and_its_row_says_since_when()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-holding-1");
        var view = SampleNoticesTests
            .Compose(SampleNoticesTests.Observed(camera, PresenceState.Silent, _ => Mode.Live))
            .Now.Languages["en"]
            .FirstView;
        Assert.Equal("Video may be recorded here", view.Headline);
        Assert.Equal("Unknown since 3:05 PM, Nov 23", view.Rows.Single().States.Single().Detail);
    }

    private static string KindOf(string sentence) =>
        Maybe().IsMatch(sentence) ? "maybe"
        : Live().IsMatch(sentence) ? "live"
        : "recorded";

    private static bool IsNamed(string sentence, Capture capture, string language) =>
        sentence.Contains(language == "es" ? Names[capture].Spanish : Names[capture].English, StringComparison.OrdinalIgnoreCase);

    private static string[] Words(NoticeContent content, NoticeBody body, string language)
    {
        var text = body.Languages[language];
        var technologies = text
            .FirstView.Rows.SelectMany(row => row.States)
            .SelectMany(state => state.Facts.Select(fact => text.Facts[fact].Technology).Distinct());
        return
        [
            .. SampleNoticesTests
                .ViewSentences(text.FirstView)
                .Concat(technologies)
                .Concat(text.FirstView.Items.Select(item => item.Item == "more" ? $"{item.Label} {item.Text}" : item.Label))
                .Append(content.Name)
                .Append(content.City)
                .SelectMany(ReadingGrade.Words),
        ];
    }

    /// <summary>Texts without names of rules, technologies and offices, numbers and addresses: they are not the wording's.</summary>
    private static IEnumerable<string> Plain(IEnumerable<string> sentences)
    {
        var (city, table) = (SampleCity.Opening.Governance.City, SampleCity.Opening.Governance.Table);
        var wording = SampleCity.Opening.Governance.Wordings.Single(one => one.Language == "en");
        var names = table
            .Instruments.SelectMany(one => one.Versions.Select(version => version.Title).Append(one.Citation))
            .Concat(table.Technologies.Select(one => wording.TextOf("technology." + one.Id)))
            .Concat(city.Departments.SelectMany(one => (string[])[one.Name, one.Phone]))
            .Concat([city.Records.Name, city.Records.Phone, city.Records.Url, city.Records.Law])
            .OrderByDescending(name => name.Length)
            .ToArray();
        return sentences.Select(sentence =>
            names.Aggregate(sentence, (text, name) => text.Replace(name, "", StringComparison.OrdinalIgnoreCase)).Trim(' ', ',')
        );
    }

    [GeneratedRegex("may be|es posible", RegexOptions.IgnoreCase)]
    private static partial Regex Maybe();

    [GeneratedRegex("live|en vivo", RegexOptions.IgnoreCase)]
    private static partial Regex Live();

    [GeneratedRegex(@"\bmore\b|\bmás\b")]
    private static partial Regex More();
}
