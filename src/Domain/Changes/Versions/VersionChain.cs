using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Changes.Versions;

/// <summary>
/// The order of an instrument's versions in time. A version ends on the day on which the next one begins, as far as both have a rule for
/// one technology.
/// </summary>
public static class VersionChain
{
    /// <summary>Returns the instrument with one more version, which takes its place in the order of time.</summary>
    public static Instrument Add(Instrument instrument, InstrumentVersion added)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        return VersionIdentity.Complete(instrument with { Versions = Order([.. instrument.Versions, added]) }, instrument.Versions);
    }

    /// <summary>
    /// Sorts versions by the first day on which they may be in force, numbers them, and ends each of them where the next one begins. A
    /// version that ends earlier, and one whose dates are not known well enough, keeps its end.
    /// </summary>
    public static ImmutableArray<InstrumentVersion> Order(ImmutableArray<InstrumentVersion> versions)
    {
        // A stable sort: texts whose first days are not known stay in the order in which they stand.
        InstrumentVersion[] ordered = [.. versions.OrderBy(version => version.Effective.EarliestPossibleStart)];
        for (var i = 0; i < ordered.Length; i++)
        {
            var next = ordered.Skip(i + 1).FirstOrDefault(later => IsReplacedBy(ordered[i], later));
            ordered[i] = ordered[i] with
            {
                Number = i + 1,
                Effective = next is null ? ordered[i].Effective : EndedOn(ordered[i].Effective, next.Effective.From!.Value),
            };
        }

        return [.. ordered];
    }

    /// <summary>Whether a version would still be in force when a later one begins, for a technology of both.</summary>
    private static bool IsReplacedBy(InstrumentVersion version, InstrumentVersion later) =>
        later.Effective.From is { } from
        && from.Earliest > version.Effective.EarliestPossibleStart
        && version.Effective is { Ended: false }
        && (version.Effective.To is not { } to || to > from)
        && version.Rules.Any(rule => later.RuleFor(rule.Technology) is not null);

    private static EffectivePeriod EndedOn(EffectivePeriod period, LawDate day) => period with { To = day };
}
