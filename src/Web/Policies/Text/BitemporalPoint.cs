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
/// From where on the two axes of time somebody looks at the governance: at a day of the law (<c>asOf</c>), with what the registry knew at
/// an
/// instant (<c>knownAt</c>). Every page and every address of the API about policies looks through this.
/// </summary>
/// <param name="Known">What the registry knew then; null before it was opened.</param>
/// <param name="Day">The day of the law.</param>
/// <param name="KnownAt">The instant; now for one that has not come yet.</param>
/// <param name="IsNow">Whether it is what is known now that is asked for.</param>
/// <param name="Fault">What cannot be read of the question, in a sentence; null when all can.</param>
internal sealed record BitemporalPoint(
    GovernanceHistory History,
    GovernanceSnapshot? Known,
    DateOnly Day,
    DateTimeOffset KnownAt,
    bool IsNow,
    string? Fault
)
{
    private string? _asOfAsked;

    /// <summary>The city as it was known then, or now where it was not known.</summary>
    public City City => (Known ?? History.Current).City;

    public string AsOf => Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public string DayInWords => PlainLanguage.Date(Day);

    public string KnownAtInWords => $"{PlainLanguage.Time(City.LocalTime(KnownAt))} (city time)";

    /// <summary>What to say where nothing was known.</summary>
    public string NothingKnown =>
        $"The registry was opened on {PlainLanguage.Time(City.LocalTime(History.Beginning))}, city time ({LedgerEntry.Time(History.Beginning)}). It knows nothing that was recorded before.";

    /// <summary>The question as it stands in addresses, so that a link looks from the same point; empty when nothing was asked.</summary>
    public string Query =>
        (_asOfAsked, IsNow) switch
        {
            (null, true) => "",
            ({ } day, true) => $"?asOf={day}",
            (null, false) => $"?knownAt={LedgerEntry.Time(KnownAt)}",
            ({ } day, false) => $"?asOf={day}&knownAt={LedgerEntry.Time(KnownAt)}",
        };

    /// <summary>The revisions of a document that were recorded by then, the first first.</summary>
    public ImmutableArray<PolicyRevision> RevisionsOf(DocumentKind kind, string id) =>
        IsNow ? History.From(kind, id) : [.. History.From(kind, id).TakeWhile(revision => revision.RecordedAt <= KnownAt)];

    /// <param name="mayBeLocal">Whether an instant without a zone is meant in the city's own time, as forms send it.</param>
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

        // Nothing can be said of what will be known: an instant to come is now.
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
            _asOfAsked = query["asOf"].ToString() is { Length: > 0 } ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null,
        };
    }
}
