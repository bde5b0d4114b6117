using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Search;
using SurveillanceRegistry.Web.Search;

namespace SurveillanceRegistry.Web.Staff.Search;

/// <summary>The search of staff: also change requests, and what is retired or removed. It finds no single mobile device.</summary>
public sealed class SearchModel : PageModel
{
    public string Query { get; private set; } = "";

    /// <summary>Why the query cannot be answered; null when it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>The finds; null while nothing was entered.</summary>
    public ImmutableArray<SearchHit>? Hits { get; private set; }

    public bool IsMore { get; private set; }

    public async Task OnGetAsync(string? q)
    {
        Query = (q ?? "").Length > SearchQuery.MaxLength ? q![..SearchQuery.MaxLength] : q ?? "";
        if (string.IsNullOrWhiteSpace(q))
            return;
        var query = SearchQuery.Read(q);
        if (query.Value is not { } words)
        {
            Fault = query.Refusals[0].Sentence;
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var found = await SearchAnswers.FindAsync(HttpContext, words, isForStaff: true, SearchAnswers.MaxHits + 1);
        (Hits, IsMore) = ([.. found.Take(SearchAnswers.MaxHits)], found.Length > SearchAnswers.MaxHits);
    }
}
