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
    /// <param name="today">
    /// Versions that begin after this day take over what the added one changes, where they say what the version before them said. Null to
    /// leave all of them as they are.
    /// </param>
    public static Instrument Add(Instrument instrument, InstrumentVersion added, DateOnly? today = null)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        var ordered = Order([.. instrument.Versions, added]);
        var recorded = instrument.Versions.Select(version => version.Id).ToHashSet();
        var carried = TermsCarry.Apply(
            ordered,
            version => recorded.Contains(version.Id) && version.Effective.EarliestPossibleStart > today ? instrument.Versions : null
        );
        return VersionIdentity.Complete(instrument with { Versions = carried }, instrument.Versions);
    }

    /// <summary>
    /// The version whose terms hold for a technology just before a day, with its rules for the other technologies that hold then. A text
    /// that waits for a condition is never law, so it is not that version while there is another one.
    /// </summary>
    /// <param name="day">Null for the end of what is recorded. Before all versions, the first of them is returned.</param>
    /// <returns>Null when no version has a rule for the technology.</returns>
    public static InstrumentVersion? TermsBefore(IEnumerable<InstrumentVersion> versions, string technology, LawDate? day)
    {
        InstrumentVersion[] dated = [.. versions.Where(version => version.Effective.Condition is null)];
        InstrumentVersion[] before = [.. dated.Where(version => !(version.Effective.EarliestPossibleStart >= day?.Earliest))];
        if (Newest(before, technology) is { } found)
            return found with
            {
                // What another version says of a technology by then goes on there.
                Rules = [.. found.Rules.Where(rule => Newest(before, rule.Technology)!.Number == found.Number)],
            };
        return dated.FirstOrDefault(version => version.RuleFor(technology) is not null)
            ?? versions.FirstOrDefault(version => version.RuleFor(technology) is not null);
    }

    /// <summary>
    /// Sorts versions by the first day on which they may be in force, numbers them, and ends each of them where the next one begins. The
    /// one that begins takes over the end of the version that it cuts, unless it has one: what has ended stays ended. A version that ends
    /// earlier, and one whose dates are not known well enough, keeps its end.
    /// </summary>
    public static ImmutableArray<InstrumentVersion> Order(ImmutableArray<InstrumentVersion> versions)
    {
        // A stable sort: texts whose first days are not known stay in the order in which they stand.
        InstrumentVersion[] ordered = [.. versions.OrderBy(version => version.Effective.EarliestPossibleStart)];
        for (var i = 0; i < ordered.Length; i++)
        {
            ordered[i] = ordered[i] with { Number = i + 1 };
            var next = Array.FindIndex(ordered, i + 1, later => IsReplacedBy(ordered[i], later));
            if (next < 0)
                continue;
            var (cut, later) = (ordered[i].Effective, ordered[next].Effective);
            if (later is { To: null, Ended: false })
                ordered[next] = ordered[next] with { Effective = later with { To = cut.To } };
            ordered[i] = ordered[i] with { Effective = cut with { To = later.From } };
        }

        return [.. ordered];
    }

    private static InstrumentVersion? Newest(IEnumerable<InstrumentVersion> versions, string technology) =>
        versions.LastOrDefault(version => version.RuleFor(technology) is not null);

    /// <summary>Whether a version would still be in force when a later one begins, for a technology of both.</summary>
    private static bool IsReplacedBy(InstrumentVersion version, InstrumentVersion later) =>
        later.Effective.From is { } from
        && from.Earliest > version.Effective.EarliestPossibleStart
        && version.Effective is { Ended: false }
        && (version.Effective.To is not { } to || to > from)
        && version.Rules.Any(rule => later.RuleFor(rule.Technology) is not null);
}
