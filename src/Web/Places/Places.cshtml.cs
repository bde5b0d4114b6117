using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains.Places;

namespace SurveillanceRegistry.Web.Places;

/// <summary>Every place, with what is recorded there now.</summary>
public sealed class PlacesModel(IGrainFactory grains, IPlaceRegister places, IDeviceRegister devices, TimeProvider time) : PageModel
{
    public ImmutableArray<PlaceDescription> All { get; private set; }

    /// <summary>The fleets that there are, by id and kind; not how large they are.</summary>
    public ImmutableArray<(string Id, string Kind)> Fleets { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        All = await places.DescribeAllAsync(grains, cancellationToken);
        Fleets = [.. (await devices.FleetsAsync(time.GetUtcNow(), cancellationToken)).Select(fleet => (fleet.Id, fleet.Kind)).Distinct()];
    }
}
