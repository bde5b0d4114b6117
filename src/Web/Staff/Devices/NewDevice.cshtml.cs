using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Devices;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>A device comes into being: a clerk registers it.</summary>
[Authorize("device-clerk")]
public sealed class NewDeviceModel(
    DeviceRegistration registrar,
    IDeviceRegister devices,
    IEnrolment enrolment,
    IPlaceRegister places,
    IGrainFactory grains,
    TimeProvider time
) : PageModel
{
    public DeviceFields Offer { get; private set; } = null!;

    public ImmutableArray<(string Field, string Sentence)> Faults { get; private set; } = [];

    public Task OnGetAsync(string? place) =>
        OfferAsync(
            new Dictionary<string, string>
            {
                ["place"] = place ?? "",
                ["lifecycle"] = Domain.Json.Word(Lifecycle.Installed),
            }.ToImmutableDictionary()
        );

    public async Task<IActionResult> OnPostAsync()
    {
        var (form, reason) = (Request.Form, Request.Form["reason"].ToString().Trim());
        var read = DeviceFields.Read(form, form["id"].ToString().Trim(), form["kind"].ToString());
        ImmutableArray<Refusal> refusals =
            reason.Length == 0 ? [new Refusal("invalid", "Say why: every act stands in the ledger with its reason.", "reason")] : [];
        if (read.Value is { } device && refusals.IsEmpty)
        {
            var outcome = await registrar.RegisterAsync(device, User, reason, HttpContext.RequestAborted);
            if (outcome.Value is { } registered)
                return Redirect($"/staff/devices/{registered.Id}?done=registered");
            refusals = outcome.Refusals;
        }

        Faults = [.. refusals.AddRange(read.Refusals).Select(refusal => (refusal.Where ?? "", refusal.Sentence))];
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await OfferAsync(form.ToImmutableDictionary(field => field.Key, field => field.Value.ToString()));
        return Page();
    }

    private async Task OfferAsync(ImmutableDictionary<string, string> values)
    {
        var cancellationToken = HttpContext.RequestAborted;
        Offer = new DeviceFields(
            (await grains.Governance()).City,
            await places.PlacesAsync(cancellationToken),
            [.. (await devices.FleetsAsync(time.GetUtcNow(), cancellationToken)).Select(fleet => fleet.Id).Distinct()],
            [.. (await enrolment.GatewaysAsync(cancellationToken)).Where(gateway => !gateway.Removed)],
            null,
            values,
            [.. Faults.Select(fault => fault.Field)]
        );
    }
}
