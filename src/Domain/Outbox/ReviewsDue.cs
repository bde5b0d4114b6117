using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Outbox;

/// <summary>The reviews whose day has come: one for each instrument and day, however many of its rules name that day.</summary>
/// <param name="Instrument">Id of the instrument.</param>
/// <param name="Day">The day by which it must be reviewed.</param>
public sealed record ReviewsDue(string Instrument, DateOnly Day)
{
    /// <summary>
    /// For how many days a review counts as newly due. One that is due for longer is on the list of reviews, and nothing reminds of it
    /// again.
    /// </summary>
    public const int DaysBack = 7;

    /// <summary>What makes the occasion of this review the same as an earlier one.</summary>
    public string Once => string.Create(CultureInfo.InvariantCulture, $"review:{Instrument}:{Day:yyyy-MM-dd}");

    /// <summary>The reviews that are newly due.</summary>
    /// <param name="today">The day in the city.</param>
    public static ImmutableArray<ReviewsDue> On(GovernanceTable table, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(table);
        return
        [
            .. table
                .On(today)
                .Where(row => row.Rule?.ReviewBy is { } day && day <= today && day > today.AddDays(-DaysBack))
                .Select(row => new ReviewsDue(row.Instrument.Id, row.Rule!.ReviewBy!.Value))
                .Distinct(),
        ];
    }
}
