using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Amendments;

/// <summary>What two other people record of an instrument, and what a request proposes.</summary>
internal static class RecordedLaw
{
    /// <summary>Records an instrument as approved by others.</summary>
    public static async Task RecordAsync(this StaffedCity staffed, Instrument instrument)
    {
        var policies = staffed.City.Grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City);
        var author = new Attribution("editor", "police", "st-other-author");
        var source = new Source("The text", null, new DateOnly(2026, 11, 23), Confidence.Sourced);
        var revision = (await policies.History()).LatestOf(DocumentKind.Instrument, instrument.Id)?.Number ?? 0;
        var proposal = new Proposal("It was read again.", source, [new ProposedDocument(PolicyDocument.For(instrument), revision)]);
        var draft = (await policies.Draft(proposal, author)).Value!;
        var submitted = (await policies.Act(draft.Id, draft.Version, ChangeAct.Submitted, author)).Value!;
        var approver = new Attribution("approver", "police", "st-other-approver");
        Assert.Empty((await policies.Act(draft.Id, submitted.Version, ChangeAct.Approved, approver)).Refusals);
    }

    /// <summary>The request of a staff page.</summary>
    public static async Task<ChangeRequest> RequestAsync(this StaffedCity staffed, string page) =>
        (await staffed.City.Part<IChangeRegister>().FindAsync(long.Parse(page.Split('/')[3]), TestContext.Current.CancellationToken))!;
}
