using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>Second step of an edit: why, and what it rests on.</summary>
[Authorize("editor")]
public sealed class ChangeReasonModel(IGrainFactory grains, IChangeRegister register, TimeProvider time) : PageModel
{
    public ChangeRequest Draft { get; private set; } = null!;

    public ImmutableDictionary<string, string> Fields { get; private set; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<(string Field, string Sentence)> Faults { get; private set; } = [];

    public string Value(string field) => Fields.GetValueOrDefault(field, "");

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (!await FindAsync(id))
            return NotFound();
        var today = (await grains.Governance()).City.DayAt(time.GetUtcNow());
        var source = Draft.Proposal.Source ?? new Source("", null, today, Confidence.Sourced);
        Fields = new Dictionary<string, string>
        {
            ["reason"] = Draft.Proposal.Reason,
            ["source-title"] = source.Title,
            ["source-url"] = source.Url ?? "",
            ["source-read-on"] = source.ReadOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["confidence"] = Domain.Json.Word(source.Confidence),
        }.ToImmutableDictionary();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id)
    {
        if (!await FindAsync(id))
            return NotFound();
        var faults = new List<(string, string)>();
        var reason = Request.Form["reason"].ToString().Trim().ReplaceLineEndings(" ");
        if (reason.Length is 0 or > Proposal.MaxReason)
            faults.Add(("reason", $"Say why, in 1 to {Proposal.MaxReason} characters."));
        var source = SourceFields.Read(Request.Form, faults);
        if (faults.Count == 0)
        {
            var kept = await grains
                .Policies()
                .Act(
                    id,
                    Draft.Version,
                    ChangeAct.Revised,
                    User.HasRole(Role.Editor),
                    null,
                    Draft.Proposal with
                    {
                        Reason = reason,
                        Source = source,
                    }
                );
            if (kept.IsDone)
                return Redirect($"/staff/changes/{id}");
            faults.AddRange(kept.Refusals.Select(refusal => ("", refusal.Sentence)));
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        Fields = Request.Form.ToImmutableDictionary(field => field.Key, field => field.Value.ToString());
        Faults = [.. faults];
        return Page();
    }

    private async Task<bool> FindAsync(long id)
    {
        if (
            await register.FindAsync(id, HttpContext.RequestAborted) is not { State: ChangeState.Draft } draft
            || draft.Author.Staff != User.StaffId()
        )
            return false;
        Draft = draft;
        return true;
    }
}
