using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>
/// The list of devices. It shows single mobile devices only to roles that may read them, and only when the user asks for a fleet or a
/// mobile kind. Each reading is recorded.
/// </summary>
public sealed class DevicesModel(
    IDeviceRegister devices,
    IGatewayRegister gateways,
    IPlaceRegister places,
    IInventoryRegister<Fleet> fleets,
    IMobileReadAudit readAudit,
    IGrainFactory grains,
    TimeProvider time
) : PageModel
{
    public const int DevicesPerPage = 50;

    [BindProperty(Name = "q", SupportsGet = true)]
    public string? Search { get; set; }

    [BindProperty(Name = "place", SupportsGet = true)]
    public string? Place { get; set; }

    [BindProperty(Name = "fleet", SupportsGet = true)]
    public string? Fleet { get; set; }

    [BindProperty(Name = "kind", SupportsGet = true)]
    public string? Kind { get; set; }

    [BindProperty(Name = "gateway", SupportsGet = true)]
    public string? Gateway { get; set; }

    [BindProperty(Name = "department", SupportsGet = true)]
    public string? Department { get; set; }

    [BindProperty(Name = "after", SupportsGet = true)]
    public string? After { get; set; }

    public City City { get; private set; } = null!;

    public ImmutableArray<Place> Places { get; private set; } = [];

    /// <summary>The fleets whose devices the user may see.</summary>
    public ImmutableArray<string> Fleets { get; private set; } = [];

    public ImmutableArray<Gateway> Gateways { get; private set; } = [];

    public ImmutableArray<(Device Device, DeviceObservation? Last)> Rows { get; private set; } = [];

    /// <summary>The last id of this page when more devices follow; otherwise null.</summary>
    public string? Next { get; private set; }

    public bool MayAct => User.Is(Role.DeviceClerk);

    public bool MayReadSingly => MobileReadPolicy.MayRead(User);

    /// <summary>The kinds that the filter offers to the user.</summary>
    public IEnumerable<DeviceKind> Kinds => DeviceKind.All.Where(kind => !kind.IsMobile || MayReadSingly);

    public async Task<IActionResult> OnGetAsync()
    {
        var isMobile = !string.IsNullOrEmpty(Fleet) || Kind is not null && DeviceKind.Find(Kind) is { IsMobile: true };
        if (isMobile && !MayReadSingly)
            return Forbid();
        var cancellationToken = HttpContext.RequestAborted;
        City = (await grains.Governance()).City;
        Places = await places.PlacesAsync(cancellationToken);
        Gateways = [.. (await gateways.GatewaysAsync(cancellationToken)).Where(gateway => !gateway.Removed)];
        if (MayReadSingly)
            Fleets = [.. (await fleets.ListAsync(null, cancellationToken)).Select(fleet => fleet.Value.Id)];
        // One more than is shown tells whether another page follows.
        var found = await devices.ListAsync(
            new DeviceFilter(NullIfEmpty(Place), NullIfEmpty(Fleet), NullIfEmpty(Kind), NullIfEmpty(Gateway), NullIfEmpty(Search))
            {
                IsMobile = isMobile,
                Department = NullIfEmpty(Department),
            },
            NullIfEmpty(After),
            DevicesPerPage + 1,
            cancellationToken
        );
        Next = found.Length > DevicesPerPage ? found[DevicesPerPage - 1].Id : null;
        ImmutableArray<Device> shown = [.. found.Take(DevicesPerPage)];
        await MobileReadPolicy.RecordListAsync(shown, HttpContext, readAudit, time);
        var last = await Task.WhenAll(shown.Select(device => grains.Device(device.Id).LastObservation()));
        Rows = [.. shown.Zip(last)];
        return Page();
    }

    /// <summary>The query of the next page.</summary>
    public string NextQuery
    {
        get
        {
            var query = new QueryBuilder(
                Request
                    .Query.Where(parameter => parameter.Key != "after" && parameter.Value.ToString().Length > 0)
                    .SelectMany(parameter => parameter.Value.OfType<string>().Select(value => KeyValuePair.Create(parameter.Key, value)))
            )
            {
                { "after", Next! },
            };
            return query.ToQueryString().Value!;
        }
    }

    public string Time(DateTimeOffset at) => CityTime.Format(City, at);

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
