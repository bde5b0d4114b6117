using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Technologies;

/// <summary>The technologies, also those that are retired.</summary>
public sealed class TechnologiesModel(IGrainFactory grains) : DraftPageModel(grains)
{
    public ImmutableArray<Technology> Technologies => Governance.Table.Technologies;

    public Task OnGetAsync() => LoadHistoryAsync();
}
