using System.Collections.Immutable;
using CsCheck;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes;

/// <summary>Changes as people read them in the history.</summary>
public sealed class ChangeDescriptionTests
{
    private static readonly Source Read = new("The manual", "https://manual.example", Generators.Today, Confidence.Sourced);

    internal static readonly Rule Rule = new(
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

    internal static readonly Instrument Manual = new(
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

    private static readonly GovernanceSnapshot Names = NamesOf(
        Generators.Snapshot([Manual, Manual with { Id = "law-2", Citation = "Law 2" }])
    );

    private static GovernanceSnapshot NamesOf(GovernanceSnapshot snapshot) =>
        snapshot with
        {
            Table = new GovernanceTable(
                [new Technology("alpr", "Plate readers", null, null, null), new Technology("facility-camera", "Cameras", null, null, null)],
                snapshot.Table.Instruments
            ),
        };

    [Fact]
    public void A_description_names_figure_data_class_and_basis_of_a_limit()
    {
        var sentence = Assert.Single(Describe(rule => rule with { Retention = [rule.Retention[0] with { Days = 21 }, rule.Retention[1]] }));
        Assert.Equal("changed the retention limit from 90 days to 21 days (patrol reads)", sentence.What);
        Assert.Equal("Version 1, from February 1, 2019, for Plate readers", sentence.Where);
        Assert.EndsWith(
            "changed the retention limit from 90 days to 21 days (patrol reads), under Laws of 2026, ch. 239",
            sentence.WithBasis(Read with { Title = "Laws of 2026, ch. 239" })
        );
    }

    public static TheoryData<Func<Rule, Rule>, string> RuleChanges() =>
        new()
        {
            {
                rule => rule with { Retention = [] },
                "removed the retention limit of 90 days (patrol reads); "
                    + "removed the retention limit until the end of the shift (parking reads)"
            },
            {
                rule => rule with { Retention = [.. rule.Retention.Reverse()] },
                "listed the retention periods differently: "
                    + "until the end of the shift (parking reads) and at most 90 days (patrol reads)"
            },
            {
                rule => rule with { Retention = [rule.Retention[0] with { Bound = RetentionBound.Minimum }, rule.Retention[1]] },
                "changed the retention limit of 90 days into a minimum retention of 90 days (patrol reads)"
            },
            {
                rule => rule with { Retention = [rule.Retention[0] with { Note = "with exceptions" }, rule.Retention[1]] },
                "changed the note on the retention limit of 90 days (patrol reads) from none to “with exceptions”"
            },
            {
                rule => rule with { Capture = [Capture.Plates, Capture.Audio] },
                "added to what it permits to be captured: audio; removed from what it permits to be captured: stills"
            },
            {
                rule => rule with { Capture = [Capture.Plates, Capture.Stills] },
                "listed what it permits to be captured differently: plates and stills"
            },
            {
                rule => rule with { Notice = [new RequiredNotice(NoticeDuty.SignBeforeActivation, 30)] },
                "added to the required public notice: a sign, 30 days before activation; "
                    + "removed from the required public notice: a posted sign"
            },
            {
                rule => rule with { RecordsAccess = new RecordsAccess(RecordsAccessKind.Exempt) },
                "changed public access to recordings from not known to exempt from disclosure"
            },
            { rule => rule with { Departments = ["police", "transportation"] }, "added to the departments it applies to: Roads" },
            {
                rule => rule with { Capture = [], Pauses = true },
                "removed from what it permits to be captured: stills and plates · now pauses the technology"
            },
            { rule => rule with { Note = "A {note}" }, "recorded the note for readers: “A ‹note›”" },
            { rule => rule with { Purposes = ["stolen vehicles"] }, "added to the purposes: “stolen vehicles”" },
            {
                rule => rule with { Owner = "police", ReviewBy = new DateOnly(2027, 1, 31) },
                "recorded the owner: Police · recorded the review date: January 31, 2027"
            },
        };

    [Theory]
    [MemberData(nameof(RuleChanges))]
    public void A_changed_rule_is_described(Func<Rule, Rule> change, string expected) =>
        Assert.StartsWith(expected, string.Join(" · ", Describe(change).Select(sentence => sentence.What)));

    public static TheoryData<Func<InstrumentVersion, InstrumentVersion>, string> VersionChanges() =>
        new()
        {
            { version => version with { Title = "Readers" }, "changed the title from “Plate readers” to “Readers”" },
            {
                version => version with { Effective = version.Effective with { To = LawDate.Parse("2026-03") } },
                "recorded the first day on which it is no longer in force: March 2026"
            },
            {
                version => version with { Effective = new EffectivePeriod(null, FromKnownBy: LawDate.Parse("2019")) },
                "removed the date it takes effect: February 1, 2019 · recorded the date by which a source shows it in force: 2019"
            },
            { version => version with { SupersededBy = "law-2" }, "recorded the text that replaced it: Law 2" },
            {
                version => version with { Source = version.Source with { Confidence = Confidence.Secondary } },
                "changed the reliability of the source from “checked against its source” "
                    + "to “reported by a secondary source; the text itself was not checked”"
            },
            {
                version => version with { Rules = [.. version.Rules, Rule with { Technology = "facility-camera", Retention = [] }] },
                "added the rule for Cameras (permits stills and plates)"
            },
            {
                version => version with { Rules = [] },
                "removed the rule for Plate readers (permits stills and plates; "
                    + "retention: at most 90 days (patrol reads) and until the end of the shift (parking reads))"
            },
        };

    [Theory]
    [MemberData(nameof(VersionChanges))]
    public void A_changed_version_is_described(Func<InstrumentVersion, InstrumentVersion> change, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                " · ",
                Describe(PolicyDocument.For(Manual), PolicyDocument.For(Manual with { Versions = [change(Manual.Versions[0])] }))
                    .Select(sentence => sentence.What)
            )
        );

    [Fact]
    public void A_new_instrument_or_version_is_described()
    {
        Assert.StartsWith(
            "recorded the text for the first time: Manual 1, manual chapter of the Department, "
                + "with version 1, “Plate readers” (in force from February 1, 2019; no end is set)",
            Describe(null, PolicyDocument.For(Manual))[0].What
        );
        Assert.Equal(
            [
                "from a day that is not known: the same terms as before",
                "added version 2, “Plate readers” (first day not known; no end is set)",
            ],
            Describe(
                    PolicyDocument.For(Manual),
                    PolicyDocument.For(
                        Manual with
                        {
                            Versions = [Manual.Versions[0], Manual.Versions[0] with { Number = 2, Effective = new EffectivePeriod(null) }],
                        }
                    )
                )
                .Select(sentence => sentence.What)
        );
    }

    [Fact]
    public void A_description_quotes_long_texts_where_they_begin_to_differ()
    {
        var (beginning, end) = (new string('a', 500), new string('z', 500));
        var sentence = Describe(rule => rule with { Note = beginning + "X" + end }, rule => rule with { Note = beginning + "Y" + end })
            .Single();
        Assert.Matches("^changed the note for readers from “…a+Xz+…” to “…a+Yz+…”$", sentence.What);
    }

    [Fact]
    public void A_description_never_hides_that_two_documents_differ() =>
        PolicyDocumentGenerators
            .Document.Select(PolicyDocumentGenerators.Document)
            .Sample(
                (before, after) =>
                {
                    if (before.Kind != after.Kind)
                        return;
                    var sentences = Describe(before, after);
                    Assert.Equal(before.Body == after.Body, sentences.IsEmpty);
                    Assert.Equal(
                        Difference.Between(before, after).Select(difference => difference.Key).Order(),
                        sentences.Select(sentence => sentence.Difference.Key).Distinct().Order()
                    );
                    Assert.All(sentences, AssertIsProse);
                }
            );

    [Fact]
    public void A_document_of_a_later_program_version_is_described() =>
        PolicyDocumentGenerators.WithOneOtherValue.Sample((document, other) => Assert.All(Describe(document, other), AssertIsProse));

    private static void AssertIsProse(ChangeDescription sentence)
    {
        Assert.Matches("^[a-z].{8,}", sentence.What);
        Assert.DoesNotContain("{", sentence.ToString());
        Assert.DoesNotContain("\":", sentence.ToString());
        Assert.DoesNotContain("null", sentence.ToString());
    }

    internal static ImmutableArray<ChangeDescription> Describe(PolicyDocument? before, PolicyDocument after) =>
        ChangeDescription.Describe(before, after, Names);

    private static ImmutableArray<ChangeDescription> Describe(Func<Rule, Rule> change) => Describe(rule => rule, change);

    private static ImmutableArray<ChangeDescription> Describe(Func<Rule, Rule> before, Func<Rule, Rule> after) =>
        Describe(With(before), With(after));

    private static PolicyDocument With(Func<Rule, Rule> change) =>
        PolicyDocument.For(Manual with { Versions = [Manual.Versions[0] with { Rules = [change(Rule)] }] });
}
