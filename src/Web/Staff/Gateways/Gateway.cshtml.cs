using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Staff.Credentials;

namespace SurveillanceRegistry.Web.Staff.Gateways;

/// <summary>One gateway: the devices behind it, as far as whoever looks may see them, and its credentials.</summary>
public sealed class GatewayModel(
    DeviceRegistration registrar,
    IEnrolment enrolment,
    IMobileReadAudit readings,
    IGrainFactory grains,
    TimeProvider time
) : CredentialHolderPageModel(registrar, enrolment, grains, time)
{
    public Gateway Gateway { get; private set; } = null!;

    public ImmutableArray<Device> Behind { get; private set; } = [];

    public override bool IsRemoved => Gateway.Removed;

    private protected override string Address => $"/staff/gateways/{Holder}";

    public string? IsWrong(string field) => Faults.Any(fault => fault.Field == field) ? "true" : null;

    public async Task<IActionResult> OnPostChangeAsync(string id)
    {
        if (await RefusalAsync(id, "change-reason") is { } refusal)
            return refusal;
        var after = Gateway with
        {
            Department = Form("department"),
            Profile = Form("profile") is { Length: > 0 } profile ? profile : null,
            Removed = Form("removed") == "yes",
        };
        var outcome = await Registrar.ChangeAsync(
            after,
            int.TryParse(Form("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0,
            User,
            Form("change-reason"),
            HttpContext.RequestAborted
        );
        return outcome.IsDone
            ? Redirect($"{Address}?done={(after.Removed ? "removed" : "changed")}")
            : Wrong(outcome.Refusals, ("reason", "change-reason"));
    }

    private protected override async Task<bool> FindAsync(string id)
    {
        if ((await Enrolment.GatewaysAsync(HttpContext.RequestAborted)).FirstOrDefault(gateway => gateway.Id == id) is not { } found)
            return false;
        Gateway = found;
        Behind = await DevicesApi.BehindAsync(id, HttpContext, Enrolment, readings, Clock);
        Fields = new Dictionary<string, string>
        {
            ["department"] = found.Department,
            ["profile"] = found.Profile ?? "",
            ["removed"] = found.Removed ? "yes" : "",
        }.ToImmutableDictionary();
        return true;
    }
}
