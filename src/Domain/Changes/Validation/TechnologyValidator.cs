using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Domain.Changes.Validation.ProblemLocation;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>Checks a technology.</summary>
internal static class TechnologyValidator
{
    public static void Check(Technology technology, KnownReferences known, ProblemLocation at)
    {
        if (!Identifier.IsValid(technology.Id))
            at["id"].Add(Quote(technology.Id), "an id of small letters, digits and hyphens, at most 64");
        if (technology.Purpose is null != technology.PurposeSource is null)
            at["purpose"]
                .Add(technology.Purpose is null ? "a source without a purpose" : "a purpose without its source", "both, or neither");
        if (technology.PurposeSource is { } source)
            SourceValidator.Check(source, at["purposeSource"]);
        if (technology.Statement is { } row && !known.Instruments.Contains(row.Instrument))
            at["statement"].Add(Quote(row.Instrument), "a registered instrument");
    }
}
