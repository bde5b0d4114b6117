using System.Collections.Concurrent;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Conflicts;

/// <summary>
/// The fewest and the most days that a period can last. Days last as stated. Months and years are calendar ones, from any day to the day of
/// the same number, or to the last day of a shorter month: one month lasts 28 to 31 days, six months 181 to 184.
/// </summary>
/// <param name="Fewest">Days, when the period begins at the shortest time.</param>
/// <param name="Most">Days, when the period begins at the longest time.</param>
public readonly record struct RetentionLength(int Fewest, int Most)
{
    private const int MonthsOfYear = 12;

    /// <summary>The calendar repeats itself after 400 years.</summary>
    private const int YearsOfCalendar = 400;

    private static readonly ConcurrentDictionary<int, RetentionLength> ByMonths = new();

    /// <summary>The length of a period; null when an event ends it: how long a shift or a sentence lasts is not known.</summary>
    public static RetentionLength? Of(Retention retention)
    {
        ArgumentNullException.ThrowIfNull(retention);
        return retention switch
        {
            { Days: { } days } => new(days, days),
            { Months: { } months } => ByMonths.GetOrAdd(months, OfMonths),
            { Years: { } years } => ByMonths.GetOrAdd(years * MonthsOfYear, OfMonths),
            _ => null,
        };
    }

    /// <summary>Whether two periods always last the same. Periods of months and years are compared by months.</summary>
    public static bool AreEqual(Retention one, Retention other) =>
        InMonths(one) is { } months && InMonths(other) is { } otherMonths ? months == otherMonths : Of(one) == Of(other);

    /// <summary>Whether a period lasts longer than another, at least when both begin on some day of the calendar.</summary>
    public static bool MayExceed(Retention one, Retention other) =>
        InMonths(one) is { } months && InMonths(other) is { } otherMonths ? months > otherMonths : Of(one)?.Most > Of(other)?.Fewest;

    /// <summary>Whether a period lasts longer than another on whatever day both begin.</summary>
    public static bool Exceeds(Retention one, Retention other) =>
        InMonths(one) is { } months && InMonths(other) is { } otherMonths ? months > otherMonths : Of(one)?.Fewest > Of(other)?.Most;

    private static int? InMonths(Retention retention) => retention.Months ?? retention.Years * MonthsOfYear;

    private static RetentionLength OfMonths(int months)
    {
        var (fewest, most) = (int.MaxValue, 0);
        var first = new DateOnly(2000, 1, 1);
        for (var day = first; day < first.AddYears(YearsOfCalendar); day = day.AddDays(1))
        {
            var length = day.AddMonths(months).DayNumber - day.DayNumber;
            (fewest, most) = (Math.Min(fewest, length), Math.Max(most, length));
        }

        return new(fewest, most);
    }
}
