using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>
/// The register of devices. Single mobile units only for those who may read them, only when they are asked for, and each reading is written
/// down.
/// </summary>
public sealed class DevicesModel(
    IDeviceRegister devices,
    IEnrolment enrolment,
    IPlaceRegister places,
    IMobileReadAudit readings,
    IGrainFactory grains,
    TimeProvider time
) : PageModel
{
    /// <summary>So many rows stand on a page.</summary>
    public const int PerPage = 50;

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

    [BindProperty(Name = "after", SupportsGet = true)]
    public string? After { get; set; }

    public City City { get; private set; } = null!;

    public ImmutableArray<Place> Places { get; private set; } = [];

    /// <summary>The fleets whose units whoever asks may see.</summary>
    public ImmutableArray<string> Fleets { get; private set; } = [];

    public ImmutableArray<Gateway> Gateways { get; private set; } = [];

    public ImmutableArray<(Device Device, DeviceObservation? Last)> Rows { get; private set; } = [];

    /// <summary>The last id of this page, when more follow.</summary>
    public string? Next { get; private set; }

    public bool MayAct => User.Is(Role.DeviceClerk);

    public bool MayReadSingly => DevicesApi.MayReadSingly(User);

    /// <summary>The kinds that can be asked for.</summary>
    public IEnumerable<DeviceKind> Kinds => DeviceKind.All.Where(kind => !kind.IsMobile || MayReadSingly);

    public async Task<IActionResult> OnGetAsync()
    {
        var isMobile = !string.IsNullOrEmpty(Fleet) || Kind is not null && DeviceKind.Find(Kind) is { IsMobile: true };
        if (isMobile && !MayReadSingly)
            return Forbid();
        var cancellationToken = HttpContext.RequestAborted;
        City = (await grains.Governance()).City;
        Places = await places.PlacesAsync(cancellationToken);
        Gateways = [.. (await enrolment.GatewaysAsync(cancellationToken)).Where(gateway => !gateway.Removed)];
        if (MayReadSingly)
            Fleets = [.. (await devices.FleetsAsync(time.GetUtcNow(), cancellationToken)).Select(fleet => fleet.Id).Distinct()];
        var page = await devices.ListAsync(
            new DeviceFilter(Given(Place), Given(Fleet), Given(Kind), Given(Gateway), Given(Search)) { IsMobile = isMobile },
            Given(After),
            PerPage + 1,
            cancellationToken
        );
        Next = page.Length > PerPage ? page[PerPage - 1].Id : null;
        ImmutableArray<Device> shown = [.. page.Take(PerPage)];
        await DevicesApi.NoteListAsync(shown, HttpContext, readings, time);
        var last = await Task.WhenAll(shown.Select(device => grains.Device(device.Id).LastObservation()));
        Rows = [.. shown.Zip(last)];
        return Page();
    }

    /// <summary>The address of the page after this one.</summary>
    public string NextAddress
    {
        get
        {
            var query = new QueryBuilder(
                Request
                    .Query.Where(one => one.Key != "after" && one.Value.ToString().Length > 0)
                    .SelectMany(one => one.Value.OfType<string>().Select(value => KeyValuePair.Create(one.Key, value)))
            )
            {
                { "after", Next! },
            };
            return query.ToQueryString().Value!;
        }
    }

    public string Time(DateTimeOffset at) => CityTime.Format(City, at);

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
