using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Gateways;

/// <summary>
/// The list of gateways, and the form that registers one. A gateway sends heartbeats for the devices registered behind it.
/// </summary>
public sealed class GatewaysModel(DeviceRegistration registrar, IGatewayRegister gateways, IGrainFactory grains) : FormPageModel
{
    public City City { get; private set; } = null!;

    public ImmutableArray<Gateway> Gateways { get; private set; } = [];

    public bool MayAct => User.Is(Role.DeviceClerk);

    public async Task OnGetAsync()
    {
        City = (await grains.Governance()).City;
        Gateways = await gateways.GatewaysAsync(HttpContext.RequestAborted);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!MayAct)
            return Forbid();
        await OnGetAsync();
        if (Request.Form.Text("reason") is not { } reason)
            return Invalid([FieldError.MissingReason("reason")]);
        var outcome = await registrar.RegisterAsync(
            new Gateway(Request.Form.Text("id") ?? "", Request.Form.Text("department") ?? "", Request.Form.Text("profile")),
            User,
            reason,
            HttpContext.RequestAborted
        );
        return outcome.Value is { } registered
            ? Redirect($"/staff/gateways/{registered.Id}?done=registered")
            : Invalid(FieldError.From(outcome.Refusals));
    }
}
