using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Conflicts;

/// <summary>A conflict of texts with its first day, so that it is told before it is law.</summary>
/// <param name="From">The first day on which the texts conflict; null when they do on the day that is asked about.</param>
public sealed record ExpectedConflict(DateOnly? From, RetentionConflict Conflict)
{
    /// <summary>When it begins: <c>from March 1, 2027 on</c>; null when it has begun.</summary>
    public string? Beginning
    {
        get
        {
            if (From is not { } day)
                return null;
            var isCertain = Conflict is { One.Certainty: Certainty.Certain, Other.Certainty: Certainty.Certain };
            return $"{(isCertain ? "" : "perhaps ")}from {PlainLanguage.Date(day)} on";
        }
    }

    /// <summary>The conflict in sentences, with the day before them when it lies ahead.</summary>
    public string Sentence => Beginning is { } beginning ? $"{PlainLanguage.Sentence(beginning)}: {Conflict.Sentence}" : Conflict.Sentence;

    /// <summary>What makes it the same conflict in two tables: the technology, the texts and the periods, and when it begins.</summary>
    private (DateOnly?, string, string, Retention, string, Retention) Key =>
        (From, Conflict.One.Technology.Id, Conflict.One.Instrument.Id, Conflict.OneSays, Conflict.Other.Instrument.Id, Conflict.OtherSays);

    /// <summary>Every conflict of a day, and every one that begins after it, in the order of days.</summary>
    public static ImmutableArray<ExpectedConflict> In(GovernanceTable table, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(table);
        var before = Among(table, today);
        var conflicts = before.ToBuilder();
        foreach (var day in DaysOfChange(table, today))
        {
            var then = Among(table, day);
            conflicts.AddRange(
                then.ExceptBy(before.Select(conflict => conflict.Key), conflict => conflict.Key)
                    .Select(conflict => conflict with { From = day })
            );
            before = then;
        }

        return conflicts.ToImmutable();
    }

    /// <summary>The conflicts that one table has and another has not.</summary>
    public static ImmutableArray<ExpectedConflict> Added(GovernanceTable proposed, GovernanceTable recorded, DateOnly today) =>
        [.. In(proposed, today).ExceptBy(In(recorded, today).Select(conflict => conflict.Key), conflict => conflict.Key)];

    private static ImmutableArray<ExpectedConflict> Among(GovernanceTable table, DateOnly day) =>
        [.. RetentionConflict.Among(table.On(day)).Select(conflict => new ExpectedConflict(null, conflict))];

    /// <summary>The days after a day on which a text may begin or end.</summary>
    private static IEnumerable<DateOnly> DaysOfChange(GovernanceTable table, DateOnly today) =>
        table
            .Instruments.SelectMany(instrument => instrument.Versions)
            .Select(version => version.Effective)
            .Where(period => period.Condition is null)
            .SelectMany(period =>
                (DateOnly?[])[period.EarliestPossibleStart, period.From?.Latest, period.FromKnownBy?.Earliest, period.LatestPossibleEnd]
            )
            .OfType<DateOnly>()
            .Where(day => day > today)
            .Distinct()
            .Order();
}
