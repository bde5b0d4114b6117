using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Search;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Search;

/// <summary>The public search: what is public of places, screens, fleets, fixed devices and the law.</summary>
public sealed class SearchModel(IGrainFactory grains) : PageModel
{
    public PageLanguage Language { get; private set; } = null!;

    /// <summary>What was entered.</summary>
    public string Query { get; private set; } = "";

    /// <summary>Whether the query cannot be answered.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The finds; null while nothing was entered.</summary>
    public ImmutableArray<SearchHit>? Hits { get; private set; }

    public bool IsMore { get; private set; }

    public async Task OnGetAsync(string? q)
    {
        var governance = await grains.Governance();
        Language = PageLanguage.For(governance, QueryParameters.Language(Request.Query, governance.City));
        Query = (q ?? "").Length > SearchQuery.MaxLength ? q![..SearchQuery.MaxLength] : q ?? "";
        if (string.IsNullOrWhiteSpace(q))
            return;
        if (SearchQuery.Read(q).Value is not { } words)
        {
            IsRefused = true;
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var found = await SearchAnswers.FindAsync(HttpContext, words, isForStaff: false, SearchAnswers.MaxHits + 1);
        (Hits, IsMore) = ([.. found.Take(SearchAnswers.MaxHits)], found.Length > SearchAnswers.MaxHits);
    }
}
