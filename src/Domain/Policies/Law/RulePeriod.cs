using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>The longest period in which a version of an instrument may be in force for a technology.</summary>
/// <param name="Number">The number of the version.</param>
/// <param name="From">The first day; null when it has no known bound.</param>
/// <param name="Until">The first day after it; null when it has no known bound.</param>
public sealed record RulePeriod(string Technology, int Number, DateOnly? From, DateOnly? Until)
{
    /// <summary>The period of every rule of an instrument. A version that waits for a condition has none yet.</summary>
    public static ImmutableArray<RulePeriod> ForInstrument(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        return
        [
            .. instrument
                .Versions.Where(version => version.Effective.Condition is null)
                .SelectMany(
                    version => version.Rules,
                    (version, rule) =>
                        new RulePeriod(
                            rule.Technology,
                            version.Number,
                            Bound(version.Effective.EarliestPossibleStart),
                            Bound(EndOf(version, rule.Technology, instrument))
                        )
                ),
        ];
    }

    /// <summary>
    /// The first day after a version. Of two versions that meet at an imprecise date, the later one has its days, so that the periods
    /// follow each other.
    /// </summary>
    private static DateOnly? EndOf(InstrumentVersion version, string technology, Instrument instrument) =>
        instrument.Versions.Any(next => next.RuleFor(technology) is not null && version.Effective.MeetsAtStartOf(next.Effective))
            ? version.Effective.To?.Earliest
            : version.Effective.LatestPossibleEnd;

    private static DateOnly? Bound(DateOnly? day) => day == DateOnly.MinValue ? null : day;
}
