using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Search;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Search;

/// <summary>The search, for programs. With a token it finds what staff may find; a single mobile device is found by neither.</summary>
internal static class SearchApi
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("search", (Delegate)FindAsync).Answers<SearchResponse>();

    private static async Task<IResult> FindAsync(HttpContext http)
    {
        if (QueryParameters.Limit(http.Request.Query, SearchAnswers.MaxHits, out var limit, SearchAnswers.UsualHits) is { } problem)
            return problem;
        var query = SearchQuery.Read(http.Request.Query["q"]);
        if (query.Value is not { } words)
            return Problem.BadParameter(query.Refusals[0].Sentence);
        var isForStaff = http.User.Identity?.IsAuthenticated == true;
        var hits = await SearchAnswers.FindAsync(http, words, isForStaff, limit + 1);
        return JsonResults.Ok(
            new SearchResponse { Items = [.. hits.Take(limit).Select(SearchHitResponse.From)], IsMore = hits.Length > limit }
        );
    }
}
