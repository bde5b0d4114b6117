using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Places;

namespace SurveillanceRegistry.Web.Front;

/// <summary>The front page: what this is, and what is recorded now at every place.</summary>
public sealed class IndexModel(IGrainFactory grains, IPlaceRegister places, IDeviceRegister devices, TimeProvider time) : PageModel
{
    public Governance Governance { get; private set; } = null!;

    public ImmutableArray<PlaceDescription> Places { get; private set; }

    /// <summary>The technologies that people wear or drive, each with its fleets as they stood an hour ago.</summary>
    public ImmutableArray<(Technology Technology, ImmutableArray<RegisteredFleet> Fleets)> Moving { get; private set; }

    internal Policies.Links Links => new(Governance, "");

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Governance = await grains.Governance();
        var fleets = await HistoryApi.FleetsAsync(devices, time, cancellationToken);
        Moving = [.. Governance.Table.Technologies.Where(technology => DeviceKind.All.Any(kind => kind.IsMobile && kind.Technology == technology.Id))
            .Select(technology => (technology, fleets.Where(fleet => DeviceKind.Find(fleet.Kind)?.Technology == technology.Id).ToImmutableArray()))];
        Places = await places.DescribeAllAsync(grains, cancellationToken);
    }
}
