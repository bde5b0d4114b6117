using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Places;

/// <summary>The register of places with their screens, also of what is retired.</summary>
public sealed class PlacesModel(IInventoryRegister<Place> places, IInventoryRegister<Kiosk> kiosks) : PageModel
{
    /// <summary>Part of a name, an address or an id.</summary>
    [BindProperty(Name = "q", SupportsGet = true)]
    public string? Search { get; set; }

    public ImmutableArray<Place> Places { get; private set; } = [];

    /// <summary>The screens that are in use, by place.</summary>
    public ILookup<string, string> Screens { get; private set; } = null!;

    public bool MayAct => User.Is(Role.DeviceClerk);

    public async Task OnGetAsync()
    {
        var cancellationToken = HttpContext.RequestAborted;
        var search = Search?.Trim() ?? "";
        Places =
        [
            .. (await places.ListAsync(null, cancellationToken))
                .Select(version => version.Value)
                .Where(place =>
                    ((string[])[place.Id, place.Name, place.Address]).Any(text => text.Contains(search, StringComparison.OrdinalIgnoreCase))
                )
                .OrderBy(place => place.IsRetired)
                .ThenBy(place => place.Name, StringComparer.OrdinalIgnoreCase),
        ];
        Screens = (await kiosks.ListAsync(null, cancellationToken))
            .Select(version => version.Value)
            .Where(kiosk => !kiosk.Removed)
            .ToLookup(kiosk => kiosk.Place, kiosk => kiosk.Id, StringComparer.Ordinal);
    }
}
