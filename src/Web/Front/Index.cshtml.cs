using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Places;

namespace SurveillanceRegistry.Web.Front;

/// <summary>The front page: what this is, and what is recorded now at every place.</summary>
public sealed class IndexModel(IGrainFactory grains, IPlaceRegister places) : PageModel
{
    public Governance Governance { get; private set; } = null!;

    public ImmutableArray<PlaceDescription> Places { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Governance = await grains.Governance();
        Places = await places.DescribeAllAsync(grains, cancellationToken);
    }
}
