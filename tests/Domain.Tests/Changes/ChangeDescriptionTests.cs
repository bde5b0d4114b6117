using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CsCheck;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes;

/// <summary>What was changed, as people read it in the history.</summary>
public sealed class ChangeDescriptionTests
{
    private static readonly Source Read = new("The manual", "https://manual.example", Generators.Today, Confidence.Sourced);

    private static readonly Rule Rule = new(
        "alpr",
        [Capture.Stills, Capture.Plates],
        [
            new Retention(RetentionBound.Limit, 90, null, "patrol reads"),
            new Retention(RetentionBound.Limit, null, RetentionEvent.EndOfShift, "parking reads"),
        ],
        [new RequiredNotice(NoticeDuty.PostedSign)],
        new RecordsAccess(RecordsAccessKind.NotKnown),
        ["police"]
    );

    private static readonly Instrument Manual = new(
        "manual-1",
        InstrumentKind.ManualChapter,
        "Manual 1",
        "the Department",
        [
            new InstrumentVersion(
                1,
                "Plate readers",
                new EffectivePeriod(LawDate.Parse("2019-02-01")),
                null,
                null,
                null,
                null,
                null,
                Read,
                [Rule]
            ),
        ]
    );

    private static readonly GovernanceSnapshot Names = Generators.Make([Manual, Manual with { Id = "law-2", Citation = "Law 2" }])
        is var made
        ? made with
        {
            Table = new GovernanceTable(
                [new Technology("alpr", "Plate readers", null, null, null), new Technology("facility-camera", "Cameras", null, null, null)],
                made.Table.Instruments
            ),
        }
        : null!;

    [Fact]
    public void Names_figure_data_and_basis_of_a_retention_limit()
    {
        var sentence = Assert.Single(Of(rule => rule with { Retention = [rule.Retention[0] with { Days = 21 }, rule.Retention[1]] }));
        Assert.Equal("changed the retention limit from 90 days to 21 days (patrol reads)", sentence.What);
        Assert.Equal("Version 1, from February 1, 2019, for Plate readers", sentence.Where);
        Assert.EndsWith(
            "changed the retention limit from 90 days to 21 days (patrol reads), under Laws of 2026, ch. 239",
            sentence.Under(Read with { Title = "Laws of 2026, ch. 239" })
        );
    }

    public static TheoryData<Func<Rule, Rule>, string> InARule() =>
        new()
        {
            {
                rule => rule with { Retention = [] },
                "removed the retention limit of 90 days (patrol reads); removed the retention limit of until the end of the shift (parking reads)"
            },
            {
                rule => rule with { Retention = [.. rule.Retention.Reverse()] },
                "listed how long recordings stay in another way: until the end of the shift (parking reads) and at most 90 days (patrol reads)"
            },
            {
                rule => rule with { Retention = [rule.Retention[0] with { Bound = RetentionBound.Minimum }, rule.Retention[1]] },
                "changed the retention limit of 90 days into a least retention of 90 days (patrol reads)"
            },
            {
                rule => rule with { Retention = [rule.Retention[0] with { Note = "with exceptions" }, rule.Retention[1]] },
                "changed the remark on the retention limit of 90 days (patrol reads) from none to “with exceptions”"
            },
            {
                rule => rule with { Capture = [Capture.Plates, Capture.Audio] },
                "added to what it lets be captured: audio; removed from what it lets be captured: stills"
            },
            {
                rule => rule with { Capture = [Capture.Plates, Capture.Stills] },
                "listed what it lets be captured in another way: plates and stills"
            },
            {
                rule => rule with { Notice = [new RequiredNotice(NoticeDuty.SignBeforeActivation, 30)] },
                "added to what the public must be told by: a sign, 30 days before activation; removed from what the public must be told by: a posted sign"
            },
            {
                rule => rule with { RecordsAccess = new RecordsAccess(RecordsAccessKind.Exempt) },
                "changed public access to recordings from not known to exempt from disclosure"
            },
            { rule => rule with { Departments = ["police", "transportation"] }, "added to the departments that it speaks of: Roads" },
            {
                rule => rule with { Capture = [], Pauses = true },
                "removed from what it lets be captured: stills and plates · now pauses the technology"
            },
            { rule => rule with { Note = "A {note}" }, "recorded the remark for readers: “A ‹note›”" },
            { rule => rule with { Purposes = ["stolen vehicles"] }, "added to the purposes: “stolen vehicles”" },
            {
                rule => rule with { Owner = "police", ReviewBy = new DateOnly(2027, 1, 31) },
                "recorded the department that keeps this true: Police · recorded the day by which it must be looked at again: January 31, 2027"
            },
        };

    [Theory]
    [MemberData(nameof(InARule))]
    public void Says_what_a_rule_says_otherwise(Func<Rule, Rule> change, string expected) =>
        Assert.StartsWith(expected, string.Join(" · ", Of(change).Select(sentence => sentence.What)));

    public static TheoryData<Func<InstrumentVersion, InstrumentVersion>, string> InAVersion() =>
        new()
        {
            { version => version with { Title = "Readers" }, "changed the title from “Plate readers” to “Readers”" },
            {
                version => version with { Effective = version.Effective with { To = LawDate.Parse("2026-03") } },
                "recorded the first day on which it no longer holds: March 2026"
            },
            {
                version => version with { Effective = new EffectivePeriod(null, FromKnownBy: LawDate.Parse("2019")) },
                "removed the first day on which it holds: February 1, 2019 · recorded the date by which a source shows it in force: 2019"
            },
            { version => version with { SupersededBy = "law-2" }, "recorded which text took its place: Law 2" },
            {
                version => version with { Source = version.Source with { Confidence = Confidence.Secondary } },
                "changed how far the source can be trusted from read in its source to reported by others, not read in its own text"
            },
            {
                version => version with { Rules = [.. version.Rules, Rule with { Technology = "facility-camera", Retention = [] }] },
                "added the rule for Cameras (lets capture stills and plates)"
            },
            {
                version => version with { Rules = [] },
                "removed the rule for Plate readers (lets capture stills and plates; kept at most 90 days (patrol reads) and until the end of the shift (parking reads))"
            },
        };

    [Theory]
    [MemberData(nameof(InAVersion))]
    public void Says_what_a_version_says_otherwise(Func<InstrumentVersion, InstrumentVersion> change, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                " · ",
                Of(PolicyDocument.For(Manual), PolicyDocument.For(Manual with { Versions = [change(Manual.Versions[0])] }))
                    .Select(sentence => sentence.What)
            )
        );

    [Fact]
    public void Says_that_a_text_or_a_version_is_new()
    {
        Assert.StartsWith(
            "recorded the text for the first time: Manual 1, manual chapter of the Department, with version 1, “Plate readers” (from: February 1, 2019; until: no end is set)",
            Of(null, PolicyDocument.For(Manual))[0].What
        );
        Assert.Equal(
            "added version 2, “Plate readers” (from: not known; until: no end is set)",
            Of(
                PolicyDocument.For(Manual),
                PolicyDocument.For(
                    Manual with
                    {
                        Versions = [Manual.Versions[0], Manual.Versions[0] with { Number = 2, Effective = new EffectivePeriod(null) }],
                    }
                )
            )[0].What
        );
    }

    [Fact]
    public void Quotes_long_texts_where_they_begin_to_differ()
    {
        var (beginning, end) = (new string('a', 500), new string('z', 500));
        var sentence = Of(rule => rule with { Note = beginning + "X" + end }, rule => rule with { Note = beginning + "Y" + end }).Single();
        Assert.Matches("^changed the remark for readers from “…a+Xz+…” to “…a+Yz+…”$", sentence.What);
    }

    [Fact]
    public void Never_hides_that_two_documents_differ() =>
        Document
            .Select(Document)
            .Sample(
                (before, after) =>
                {
                    if (before.Kind != after.Kind)
                        return;
                    var sentences = Of(before, after);
                    Assert.Equal(before.Body == after.Body, sentences.IsEmpty);
                    Assert.Equal(
                        Difference.Between(before, after),
                        sentences.Select(sentence => sentence.Difference),
                        (one, other) => one.Key == other.Key
                    );
                    Assert.All(sentences, IsForPeople);
                }
            );

    [Fact]
    public void Finds_words_for_whatever_a_later_version_of_the_program_may_have_written() =>
        Changed.Sample((document, other) => Assert.All(Of(document, other), IsForPeople));

    private static void IsForPeople(ChangeDescription sentence)
    {
        Assert.Matches("^[a-z].{8,}", sentence.What);
        Assert.DoesNotContain("{", sentence.ToString());
        Assert.DoesNotContain("\":", sentence.ToString());
        Assert.DoesNotContain("null", sentence.ToString());
    }

    private static Gen<T> One<T>(params T[] of) => Gen.Int[0, of.Length - 1].Select(i => of[i]);

    private static Gen<ImmutableArray<T>> Some<T>(Gen<T> of) => of.Array[0, 3].Select(items => items.ToImmutableArray());

    private static readonly Gen<string> Words = One(
        "patrol reads",
        "with {exceptions}",
        "stolen vehicles",
        "“quoted” & <odd>",
        "line\nbreak",
        new string('x', 700)
    );
    private static readonly Gen<string?> Perhaps = One<string?>(null, "patrol reads", "police", "law-2", "https://x.example");
    private static readonly Gen<LawDate?> Date = Gen.Bool.Select(Generators.LawDate).Select((known, date) => known ? date : (LawDate?)null);

    private static readonly Gen<Source> Sources = Words
        .Select(Perhaps, One(Enum.GetValues<Confidence>()))
        .Select((title, url, confidence) => new Source(title, url, Generators.Today, confidence));

    private static readonly Gen<Retention> Retentions =
        from bound in One(Enum.GetValues<RetentionBound>())
        from days in Gen.Int[0, 3]
        from of in Perhaps
        from note in Perhaps
        select new Retention(bound, days == 0 ? null : days, days == 0 ? RetentionEvent.EndOfShift : null, of, note);

    private static readonly Gen<Rule> Rules =
        from technology in One("alpr", "facility-camera", "periscope")
        from capture in Some(Generators.Capture)
        from retention in Some(Retentions)
        from notice in Some(
            One(Enum.GetValues<NoticeDuty>())
                .Select(Gen.Int[0, 2])
                .Select((duty, days) => new RequiredNotice(duty, days == 0 ? null : days))
        )
        from access in One(Enum.GetValues<RecordsAccessKind>()).Select(Perhaps).Select((access, text) => new RecordsAccess(access, text))
        from departments in Some(One("police", "transportation", "zoo"))
        from pauses in Gen.Bool
        from texts in Perhaps.Array[4]
        from purposes in Some(Words)
        from day in Gen.Bool
        select new Rule(
            technology,
            capture,
            retention,
            notice,
            access,
            departments,
            pauses,
            texts[0],
            purposes,
            [.. purposes.Reverse()],
            texts[1],
            texts[2],
            day ? Generators.Today : null
        );

    private static readonly Gen<InstrumentVersion> Versions =
        from number in Gen.Int[1, 3]
        from title in Words
        from dates in Date.Array[8]
        from ended in Gen.Bool
        from made in Perhaps
        from superseded in Perhaps
        from source in Sources
        from rules in Some(Rules)
        select new InstrumentVersion(
            number,
            title,
            new EffectivePeriod(dates[0], dates[1], dates[2], dates[3], ended, dates[4]),
            dates[5],
            dates[6],
            dates[7],
            made,
            superseded,
            source,
            rules
        );

    private static readonly Gen<PolicyDocument> Document = Gen.OneOf(
        One(Enum.GetValues<InstrumentKind>())
            .Select(Words, Words, Some(Versions), Perhaps)
            .Select(
                (kind, citation, authority, versions, url) =>
                    PolicyDocument.For(new Instrument("manual-1", kind, citation, authority, versions, url))
            ),
        Words
            .Select(Perhaps, Sources, Gen.Int[0, 3])
            .Select(
                (name, purpose, source, some) =>
                    PolicyDocument.For(
                        new Technology(
                            "alpr",
                            name,
                            purpose,
                            some % 2 == 0 ? source : null,
                            some > 1 ? new StatementRow(name, source.Title, "law-2") : null
                        )
                    )
            ),
        Gen.Bool.Select(Gen.Dictionary(One("what.line", "why.line", "x"), Words)[0, 3])
            .Select(
                (reviewed, texts) =>
                    PolicyDocument.For(new Wording("es", reviewed ? "ltr" : "rtl", reviewed, texts.ToImmutableSortedDictionary()))
            ),
        Words
            .Select(Some(One("en", "es", "vi", "not a language")), Some(One("police", "zoo")), Gen.Int[10, 12])
            .Select(
                (name, languages, departments, seconds) =>
                    PolicyDocument.For(
                        new City(
                            name,
                            seconds == 10,
                            "America/Los_Angeles",
                            languages,
                            [.. departments.Select(id => new Department(id, name, "555-0100"))],
                            new RecordsPortal(name, "https://r.example", "555", seconds, "Act"),
                            seconds
                        )
                    )
            ),
        Gen.Dictionary(One("SMC", "RCW"), Some(One("14.12", "14.18", "42.56")))[0, 2]
            .Select(chapters => PolicyDocument.For(new KnownChapters(chapters.ToImmutableSortedDictionary())))
    );

    /// <summary>A document and the same with one value, anywhere, replaced by another of any shape.</summary>
    private static readonly Gen<(PolicyDocument, PolicyDocument)> Changed = Document
        .Select(Gen.Int[0, 10_000], One("7", "\"seven\"", "true", "[1,{\"a\":2}]", "{\"deep\":{\"er\":[]}}", "null"))
        .Select(
            (document, at, value) =>
            {
                var root = JsonNode.Parse(document.Body)!;
                var spots = Spots(root).ToArray();
                spots[at % spots.Length](JsonNode.Parse(value));
                return (document, document with { Body = root.ToJsonString(Json.Options) });
            }
        );

    private static IEnumerable<Action<JsonNode?>> Spots(JsonNode? node) =>
        node switch
        {
            JsonObject members => members
                .Select(member => member.Key)
                .ToArray()
                .SelectMany(key => Spots(members[key]).Prepend(value => members[key] = value))
                .Append(value => members["laterMember"] = value),
            JsonArray items => Enumerable.Range(0, items.Count).SelectMany(i => Spots(items[i]).Prepend(value => items[i] = value)),
            _ => [],
        };

    private static ImmutableArray<ChangeDescription> Of(PolicyDocument? before, PolicyDocument after) =>
        ChangeDescription.Describe(before, after, Names);

    private static ImmutableArray<ChangeDescription> Of(Func<Rule, Rule> change) => Of(rule => rule, change);

    private static ImmutableArray<ChangeDescription> Of(Func<Rule, Rule> before, Func<Rule, Rule> after) => Of(With(before), With(after));

    private static PolicyDocument With(Func<Rule, Rule> change) =>
        PolicyDocument.For(Manual with { Versions = [Manual.Versions[0] with { Rules = [change(Rule)] }] });
}
