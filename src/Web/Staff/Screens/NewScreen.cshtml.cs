using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Registers;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Screens;

/// <summary>The form with which a device clerk adds a screen.</summary>
[Authorize(StaffPolicies.DeviceClerk)]
public sealed class NewScreenModel(RegisterClerk clerk, IPlaceRegister places) : FormPageModel
{
    public ImmutableArray<Place> Places { get; private set; } = [];

    public async Task OnGetAsync(string? place)
    {
        Fields = Fields.SetItem("place", place ?? "");
        Places = await places.PlacesAsync(HttpContext.RequestAborted);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        var form = Request.Form;
        var outcome = await clerk.RegisterAsync(
            new Kiosk(form.Text("id") ?? "", form.Text("place") ?? ""),
            new ClerkAct(User, form.Text("reason"), form.Text("since")),
            HttpContext.RequestAborted
        );
        if (outcome.Value is { } registered)
            return Redirect($"/staff/screens/{registered.Value.Id}?done=registered");
        Places = await places.PlacesAsync(HttpContext.RequestAborted);
        return Invalid(FieldError.From(outcome.Refusals));
    }
}
