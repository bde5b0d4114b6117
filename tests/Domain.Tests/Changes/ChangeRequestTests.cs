using CsCheck;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Merging;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes;

/// <summary>A change that one person proposes and another person decides.</summary>
public sealed class ChangeRequestTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 20, 0, 0, TimeSpan.Zero);
    private static readonly Attribution Author = new("editor", "police", "st-author");
    private static readonly Attribution Other = new("approver", "police", "st-other");
    private static readonly Source Read = new("The law", null, new DateOnly(2026, 11, 23), Confidence.Sourced);

    private static readonly GovernanceHistory History = new([
        .. Generators
            .Snapshot([Text("manual-1", "Cameras")])
            .Documents()
            .Select((document, i) => new PolicyRevision(document, 1, i, Noon.AddDays(-1), 0, null)),
    ]);

    private static Instrument Text(string id, string title) =>
        new(
            id,
            InstrumentKind.StateLaw,
            "Law 1",
            "the state",
            [
                new InstrumentVersion(
                    1,
                    title,
                    new EffectivePeriod(LawDate.Parse("2019-02-01")),
                    null,
                    null,
                    null,
                    null,
                    null,
                    Read,
                    [new Rule("facility-camera", [], [], [], new RecordsAccess(RecordsAccessKind.NotKnown), [])]
                ),
            ]
        );

    private static ChangeRequest Draft(string title = "Cameras and audio", int from = 1, string reason = "The law changed.") =>
        new(
            7,
            1,
            ChangeState.Draft,
            Author,
            Noon,
            null,
            null,
            null,
            new Proposal(reason, Read, [new ProposedDocument(PolicyDocument.For(Text("manual-1", title)), from)]),
            []
        );

    [Fact]
    public void A_change_is_drafted_submitted_and_approved_by_another_person()
    {
        var submitted = Draft().Submit(Author, History, Noon).Value!;
        Assert.Equal((ChangeState.Submitted, 2), (submitted.State, submitted.Version));
        var approved = submitted.Approve(Other, History, Noon).Value!;
        Assert.Equal((ChangeState.Approved, Other), (approved.State, approved.Decider));
        Assert.Equal(RefusalCodes.WrongState, approved.Approve(Other, History, Noon).Refusals[0].Code);
        Assert.Equal(RefusalCodes.WrongState, approved.Withdraw(Author).Refusals[0].Code);
    }

    [Fact]
    public void A_change_is_never_decided_by_its_author_or_without_a_person()
    {
        var submitted = Draft().Submit(Author, History, Noon).Value!;
        Assert.Equal(RefusalCodes.OwnRequest, submitted.Approve(Author with { Role = "approver" }, History, Noon).Refusals[0].Code);
        Assert.Equal(RefusalCodes.OwnRequest, submitted.Reject(Author, "no", Noon).Refusals[0].Code);
        Assert.Equal(RefusalCodes.OwnRequest, submitted.Approve(new Attribution("approver"), History, Noon).Refusals[0].Code);
    }

    [Fact]
    public void A_program_proposes_a_change_and_decides_none()
    {
        var program = new Attribution("editor", null, "st-program", IsProgram: true);
        var submitted = (Draft() with { Author = program }).Submit(program, History, Noon).Value!;
        var decider = Other with { IsProgram = true };
        Assert.Equal(RefusalCodes.ProgramDecides, submitted.Approve(decider, History, Noon).Refusals[0].Code);
        Assert.Equal(RefusalCodes.ProgramDecides, submitted.Reject(decider, "No.", Noon).Refusals[0].Code);
        Assert.Equal(ChangeState.Approved, submitted.Approve(Other, History, Noon).Value!.State);
    }

    [Fact]
    public void A_request_that_was_handed_over_is_decided_by_none_of_its_authors()
    {
        var administrator = new Attribution("administrator", null, "st-administrator");
        var successor = new Attribution("editor", "police", "st-successor");
        var written = Draft() with { Steps = [new ChangeStep(ChangeAct.Drafted, Noon, Author, null, 1)] };
        var handedOver = written.Submit(Author, History, Noon).Value!.HandOver(administrator, successor).Value!;

        Assert.Equal((ChangeState.Submitted, successor, 3), (handedOver.State, handedOver.Author, handedOver.Version));
        Assert.Equal(RefusalCodes.OwnRequest, handedOver.Approve(Author, History, Noon).Refusals[0].Code);
        Assert.Equal(RefusalCodes.OwnRequest, handedOver.Approve(successor, History, Noon).Refusals[0].Code);
        Assert.Equal(ChangeState.Withdrawn, handedOver.Withdraw(successor).Value!.State);
        Assert.True(handedOver.Approve(Other, History, Noon).IsDone);
    }

    [Fact]
    public void An_administrator_hands_an_open_request_to_another_person_only()
    {
        var administrator = new Attribution("administrator", null, "st-administrator");
        var submitted = Draft().Submit(Author, History, Noon).Value!;
        Assert.Equal(RefusalCodes.NothingChanged, submitted.HandOver(administrator, Author).Refusals[0].Code);
        Assert.Equal(RefusalCodes.ProgramDecides, submitted.HandOver(administrator with { IsProgram = true }, Other).Refusals[0].Code);
        var approved = submitted.Approve(Other, History, Noon).Value!;
        Assert.Equal(RefusalCodes.WrongState, approved.HandOver(administrator, Other).Refusals[0].Code);
        var rejected = submitted.Reject(Other, "No.", Noon).Value!;
        Assert.Equal(RefusalCodes.OwnRequest, rejected.HandOver(administrator, Other).Refusals[0].Code);
    }

    [Fact]
    public void Only_the_author_changes_submits_withdraws_and_reopens_a_request()
    {
        Assert.Equal(RefusalCodes.NotTheAuthor, Draft().Submit(Other, History, Noon).Refusals[0].Code);
        Assert.Equal(RefusalCodes.NotTheAuthor, Draft().Revise(Other, Draft().Proposal).Refusals[0].Code);
        var withdrawn = Draft().Submit(Author, History, Noon).Value!.Withdraw(Author).Value!;
        Assert.Equal(RefusalCodes.NotTheAuthor, withdrawn.Reopen(Other).Refusals[0].Code);
        Assert.Equal(ChangeState.Draft, withdrawn.Reopen(Author).Value!.State);
        var rejected = Draft().Submit(Author, History, Noon).Value!.Reject(Other, "Not this.", Noon).Value!;
        Assert.Null(rejected.Reopen(Author).Value!.Decider);
        Assert.Equal(RefusalCodes.NoteMissing, Draft().Submit(Author, History, Noon).Value!.Reject(Other, " ", Noon).Refusals[0].Code);
    }

    [Fact]
    public void A_submitted_request_has_a_reason_a_source_and_a_change()
    {
        Assert.Equal(RefusalCodes.ReasonMissing, Draft(reason: " ").Submit(Author, History, Noon).Refusals[0].Code);
        Assert.Equal(
            RefusalCodes.SourceMissing,
            (Draft() with { Proposal = Draft().Proposal with { Source = null } }).Submit(Author, History, Noon).Refusals[0].Code
        );
        Assert.Equal(RefusalCodes.NothingChanged, Draft("Cameras").Submit(Author, History, Noon).Refusals[0].Code);
        Assert.Equal(RefusalCodes.BaseMoved, Draft(from: 0).Submit(Author, History, Noon).Refusals[0].Code);
    }

    [Fact]
    public void A_draft_in_which_nothing_differs_is_not_recorded()
    {
        foreach (var proposal in (Proposal[])[Draft("Cameras").Proposal, Draft().Proposal with { Documents = [] }])
            Assert.Equal(RefusalCodes.NothingChanged, ChangeRequest.CheckNewDraft(proposal, History)[0].Code);
        Assert.Empty(ChangeRequest.CheckNewDraft(Draft().Proposal, History));
    }

    [Fact]
    public void A_draft_that_is_saved_as_it_is_gets_no_step()
    {
        Assert.Equal(RefusalCodes.NothingChanged, Draft().Revise(Author, Draft().Proposal).Refusals[0].Code);
        Assert.True(Draft().Revise(Author, Draft().Proposal with { Reason = "Another." }).IsDone);
    }

    [Theory]
    [InlineData("Title read again\u000bsee page 3", "The order", null, "reason")]
    [InlineData("a\u0000b", "The order", null, "reason")]
    [InlineData("It changes.", "The \u202Eredro", null, "source / title")]
    [InlineData("It changes.", "Two\nlines", null, "source / title")]
    [InlineData("It changes.", " ", null, "source / title")]
    [InlineData("It changes.", "The order", "javascript:alert(1)", "source / url")]
    [InlineData("It changes.", "The order", "http://city.example", "source / url")]
    [InlineData("It changes.", "The order", "https://city.example/\u0001", "source / url")]
    public void A_draft_whose_words_no_page_can_show_is_refused(string reason, string title, string? url, string where)
    {
        var proposal = Draft().Proposal with { Reason = reason, Source = Read with { Title = title, Url = url } };
        Assert.Contains(ChangeRequest.CheckDraft(proposal), refusal => refusal.Where == where);
        Assert.Contains(Draft().Revise(Author, proposal).Refusals, refusal => refusal.Where == where);
        Assert.Contains((Draft() with { Proposal = proposal }).Submit(Author, History, Noon).Refusals, refusal => refusal.Where == where);
    }

    [Fact]
    public void A_source_of_a_megabyte_is_refused() =>
        Assert.NotEmpty(ChangeRequest.CheckDraft(Draft().Proposal with { Source = Read with { Title = new string('x', 1_000_000) } }));

    [Fact]
    public void A_note_that_no_page_can_show_is_refused()
    {
        Assert.Equal("note", ChangeRequest.CheckNote("Not this.\u0001")!.Where);
        Assert.NotNull(ChangeRequest.CheckNote(new string('x', Proposal.MaxReasonLength + 1)));
        Assert.Null(ChangeRequest.CheckNote("Not this.\nSee page 3."));
    }

    [Fact]
    public void A_three_way_merge_loses_neither_side()
    {
        var original = Text("manual-1", "Cameras");
        var mine = original with { Authority = "the council" };
        var theirs = original with { Versions = [original.Versions[0] with { Title = "Video", By = "Act 2" }] };

        var merge = Merge(original, mine, theirs);

        Assert.Empty(merge.Conflicts);
        var merged = merge.Merged.Value<Instrument>();
        Assert.Equal(("the council", "Video"), (merged.Authority, merged.Versions[0].Title));
    }

    [Fact]
    public void A_conflict_of_a_merge_is_decided_by_its_key_alone()
    {
        var original = Text("manual-1", "Cameras");
        var mine = original with { Versions = [original.Versions[0] with { Title = "Audio" }] };
        var theirs = original with { Versions = [original.Versions[0] with { Title = "Video", By = "Act 2" }] };

        var conflict = Assert.Single(Merge(original, mine, theirs).Conflicts);
        Assert.Equal("versions/1/title", conflict.Key);

        var version = Merge(original, mine, theirs, conflict.Key).Merged.Value<Instrument>().Versions[0];
        Assert.Equal(("Audio", "Act 2"), (version.Title, version.By));
    }

    private static ThreeWayMerge Merge(Instrument original, Instrument mine, Instrument theirs, params string[] keepMine) =>
        ThreeWayMerge.Create(PolicyDocument.For(original), PolicyDocument.For(mine), PolicyDocument.For(theirs), keepMine.ToHashSet());

    [Fact]
    public void A_revision_is_known_from_its_recorded_time_on()
    {
        var later = new PolicyRevision(PolicyDocument.For(Text("manual-1", "Cameras and audio")), 2, 0, Noon, 9, 7);
        var history = new GovernanceHistory([.. History.Revisions, later]);
        var day = new DateOnly(2020, 1, 1);
        Assert.Equal("Cameras and audio", history.Current.Table.On(day)[0].Version!.Title);
        Assert.Equal("Cameras", history.KnownAt(Noon.AddTicks(-1))!.Table.On(day)[0].Version!.Title);
        Assert.Equal("Cameras and audio", history.KnownAt(Noon)!.Table.On(day)[0].Version!.Title);
        Assert.Null(history.KnownAt(Noon.AddDays(-2)));
    }

    [Fact]
    public void A_retention_reads_from_the_line_that_it_wrote() =>
        Gen.Select(Gen.Enum<RetentionBound>(), Gen.Int[0, 36_500], Gen.String[Gen.Char["ab|\\ é"], 1, 12])
            .Sample(
                (bound, days, data) =>
                {
                    var text = data.Trim();
                    var retention = new Retention(bound, days, null, text.Length == 0 ? null : text, null);
                    Assert.True(RuleText.TryRead(RuleText.Write(retention), out Retention read));
                    Assert.Equal(retention, read);
                }
            );
}
