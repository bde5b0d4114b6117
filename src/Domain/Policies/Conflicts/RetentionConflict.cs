using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Conflicts;

/// <summary>Two texts that cannot both be followed, or of which one says that the other is not followed.</summary>
/// <param name="One">The row of the first text, and the period that it states.</param>
public sealed record RetentionConflict(GovernanceRow One, Retention OneSays, GovernanceRow Other, Retention OtherSays)
{
    /// <summary>
    /// The conflict in sentences that cannot be misread: <c>SPD Manual 16.170 says: patrol reads are kept at most 90 days. …</c>
    /// </summary>
    public string Sentence => $"{Says(One, OneSays)} {(IsOfOneText ? AlsoSays(OtherSays) : Says(Other, OtherSays))} {Why}";

    /// <summary>Whether one text contradicts itself.</summary>
    public bool IsOfOneText => One.Instrument.Id == Other.Instrument.Id;

    private string Why
    {
        get
        {
            var (shorter, longer) = InOrder(OneSays, OtherSays);
            // A month has 28 to 31 days: periods in days and in months may collide on some days of the year only.
            return OneSays.Bound == OtherSays.Bound || RetentionLength.Exceeds(shorter, longer)
                ? Certainly
                : $"A month has 28 to 31 days and a year 365 or 366. {OnSomeDays}";
        }
    }

    private string Certainly =>
        (OneSays.Bound, OtherSays.Bound) switch
        {
            (RetentionBound.Limit, RetentionBound.Limit) => "The two limits differ.",
            (RetentionBound.Practice, RetentionBound.Practice) => "The two practices differ.",
            (RetentionBound.Practice, RetentionBound.Minimum) or (RetentionBound.Minimum, RetentionBound.Practice) =>
                "The practice is shorter than the minimum.",
            (RetentionBound.Practice, _) or (_, RetentionBound.Practice) => "The practice is longer than the limit.",
            _ => "The minimum is longer than the limit: both cannot be kept.",
        };

    private string OnSomeDays =>
        (OneSays.Bound, OtherSays.Bound) switch
        {
            (RetentionBound.Practice, RetentionBound.Minimum) or (RetentionBound.Minimum, RetentionBound.Practice) =>
                "For recordings of some days of the year, the practice is shorter than the minimum.",
            (RetentionBound.Practice, _) or (_, RetentionBound.Practice) =>
                "For recordings of some days of the year, the practice is longer than the limit.",
            _ => "For recordings of some days of the year, the minimum is longer than the limit: both cannot be kept.",
        };

    /// <summary>Every conflict between rows, each once, in the order of the rows.</summary>
    public static ImmutableArray<RetentionConflict> Among(ImmutableArray<GovernanceRow> rows)
    {
        var conflicts = ImmutableArray.CreateBuilder<RetentionConflict>();
        foreach (var (i, one) in rows.Index())
        {
            if (one.MayBeInForce)
                conflicts.AddRange(Within(one.Rule!.Retention).Select(pair => new RetentionConflict(one, pair.One, one, pair.Other)));
            foreach (var other in rows.Skip(i + 1).Where(other => one.DisagreesWith.Contains(other.Instrument.Id)))
            {
                if (other.Technology.Id == one.Technology.Id)
                    conflicts.AddRange(Between(one, other));
            }
        }

        return conflicts.ToImmutable();
    }

    /// <summary>
    /// The periods of one rule that contradict each other. A text that states two periods for one class of data says by a note when each
    /// of them applies; a period for a class is an exception from that for all recordings.
    /// </summary>
    internal static IEnumerable<(Retention One, Retention Other)> Within(ImmutableArray<Retention> periods) =>
        from one in periods.Index()
        from other in periods.Index().Skip(one.Index + 1)
        where AreAlike(one.Item.DataClass, other.Item.DataClass) && AreAlike(one.Item.Note, other.Item.Note)
        where Contradict(one.Item, other.Item)
        select (one.Item, other.Item);

    /// <summary>Whether two periods of two texts contradict each other.</summary>
    public static bool Contradict(Retention one, Retention other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        if (!ConcernSameData(one, other))
            return false;
        // How long a shift or a sentence lasts is not known, so that it can be compared with no number of days.
        if (RetentionLength.Of(one) is null || RetentionLength.Of(other) is null)
            return one.Bound == other.Bound && one.Event is not null && other.Event is not null && one.Event != other.Event;
        if (one.Bound == other.Bound)
            return one.Bound != RetentionBound.Minimum && !RetentionLength.AreEqual(one, other);
        var (shorter, longer) = InOrder(one, other);
        return RetentionLength.MayExceed(shorter, longer);
    }

    /// <summary>Two periods, that first which may at most be as long as the other.</summary>
    private static (Retention Shorter, Retention Longer) InOrder(Retention one, Retention other) =>
        Rank(one.Bound) < Rank(other.Bound) ? (one, other) : (other, one);

    /// <summary>Whether rules of two texts can govern one device.</summary>
    internal static bool ConcernSameDepartments(ImmutableArray<string> one, ImmutableArray<string> other) =>
        one.IsEmpty || other.IsEmpty || one.Intersect(other).Any();

    private static IEnumerable<RetentionConflict> Between(GovernanceRow one, GovernanceRow other) =>
        one.Rule!.Retention.SelectMany(says => other.Rule!.Retention, (says, otherSays) => (says, otherSays))
            .Where(pair => Contradict(pair.says, pair.otherSays))
            .Select(pair => new RetentionConflict(one, pair.says, other, pair.otherSays));

    private static bool ConcernSameData(Retention one, Retention other) =>
        one.DataClass is null || other.DataClass is null || AreAlike(one.DataClass, other.DataClass);

    private static bool AreAlike(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>A minimum is at most the practice, and the practice is at most the limit.</summary>
    private static int Rank(RetentionBound bound) =>
        bound switch
        {
            RetentionBound.Minimum => 0,
            RetentionBound.Practice => 1,
            RetentionBound.Limit => 2,
            _ => throw new ArgumentOutOfRangeException(nameof(bound), bound, null),
        };

    private static string Says(GovernanceRow row, Retention retention)
    {
        var undated = row.Status == RuleStatus.Adopted ? ", whose first day is not known," : "";
        return $"{row.Instrument.Citation}{undated} says: {Period(retention)}";
    }

    private static string AlsoSays(Retention retention) => $"It also says: {Period(retention)}";

    private static string Period(Retention retention)
    {
        var recordings = retention.DataClass ?? "all recordings";
        // Classes are names of many things, "patrol reads", or of a mass, "footage".
        var verb = recordings.EndsWith('s') ? "are" : "is";
        var note = retention.Note is { } text ? $" ({text})" : "";
        return $"{recordings} {verb} kept {PlainLanguage.Period(retention)}{note}.";
    }
}
