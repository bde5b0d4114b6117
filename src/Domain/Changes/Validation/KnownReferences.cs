using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>What a document may refer to.</summary>
internal sealed class KnownReferences(GovernanceSnapshot governance)
{
    public HashSet<string> Technologies { get; } = governance.Table.Technologies.Select(technology => technology.Id).ToHashSet();
    public HashSet<string> Instruments { get; } = governance.Table.Instruments.Select(instrument => instrument.Id).ToHashSet();
    public HashSet<string> Departments { get; } = governance.City.Departments.Select(department => department.Id).ToHashSet();
    public KnownChapters Chapters { get; } = governance.Chapters;
}
