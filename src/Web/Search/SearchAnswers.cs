using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Search;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Search;

/// <summary>Answers searches for pages and the API: in the register, and in the law as it is known now.</summary>
internal static class SearchAnswers
{
    public const int MaxHits = 50,
        UsualHits = 20;

    /// <summary>The best finds.</summary>
    /// <param name="isForStaff">Whether change requests, and what is retired or removed, are among them.</param>
    public static async Task<ImmutableArray<SearchHit>> FindAsync(HttpContext http, SearchQuery query, bool isForStaff, int most)
    {
        var services = http.RequestServices;
        // More than are shown, so that a better find of a kind is not lost among the first ones.
        var recorded = services.GetRequiredService<ISearchRegister>().FindAsync(query, isForStaff, MaxHits, http.RequestAborted);
        var governance = await services.GetRequiredService<IGrainFactory>().Governance();
        return SearchHit.Best((await recorded).Concat(SearchSubject.OfLaw(governance)), query, most);
    }

    /// <summary>The public page of a find; null for what has none.</summary>
    public static string? PublicPath(SearchHit hit) =>
        hit.Kind switch
        {
            SearchKind.Place => $"/places/{hit.Id}",
            SearchKind.Screen => $"/kiosks/{hit.Id}",
            SearchKind.Fleet => $"/fleets/{hit.Id}",
            SearchKind.Technology => $"/technologies/{hit.Id}",
            SearchKind.Instrument => $"/instruments/{hit.Id}",
            SearchKind.Device => $"/devices/{hit.Id}",
            SearchKind.Change => null,
            _ => throw new ArgumentOutOfRangeException(nameof(hit), hit.Kind, null),
        };

    /// <summary>The staff page of a find.</summary>
    public static string StaffPath(SearchHit hit) =>
        hit.Kind switch
        {
            SearchKind.Place => $"/staff/places/{hit.Id}",
            SearchKind.Screen => $"/staff/screens/{hit.Id}",
            SearchKind.Fleet => $"/staff/fleets/{hit.Id}",
            SearchKind.Technology => $"/staff/table?technology={hit.Id}",
            SearchKind.Instrument => $"/staff/instruments/{hit.Id}",
            SearchKind.Device => $"/staff/devices/{hit.Id}",
            SearchKind.Change => $"/staff/changes/{hit.Id}",
            _ => throw new ArgumentOutOfRangeException(nameof(hit), hit.Kind, null),
        };
}
