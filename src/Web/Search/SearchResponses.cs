using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Search;

namespace SurveillanceRegistry.Web.Search;

/// <summary>What a search found, the best first.</summary>
internal sealed record SearchResponse
{
    public ImmutableArray<SearchHitResponse> Items { get; init; }

    /// <summary>Whether more is found than the limit: enter more words.</summary>
    public bool IsMore { get; init; }
}

/// <summary>A find, and why it was found.</summary>
internal sealed record SearchHitResponse
{
    /// <summary>What it is.</summary>
    public string Kind { get; init; } = "";

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>The field that matched.</summary>
    public string Field { get; init; } = "";

    /// <summary>The part of its text around the first word that was found.</summary>
    public string Fragment { get; init; } = "";

    public static SearchHitResponse From(SearchHit hit) =>
        new()
        {
            Kind = Json.Word(hit.Kind),
            Id = hit.Id,
            Name = hit.Name,
            Field = hit.Field,
            Fragment = hit.Fragment,
        };
}
