using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>
/// What an editor is working on: documents as they stand in their draft, or as the registry holds them when the draft does not touch them.
/// Every edit page begins and ends here.
/// </summary>
internal sealed class DraftEditor
{
    private readonly GovernanceHistory _history;

    private DraftEditor(GovernanceHistory history, ChangeRequest? draft) => (_history, Draft) = (history, draft);

    /// <summary>The draft that is continued; null when a new one begins.</summary>
    public ChangeRequest? Draft { get; }

    public GovernanceSnapshot Governance => _history.Current;

    public GovernanceHistory History => _history;

    /// <summary>Begins, or continues the draft of <c>?change=</c>. Null when there is no such draft of this editor.</summary>
    public static async Task<DraftEditor?> OpenAsync(
        IGrainFactory grains,
        IChangeRegister register,
        HttpRequest request,
        ClaimsPrincipal who
    )
    {
        var history = await grains.History();
        var asked = request.HasFormContentType ? request.Form["change"].ToString() : request.Query["change"].ToString();
        if (asked.Length == 0)
            return new DraftEditor(history, null);
        return
            long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && await register.FindAsync(id, request.HttpContext.RequestAborted) is { State: ChangeState.Draft } draft
            && draft.Author.Staff == who.StaffId()
            ? new DraftEditor(history, draft)
            : null;
    }

    /// <summary>An instrument as it stands in the draft.</summary>
    public Instrument? Instrument(string id) =>
        Proposed(DocumentKind.Instrument, id)?.Document.Value<Instrument>()
        ?? Governance.Table.Instruments.FirstOrDefault(one => one.Id == id);

    /// <summary>What would be wrong with an instrument if it stood so.</summary>
    public ImmutableArray<Refusal> Problems(Instrument instrument) =>
        PolicyValidator.Problems(_history, [.. Others(instrument.Id).Select(one => one.Document), PolicyDocument.For(instrument)]);

    /// <summary>Keeps an instrument in the draft.</summary>
    public Task<Outcome<ChangeRequest>> KeepAsync(IPoliciesGrain policies, ClaimsPrincipal who, Instrument instrument)
    {
        var proposed = new ProposedDocument(
            PolicyDocument.For(instrument),
            Proposed(DocumentKind.Instrument, instrument.Id)?.Base ?? _history.LatestOf(DocumentKind.Instrument, instrument.Id)?.Number ?? 0
        );
        var by = who.HasRole(Role.Editor);
        return Draft is null
            ? policies.Draft(new Proposal("", null, [proposed]), by)
            : policies.Act(
                Draft.Id,
                Draft.Version,
                ChangeAct.Revised,
                by,
                null,
                Draft.Proposal with
                {
                    Documents = [.. Others(instrument.Id), proposed],
                }
            );
    }

    private ProposedDocument? Proposed(DocumentKind kind, string id) =>
        Draft?.Proposal.Documents.FirstOrDefault(one => one.Document.Kind == kind && one.Document.Id == id);

    private IEnumerable<ProposedDocument> Others(string id) =>
        Draft?.Proposal.Documents.Where(one => one.Document.Kind != DocumentKind.Instrument || one.Document.Id != id) ?? [];
}
