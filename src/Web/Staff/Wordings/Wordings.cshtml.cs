using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Wordings;

/// <summary>The languages of the city with the texts of each.</summary>
public sealed class WordingsModel(IGrainFactory grains) : DraftPageModel(grains)
{
    public ImmutableArray<Wording> Wordings => Governance.Wordings;

    public PolicyRevision RevisionOf(Wording wording)
    {
        ArgumentNullException.ThrowIfNull(wording);
        return History.LatestOf(DocumentKind.Wording, wording.Language)!;
    }

    public Task OnGetAsync() => LoadHistoryAsync();
}
