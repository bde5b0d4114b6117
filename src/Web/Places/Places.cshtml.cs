using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains.Places;

namespace SurveillanceRegistry.Web.Places;

/// <summary>Every place, with what is recorded there now.</summary>
public sealed class PlacesModel(IGrainFactory grains, IPlaceRegister places) : PageModel
{
    public ImmutableArray<PlaceDescription> All { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken) => All = await places.DescribeAllAsync(grains, cancellationToken);
}
