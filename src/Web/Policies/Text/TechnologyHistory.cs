using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Policies.Text;

/// <summary>The past of a technology. What is said of it holds from when it is recorded.</summary>
internal static class TechnologyHistory
{
    /// <summary>The revision that retired a technology, at a point in time; null when it is in use then.</summary>
    public static PolicyRevision? RetiredSince(BitemporalPoint point, string id)
    {
        if (point.RevisionOn(DocumentKind.Technology, id) is not { } held)
            return null;
        return point
            .RevisionsOf(DocumentKind.Technology, id)
            .Where(revision => revision.Number <= held.Number)
            .Reverse()
            .TakeWhile(revision => revision.Document.Value<Technology>().IsRetired)
            .LastOrDefault();
    }
}
