using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Policies.Text;

/// <summary>
/// A point on the two time axes of the governance: a day of the law (<c>asOf</c>, valid time) and an instant (<c>knownAt</c>, recorded
/// time). All pages and API operations about policies read through it.
/// </summary>
/// <param name="Known">What the registry knew at the instant; null before the registry was opened.</param>
/// <param name="Day">The day of the law.</param>
/// <param name="KnownAt">The instant; now for one in the future.</param>
/// <param name="IsNow">True when the current knowledge is asked for.</param>
/// <param name="Fault">Which query parameter is invalid, in a sentence; null when all are valid.</param>
internal sealed record BitemporalPoint(
    GovernanceHistory History,
    GovernanceSnapshot? Known,
    DateOnly Day,
    DateTimeOffset KnownAt,
    bool IsNow,
    string? Fault
)
{
    private string? _requestedDay;

    /// <summary>The city as known at the instant; as known now before the registry was opened.</summary>
    public City City => (Known ?? History.Current).City;

    public string AsOf => Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public string DayInWords => PlainLanguage.Date(Day);

    public string KnownAtInWords => $"{PlainLanguage.Time(City.LocalTime(KnownAt))} (city time)";

    /// <summary>The message for an instant before the registry was opened.</summary>
    public string NothingKnown =>
        $"The registry was opened on {PlainLanguage.Time(City.LocalTime(History.Beginning))}, "
        + $"city time ({LedgerEntry.FormatTime(History.Beginning)}). It has no data about earlier times.";

    /// <summary>The query string of links to the same point in time; empty when none was asked for.</summary>
    public string Query =>
        (_requestedDay, IsNow) switch
        {
            (null, true) => "",
            ({ } day, true) => $"?asOf={day}",
            (null, false) => $"?knownAt={LedgerEntry.FormatTime(KnownAt)}",
            ({ } day, false) => $"?asOf={day}&knownAt={LedgerEntry.FormatTime(KnownAt)}",
        };

    /// <summary>The revisions of a document recorded by the instant, oldest first.</summary>
    public ImmutableArray<PolicyRevision> RevisionsOf(DocumentKind kind, string id) =>
        IsNow ? History.RevisionsOf(kind, id) : [.. History.RevisionsOf(kind, id).TakeWhile(revision => revision.RecordedAt <= KnownAt)];

    /// <summary>
    /// The revision of a document that held on the day, as known at the instant; null when there is none. What was first recorded holds
    /// for every day before it too: the registry has nothing older.
    /// </summary>
    public PolicyRevision? RevisionOn(DocumentKind kind, string id)
    {
        var revisions = RevisionsOf(kind, id);
        return revisions.LastOrDefault(revision => City.DayAt(revision.RecordedAt) <= Day) ?? revisions.FirstOrDefault();
    }

    /// <param name="mayBeLocal">Whether an instant without a zone is local time of the city, as forms send it.</param>
    public static async Task<BitemporalPoint> OfAsync(
        IQueryCollection query,
        IGrainFactory grains,
        TimeProvider time,
        bool mayBeLocal = false
    )
    {
        var policies = grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City);
        var history = await policies.History();
        var (now, city) = (time.GetUtcNow(), history.Current.City);
        var isInstant = mayBeLocal
            ? QueryParameters.TryLocalInstant(query, "knownAt", city, time, out var knownAt)
            : QueryParameters.TryInstant(query, "knownAt", time, out knownAt);
        var isDay = QueryParameters.TryDay(query, city, time, out var day);
        if (!isDay || !isInstant)
        {
            return new BitemporalPoint(
                history,
                history.Current,
                city.DayAt(now),
                now,
                true,
                !isDay
                    ? $"asOf is “{query["asOf"]}”: {QueryParameters.DayExpected}."
                    : $"knownAt is “{query["knownAt"]}”: {QueryParameters.InstantExpected}."
            );
        }

        // What will be known is not known yet: an instant in the future means now.
        var isNow = query["knownAt"].ToString().Length == 0 || knownAt >= now;
        return new BitemporalPoint(
            history,
            isNow ? history.Current : await policies.KnownAt(knownAt),
            day,
            isNow ? now : knownAt.ToUniversalTime(),
            isNow,
            null
        )
        {
            _requestedDay = query["asOf"].ToString() is { Length: > 0 } ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null,
        };
    }
}
