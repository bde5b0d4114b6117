using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Registers;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Places;

/// <summary>The form with which a device clerk adds a place.</summary>
[Authorize(StaffPolicies.DeviceClerk)]
public sealed class NewPlaceModel(RegisterClerk clerk) : FormPageModel
{
    public async Task<IActionResult> OnPostAsync()
    {
        var form = Request.Form;
        var place = PlaceFields.Read(form, new Place(form.Text("id") ?? "", "", "", ""), out var unread);
        if (unread is not null)
            return Invalid(FieldError.From([unread]));
        var outcome = await clerk.RegisterAsync(
            place,
            new ClerkAct(User, form.Text("reason"), form.Text("since")),
            HttpContext.RequestAborted
        );
        return outcome.Value is { } registered
            ? Redirect($"/staff/places/{registered.Value.Id}?done=registered")
            : Invalid(FieldError.From(outcome.Refusals));
    }
}
