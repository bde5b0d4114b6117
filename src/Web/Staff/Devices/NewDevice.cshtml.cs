using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>The form with which a device clerk registers a device.</summary>
[Authorize(StaffPolicies.DeviceClerk)]
public sealed class NewDeviceModel(
    DeviceRegistration registrar,
    IInventoryRegister<Fleet> fleets,
    IGatewayRegister gateways,
    IPlaceRegister places,
    INamedListRegister lists,
    IGrainFactory grains
) : PageModel
{
    public DeviceFields Device { get; private set; } = null!;

    public ImmutableArray<FieldError> Errors { get; private set; } = [];

    public Task OnGetAsync(string? place, string? fleet) =>
        LoadAsync(
            new Dictionary<string, string>
            {
                ["place"] = place ?? "",
                ["fleet"] = fleet ?? "",
                ["lifecycle"] = Domain.Json.Word(Lifecycle.Installed),
            }.ToImmutableDictionary()
        );

    public async Task<IActionResult> OnPostAsync()
    {
        var form = Request.Form;
        var reason = form.Text("reason");
        var read = DeviceFields.Read(form, form.Text("id") ?? "", form["kind"].ToString());
        Errors = [.. reason is null ? [FieldError.MissingReason("reason")] : (FieldError[])[], .. FieldError.From(read.Refusals)];
        if (read.Value is { } device && Errors.IsEmpty)
        {
            var outcome = await registrar.RegisterAsync(device, User, reason, HttpContext.RequestAborted);
            if (outcome.Value is { } registered)
                return Redirect($"/staff/devices/{registered.Id}?done=registered");
            Errors = FieldError.From(outcome.Refusals, ("position", "latitude"));
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await LoadAsync(form.ToFields());
        return Page();
    }

    private async Task LoadAsync(ImmutableDictionary<string, string> values)
    {
        var cancellationToken = HttpContext.RequestAborted;
        Device = new DeviceFields(
            (await grains.Governance()).City,
            await places.PlacesAsync(cancellationToken),
            [.. (await fleets.ListAsync(null, cancellationToken)).Where(fleet => !fleet.Value.IsRetired).Select(fleet => fleet.Value.Id)],
            [.. (await gateways.GatewaysAsync(cancellationToken)).Where(gateway => !gateway.Removed)],
            null,
            values,
            [.. Errors.Select(error => error.Field)]
        )
        {
            Lists = NamedLists.From(await lists.AllAsync(cancellationToken)),
        };
    }
}
