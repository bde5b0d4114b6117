using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Fleets;

/// <summary>
/// The register of fleets, also of what is retired. The exact number of devices is only for roles that may read single mobile devices.
/// </summary>
public sealed class FleetsModel(
    IInventoryRegister<Fleet> fleets,
    IInventoryRegister<Place> places,
    IDeviceRegister devices,
    IGrainFactory grains,
    TimeProvider time
) : PageModel
{
    private City _city = null!;
    private Dictionary<string, string> _places = [];

    /// <summary>Part of a name or an id.</summary>
    [BindProperty(Name = "q", SupportsGet = true)]
    public string? Search { get; set; }

    public ImmutableArray<Fleet> Fleets { get; private set; } = [];

    /// <summary>The devices of each fleet that are not removed; empty for roles that may not know.</summary>
    public ImmutableDictionary<string, int> Devices { get; private set; } = ImmutableDictionary<string, int>.Empty;

    public bool MayAct => User.Is(Role.DeviceClerk);

    public bool MayReadSingly => MobileReadPolicy.MayRead(User);

    /// <summary>The name of the department; empty while none is stated.</summary>
    public string DepartmentOf(Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return fleet.Department is { } id ? _city.Department(id)?.Name ?? id : "not stated";
    }

    public string PlacesOf(Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return string.Join(", ", fleet.Places.Select(place => _places.GetValueOrDefault(place, place)));
    }

    public async Task OnGetAsync()
    {
        var cancellationToken = HttpContext.RequestAborted;
        var search = Search?.Trim() ?? "";
        _city = (await grains.Governance()).City;
        _places = (await places.ListAsync(null, cancellationToken)).ToDictionary(place => place.Value.Id, place => place.Value.Name);
        Fleets =
        [
            .. (await fleets.ListAsync(null, cancellationToken))
                .Select(version => version.Value)
                .Where(fleet =>
                    ((string[])[fleet.Id, fleet.DisplayName]).Any(text => text.Contains(search, StringComparison.OrdinalIgnoreCase))
                )
                .OrderBy(fleet => fleet.IsRetired)
                .ThenBy(fleet => fleet.DisplayName, StringComparer.OrdinalIgnoreCase),
        ];
        if (MayReadSingly)
            Devices = (await devices.FleetsAsync(time.GetUtcNow(), cancellationToken))
                .GroupBy(part => part.Id)
                .ToImmutableDictionary(parts => parts.Key, parts => parts.Sum(part => part.Units));
    }
}
