using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Technologies;

/// <summary>The form with which an editor proposes a technology.</summary>
[Authorize(StaffPolicies.Editor)]
public sealed class NewTechnologyModel(IGrainFactory grains) : TechnologyPageModel(grains)
{
    public Task OnGetAsync() => LoadHistoryAsync();

    public async Task<IActionResult> OnPostAsync()
    {
        await LoadHistoryAsync();
        var id = Request.Form.Text("id") ?? "";
        var errors = new List<FieldError>();
        if (!Identifier.IsValid(id))
            errors.Add(new FieldError("id", $"Enter an ID: lowercase letters, digits and hyphens, at most {Identifier.MaxLength}."));
        else if (Governance.Table.Technologies.Any(known => known.Id == id))
            errors.Add(new FieldError("id", $"“{id}” is taken: choose another ID."));
        return await DraftFieldsAsync(null, new Technology(id, "", null, null, null), errors);
    }
}
