using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices;

namespace SurveillanceRegistry.Web.Staff.Gateways;

/// <summary>The gateways: each speaks for the devices registered behind it, and never for itself.</summary>
public sealed class GatewaysModel(DeviceRegistration registrar, IEnrolment enrolment, IGrainFactory grains) : PageModel
{
    public City City { get; private set; } = null!;

    public ImmutableArray<Gateway> Gateways { get; private set; } = [];

    public ImmutableArray<(string Field, string Sentence)> Faults { get; private set; } = [];

    public bool MayAct => User.Is(Role.DeviceClerk);

    public string Value(string field) => Request.HasFormContentType ? Request.Form[field].ToString() : "";

    public string? IsWrong(string field) => Faults.Any(fault => fault.Field == field) ? "true" : null;

    public async Task OnGetAsync()
    {
        City = (await grains.Governance()).City;
        Gateways = await enrolment.GatewaysAsync(HttpContext.RequestAborted);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!MayAct)
            return Forbid();
        var reason = Value("reason").Trim();
        ImmutableArray<Refusal> refusals = [new Refusal("invalid", "Say why: every act stands in the ledger with its reason.", "reason")];
        if (reason.Length > 0)
        {
            var outcome = await registrar.RegisterAsync(
                new Gateway(Value("id").Trim(), Value("department"), Value("profile").Trim() is { Length: > 0 } profile ? profile : null),
                User,
                reason,
                HttpContext.RequestAborted
            );
            if (outcome.Value is { } registered)
                return Redirect($"/staff/gateways/{registered.Id}?done=registered");
            refusals = outcome.Refusals;
        }

        Faults = [.. refusals.Select(refusal => (refusal.Where ?? "", refusal.Sentence))];
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await OnGetAsync();
        return Page();
    }
}
