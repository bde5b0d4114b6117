using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>
/// All policy documents at one instant: the city, its governance table, the texts of its notices, and the chapters that may be cited.
/// </summary>
public sealed record GovernanceSnapshot(City City, GovernanceTable Table, ImmutableArray<Wording> Wordings, KnownChapters Chapters)
{
    /// <summary>Every document, in the order of recording: city, chapters, wordings, technologies, instruments.</summary>
    public IEnumerable<PolicyDocument> Documents() =>
        [
            PolicyDocument.For(City),
            PolicyDocument.For(Chapters),
            .. Wordings.Select(PolicyDocument.For),
            .. Table.Technologies.Select(PolicyDocument.For),
            .. Table.Instruments.Select(PolicyDocument.For),
        ];
}
