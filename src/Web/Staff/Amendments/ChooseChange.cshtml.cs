using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Governance;

namespace SurveillanceRegistry.Web.Staff.Amendments;

/// <summary>
/// The question before every change of a recorded rule: did the law change from some day on, or was it recorded wrongly? The first makes a
/// new version, the second changes what is recorded of a version.
/// </summary>
[Authorize(StaffPolicies.Editor)]
public sealed class ChooseChangeModel(IGrainFactory grains, IChangeRegister register) : PageModel
{
    public Instrument Instrument { get; private set; } = null!;

    public InstrumentVersion Version { get; private set; } = null!;

    public Technology Technology { get; private set; } = null!;

    public Rule? Rule => Version.RuleFor(Technology.Id);

    /// <summary>The query that leads back to the draft; empty when an edit starts a new one.</summary>
    public string DraftQuery { get; private set; } = "";

    /// <summary>The form of a new version, which begins with the terms of this version.</summary>
    public string AmendLink
    {
        get
        {
            var page = $"/staff/amend/{Instrument.Id}/{Technology.Id}{DraftQuery}";
            return VersionChain.TermsBefore(Instrument.Versions, Technology.Id, null)?.Number == Version.Number
                ? page
                : $"{page}{(DraftQuery.Length == 0 ? '?' : '&')}version={Version.Number}";
        }
    }

    public async Task<IActionResult> OnGetAsync(string instrument, int version, string technology)
    {
        if (
            await DraftEditor.OpenAsync(grains, register, Request, User) is not { } editor
            || editor.Instrument(instrument) is not { } found
            || found.Versions.FirstOrDefault(candidate => candidate.Number == version) is not { } chosen
            || editor.Governance.Table.Technologies.FirstOrDefault(known => known.Id == technology) is not { } governed
        )
            return NotFound();
        (Instrument, Version, Technology) = (found, chosen, governed);
        DraftQuery = editor.Draft is { } draft ? $"?change={draft.Id}" : "";
        return Page();
    }
}
