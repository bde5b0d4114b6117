using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Registers;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Fleets;

/// <summary>The form with which a device clerk adds a fleet.</summary>
[Authorize(StaffPolicies.DeviceClerk)]
public sealed class NewFleetModel(RegisterClerk clerk, IPlaceRegister places, IGrainFactory grains) : FormPageModel
{
    public City City { get; private set; } = null!;

    public ImmutableArray<Place> Places { get; private set; } = [];

    public Task OnGetAsync(string? place)
    {
        Fields = Fields.SetItem("places", place ?? "");
        return LoadAsync();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        var form = Request.Form;
        var outcome = await clerk.RegisterAsync(
            FleetFields.Read(form, Fleet.Named(form.Text("id") ?? "")),
            new ClerkAct(User, form.Text("reason"), form.Text("since")),
            HttpContext.RequestAborted
        );
        if (outcome.Value is { } registered)
            return Redirect($"/staff/fleets/{registered.Value.Id}?done=registered");
        await LoadAsync();
        return Invalid(FieldError.From(outcome.Refusals));
    }

    private async Task LoadAsync()
    {
        City = (await grains.Governance()).City;
        Places = await places.PlacesAsync(HttpContext.RequestAborted);
    }
}
