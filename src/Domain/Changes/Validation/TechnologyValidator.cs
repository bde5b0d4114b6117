using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using static SurveillanceRegistry.Domain.Changes.Validation.ProblemLocation;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>Checks a technology.</summary>
internal static class TechnologyValidator
{
    private const string Retired = "the technology retired";

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

    /// <summary>Checks that nothing in use, and no law that holds or will hold, is about a technology that is retired.</summary>
    /// <param name="uses">What is of each device kind now.</param>
    /// <param name="today">The day in the city.</param>
    public static void CheckRetirement(
        Technology technology,
        ImmutableArray<KindUse> uses,
        GovernanceTable table,
        DateOnly today,
        ProblemLocation at
    )
    {
        if (!technology.IsRetired)
            return;
        if (KindUse.OfTechnology(technology.Id, uses) is { } use)
            at["retired"].Add(Retired, $"it to stay while it has {use.InWords}: remove them, or change their kind, first");
        foreach (var instrument in InstrumentsOn(technology.Id, table, today))
            at["retired"].Add(Retired, $"no rule about it that holds or will hold: {instrument.Citation} has one, so end that first");
    }

    /// <summary>Checks that an instrument has no rule that holds, or will hold, about a technology that is retired.</summary>
    /// <param name="retired">The technologies that are retired.</param>
    public static void CheckRules(string instrument, IEnumerable<string> retired, GovernanceTable table, DateOnly today, ProblemLocation at)
    {
        foreach (var technology in retired.Where(id => InstrumentsOn(id, table, today).Any(one => one.Id == instrument)))
            at["technology"]
                .Add($"a rule about {Quote(technology)}, which is retired", "a technology in use: bring it back first, or name another");
    }

    /// <summary>The instruments with a rule about a technology that is not over on a day, or is to come.</summary>
    public static IEnumerable<Instrument> InstrumentsOn(string technology, GovernanceTable table, DateOnly today) =>
        table
            .On(today, technology)
            .Where(row => row.Status is not (RuleStatus.Ended or RuleStatus.Superseded) || row.Next is not null)
            .Select(row => row.Instrument);
}
