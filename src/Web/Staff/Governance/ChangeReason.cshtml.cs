using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>The second step of an edit: the reason for the change and its source.</summary>
[Authorize(StaffPolicies.Editor)]
public sealed class ChangeReasonModel(IGrainFactory grains, IChangeRegister register, TimeProvider time) : FormPageModel
{
    public ChangeRequest Draft { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (!await FindAsync(id))
            return NotFound();
        var today = (await grains.Governance()).City.DayAt(time.GetUtcNow());
        Fields = SourceFields
            .Show(Draft.Proposal.Source ?? new Source("", null, today, Confidence.Sourced))
            .Add("reason", Draft.Proposal.Reason);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id)
    {
        if (!await FindAsync(id))
            return NotFound();
        var errors = new List<FieldError>();
        var reason = Request.Form.Text("reason")?.ReplaceLineEndings(" ") ?? "";
        if (reason.Length is 0 or > Proposal.MaxReasonLength)
            errors.Add(new("reason", $"Enter a reason of 1 to {Proposal.MaxReasonLength} characters."));
        var source = SourceFields.Read(Request.Form, errors);
        if (errors.Count > 0)
            return Invalid(errors);
        var proposal = Draft.Proposal with { Reason = reason, Source = source };
        // The same reason and source again: there is nothing to record.
        if (proposal == Draft.Proposal)
            return Redirect($"/staff/changes/{id}");
        var outcome = await grains.Policies().Act(id, Draft.Version, ChangeAct.Revised, User.AttributionAs(Role.Editor), null, proposal);
        return outcome.IsDone
            ? Redirect($"/staff/changes/{id}")
            : Invalid(outcome.Refusals.Select(refusal => new FieldError("", refusal.Sentence)));
    }

    private async Task<bool> FindAsync(long id)
    {
        var draft = await register.FindAsync(id, HttpContext.RequestAborted);
        if (draft is not { State: ChangeState.Draft } || draft.Author.Staff != User.StaffId())
            return false;
        Draft = draft;
        return true;
    }
}
