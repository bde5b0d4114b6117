using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Staff.Credentials;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Gateways;

/// <summary>One gateway: its registration, its credentials, and the devices behind it that the user may see.</summary>
public sealed class GatewayModel(
    DeviceRegistration registrar,
    IEnrolment enrolment,
    IGatewayRegister gateways,
    ICredentialRegister credentials,
    IClaimRegister claims,
    IMobileReadAudit readAudit,
    IGrainFactory grains,
    TimeProvider time
) : CredentialHolderPageModel(registrar, gateways, credentials, claims, grains, time)
{
    public Gateway Gateway { get; private set; } = null!;

    /// <summary>Every version, the newest first.</summary>
    public ImmutableArray<AttributedVersion<Gateway>> Versions { get; private set; } = [];

    public ImmutableArray<Device> DevicesBehind { get; private set; } = [];

    public override bool IsRemoved => Gateway.Removed;

    private protected override string Address => $"/staff/gateways/{Holder}";

    public async Task<IActionResult> OnPostChangeAsync(string id)
    {
        if (await CheckActionAsync(id, "change-reason") is { } refused)
            return refused;
        var after = Gateway with
        {
            Department = Form("department"),
            Profile = Request.Form.Text("profile"),
            Removed = Form("removed") == "yes",
        };
        var outcome = await Registrar.ChangeAsync(after, Request.Form.Version(), User, Form("change-reason"), HttpContext.RequestAborted);
        return outcome.IsDone
            ? Redirect($"{Address}?done={(after.Removed ? "removed" : "changed")}")
            : Invalid(FieldError.From(outcome.Refusals, ("reason", "change-reason")));
    }

    private protected override async Task<bool> FindAsync(string id)
    {
        var all = await GatewayRegister.GatewaysAsync(HttpContext.RequestAborted);
        if (all.FirstOrDefault(gateway => gateway.Id == id) is not { } found)
            return false;
        Gateway = found;
        Versions = [.. (await GatewayRegister.HistoryAsync(id, HttpContext.RequestAborted)).Reverse()];
        DevicesBehind = await MobileReadPolicy.BehindAsync(id, HttpContext, enrolment, readAudit, Clock);
        Fields = new Dictionary<string, string>
        {
            ["department"] = found.Department,
            ["profile"] = found.Profile ?? "",
            ["removed"] = found.Removed ? "yes" : "",
        }.ToImmutableDictionary();
        return true;
    }
}
