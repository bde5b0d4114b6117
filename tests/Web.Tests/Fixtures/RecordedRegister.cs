using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>A register of the API under random acts: how it is changed, and what an answer says of one thing in it.</summary>
/// <param name="Path">The path of its collection.</param>
/// <param name="Id">The thing that is changed.</param>
/// <param name="Values">What can be said of it.</param>
/// <param name="ValueOf">What an answer says of it.</param>
internal abstract record RecordedRegister(string Path, string Id, ImmutableArray<string> Values, Func<JsonNode, string?> ValueOf)
{
    /// <summary>What a register says of what is retired.</summary>
    public const string Gone = "gone";

    /// <summary>Whether an act can state a time of the past from which it holds.</summary>
    public virtual bool TakesSince => false;

    /// <summary>Whether only days can be asked for, and what was first recorded holds before it too.</summary>
    public virtual bool IsOfDays => false;

    public static ImmutableArray<RecordedRegister> All(SampleCity city) =>
        [
            new Inventory(
                "places",
                ["Fifth and Main", "Sixth and Main"],
                body => (string?)body["name"],
                value => $""" "name":"{value}","address":"500 Main St","area":"the crossing" """
            ),
            new Inventory("kiosks", ["harbor-bridge", "meadow-green"], body => (string?)body["place"], value => $""" "place":"{value}" """),
            new Inventory(
                "fleets",
                ["Night", "Day"],
                body => (string?)body["name"],
                value => $""" "name":"{value}","department":"police" """
            ),
            new Inventory(
                "gateways",
                ["police", "transportation"],
                body => (bool?)body["removed"] == true ? Gone : (string?)body["department"],
                value => $""" "department":"{value}" """
            ),
            new Document("departments", ["Parks", "Parks Department"], body => (string?)body["name"], city, Department),
            new Document("technologies", ["Aircraft", "Unmanned aircraft"], body => (string?)body["name"], city, Technology),
            new Document("wordings", ["Un aviso.", "Otro aviso."], body => (string?)body["texts"]!["scope.line"], city, Wording)
            {
                Id = "es",
            },
        ];

    /// <summary>A register of what a city has, which a clerk changes alone.</summary>
    /// <param name="Body">The members of a body that say a value.</param>
    internal sealed record Inventory(string Path, ImmutableArray<string> Values, Func<JsonNode, string?> ValueOf, Func<string, string> Body)
        : RecordedRegister(Path, "axes-" + Path, Values, ValueOf)
    {
        public override bool TakesSince => Path != "gateways";

        /// <summary>The body that says a value from a time on.</summary>
        public string BodyOf(string value, string before, DateTimeOffset? since)
        {
            var retired = Path == "gateways" ? "removed" : "retired";
            var said = value == Gone ? Body(before == Gone ? Values[0] : before) : Body(value);
            var from = since is { } at ? $""" ,"since":"{LedgerEntry.FormatTime(at)}" """ : "";
            return $$"""{{{said}},"{{retired}}":{{(value == Gone ? "true" : "false")}},"reason":"why"{{from}}}""";
        }
    }

    /// <summary>A register of what signs say, which two people change.</summary>
    /// <param name="Change">The document that says a value, in place of the present one.</param>
    internal sealed record Document(
        string Path,
        ImmutableArray<string> Values,
        Func<JsonNode, string?> ValueOf,
        SampleCity City,
        Func<string, string, GovernanceHistory, PolicyDocument> Change
    ) : RecordedRegister(Path, "axes-" + Path, Values, ValueOf)
    {
        public override bool IsOfDays => Path != "departments";

        /// <summary>Has one person propose a value and another approve it.</summary>
        public async Task RecordAsync(string value)
        {
            var policies = City.Grains.Policies();
            var document = Change(Id, value, await policies.History());
            var latest = (await policies.History()).LatestOf(document.Kind, document.Id)?.Number ?? 0;
            var source = new Source("Ordinance 1", null, new DateOnly(2026, 11, 23), Confidence.Sourced);
            var editor = new Attribution("editor", "police", "st-axes-editor");
            var proposal = new Proposal("why", source, [new ProposedDocument(document, latest)]);
            var request = Done(await policies.Draft(proposal, editor));
            request = Done(await policies.Act(request.Id, request.Version, ChangeAct.Submitted, editor));
            Done(await policies.Act(request.Id, request.Version, ChangeAct.Approved, new Attribution("approver", null, "st-axes-other")));
        }

        private static ChangeRequest Done(Outcome<ChangeRequest> outcome) =>
            outcome.Value ?? throw new InvalidOperationException(string.Join('\n', outcome.Refusals.Select(refusal => refusal.Sentence)));
    }

    private static PolicyDocument Department(string id, string value, GovernanceHistory history)
    {
        var city = history.Current.City;
        var others = city.Departments.RemoveAll(department => department.Id == id);
        return PolicyDocument.For(
            city with
            {
                Departments = value == Gone ? others : others.Add(new Department(id, value, "206-555-0150")),
            }
        );
    }

    private static PolicyDocument Technology(string id, string value, GovernanceHistory history)
    {
        var before = history.LatestOf(DocumentKind.Technology, id)?.Document.Value<Technology>();
        return PolicyDocument.For(
            new Technology(id, value == Gone ? before?.Name ?? "Aircraft" : value, null, null, null) { IsRetired = value == Gone }
        );
    }

    private static PolicyDocument Wording(string id, string value, GovernanceHistory history)
    {
        var wording = history.Current.Wordings.First(one => one.Language == id);
        return PolicyDocument.For(wording with { Texts = wording.Texts.SetItem("scope.line", value) });
    }
}
