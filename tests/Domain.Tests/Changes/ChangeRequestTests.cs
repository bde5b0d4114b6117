using CsCheck;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes;

/// <summary>What one person proposes and another decides.</summary>
public sealed class ChangeRequestTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 20, 0, 0, TimeSpan.Zero);
    private static readonly Attribution Author = new("editor", "police", "st-author"),
        Other = new("approver", "police", "st-other");
    private static readonly Source Read = new("The law", null, new DateOnly(2026, 11, 23), Confidence.Sourced);

    private static readonly GovernanceHistory History = new([
        .. Generators
            .Make([Text("manual-1", "Cameras")])
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
    public void Is_drafted_submitted_and_approved_by_another_person()
    {
        var submitted = Draft().Submit(Author, History, Noon).Value!;
        Assert.Equal((ChangeState.Submitted, 2), (submitted.State, submitted.Version));
        var approved = submitted.Approve(Other, History, Noon).Value!;
        Assert.Equal((ChangeState.Approved, Other), (approved.State, approved.Decider));
        Assert.Equal("wrong-state", approved.Approve(Other, History, Noon).Refusals[0].Code);
        Assert.Equal("wrong-state", approved.Withdraw(Author).Refusals[0].Code);
    }

    [Fact]
    public void Is_never_decided_by_its_author_nor_by_nobody()
    {
        var submitted = Draft().Submit(Author, History, Noon).Value!;
        Assert.Equal("own-request", submitted.Approve(Author with { Role = "approver" }, History, Noon).Refusals[0].Code);
        Assert.Equal("own-request", submitted.Reject(Author, "no", Noon).Refusals[0].Code);
        Assert.Equal("own-request", submitted.Approve(new Attribution("approver"), History, Noon).Refusals[0].Code);
    }

    [Fact]
    public void Is_changed_submitted_and_withdrawn_by_its_author_alone_and_reopened_after()
    {
        Assert.Equal("not-the-author", Draft().Submit(Other, History, Noon).Refusals[0].Code);
        Assert.Equal("not-the-author", Draft().Revise(Other, Draft().Proposal).Refusals[0].Code);
        var withdrawn = Draft().Submit(Author, History, Noon).Value!.Withdraw(Author).Value!;
        Assert.Equal("not-the-author", withdrawn.Reopen(Other).Refusals[0].Code);
        Assert.Equal(ChangeState.Draft, withdrawn.Reopen(Author).Value!.State);
        var rejected = Draft().Submit(Author, History, Noon).Value!.Reject(Other, "Not this.", Noon).Value!;
        Assert.Null(rejected.Reopen(Author).Value!.Decider);
        Assert.Equal("note-missing", Draft().Submit(Author, History, Noon).Value!.Reject(Other, " ", Noon).Refusals[0].Code);
    }

    [Fact]
    public void Says_why_and_on_what_it_rests_and_proposes_something()
    {
        Assert.Equal("reason-missing", Draft(reason: " ").Submit(Author, History, Noon).Refusals[0].Code);
        Assert.Equal(
            "source-missing",
            (Draft() with { Proposal = Draft().Proposal with { Source = null } }).Submit(Author, History, Noon).Refusals[0].Code
        );
        Assert.Equal("nothing-changed", Draft("Cameras").Submit(Author, History, Noon).Refusals[0].Code);
        Assert.Equal("base-moved", Draft(from: 0).Submit(Author, History, Noon).Refusals[0].Code);
    }

    [Fact]
    public void Comes_together_with_what_somebody_else_recorded_meanwhile_without_losing_either_side()
    {
        var held = Text("manual-1", "Cameras");
        var mine = held with { Authority = "the council" };
        var theirs = held with { Versions = [held.Versions[0] with { Title = "Video", By = "Act 2" }] };
        var both = ThreeWayMerge.Create(
            PolicyDocument.For(held),
            PolicyDocument.For(mine),
            PolicyDocument.For(theirs),
            new HashSet<string>()
        );
        Assert.Empty(both.Clashes);
        Assert.Equal(
            ("the council", "Video"),
            (both.Merged.Value<Instrument>().Authority, both.Merged.Value<Instrument>().Versions[0].Title)
        );

        var clashing = held with { Versions = [held.Versions[0] with { Title = "Audio" }] };
        var clash = Assert.Single(
            ThreeWayMerge
                .Create(PolicyDocument.For(held), PolicyDocument.For(clashing), PolicyDocument.For(theirs), new HashSet<string>())
                .Clashes
        );
        Assert.Equal("versions/1/title", clash.Key);
        Assert.Equal(
            "Audio",
            ThreeWayMerge
                .Create(
                    PolicyDocument.For(held),
                    PolicyDocument.For(clashing),
                    PolicyDocument.For(theirs),
                    new HashSet<string> { clash.Key }
                )
                .Merged.Value<Instrument>()
                .Versions[0]
                .Title
        );
        Assert.Equal(
            "Act 2",
            ThreeWayMerge
                .Create(
                    PolicyDocument.For(held),
                    PolicyDocument.For(clashing),
                    PolicyDocument.For(theirs),
                    new HashSet<string> { clash.Key }
                )
                .Merged.Value<Instrument>()
                .Versions[0]
                .By
        );
    }

    [Fact]
    public void Is_known_from_when_it_was_recorded_and_not_before()
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
    public void Written_as_lines_is_read_back_as_it_was() =>
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
