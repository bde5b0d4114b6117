using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Api;

/// <summary>The texts of signs and pages in each language, for programs. <c>POST changes</c> changes them.</summary>
internal static class WordingsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("wordings", ListAsync).Answers<ItemsResponse<WordingResponse>>("ETag");
        api.MapGet("wordings/{id}", FindAsync).Answers<WordingTextsResponse>("ETag");
        InstrumentsApi.MapHistory(api, "wordings", DocumentKind.Wording);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var point = await BitemporalPoint.OfAsync(http.Request.Query, grains, time);
        if (point.Fault is { } fault)
            return Problem.BadParameter(fault);
        ImmutableArray<Wording> wordings = point.Known?.Wordings ?? [];
        return JsonResults.Resource(
            http,
            new ItemsResponse<WordingResponse>(
                wordings.Select(wording => WordingResponse.From(point.RevisionOn(DocumentKind.Wording, wording.Language)!)),
                null
            )
        );
    }

    private static async Task<IResult> FindAsync(string id, HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var point = await BitemporalPoint.OfAsync(http.Request.Query, grains, time);
        if (point.Fault is { } fault)
            return Problem.BadParameter(fault);
        return point.RevisionOn(DocumentKind.Wording, id) is { } revision
            ? JsonResults.Resource(http, WordingTextsResponse.From(revision))
            : Problem.NotFound(InstrumentsApi.Missing(DocumentKind.Wording, id, point));
    }
}

/// <summary>The texts of one language, without the texts.</summary>
/// <param name="Id">The language (BCP 47).</param>
/// <param name="Texts">The number of its texts.</param>
internal sealed record WordingResponse(
    string Id,
    string Direction,
    bool Reviewed,
    int Texts,
    int Revision,
    [property: Instant] string RecordedAt,
    long Entry,
    long? Change
)
{
    public static WordingResponse From(PolicyRevision revision)
    {
        var wording = revision.Document.Value<Wording>();
        return new WordingResponse(
            wording.Language,
            wording.Direction,
            wording.Reviewed,
            wording.Texts.Count,
            revision.Number,
            LedgerEntry.FormatTime(revision.RecordedAt),
            revision.Entry,
            revision.Change
        );
    }
}

/// <summary>The texts of one language.</summary>
/// <param name="Id">The language (BCP 47).</param>
/// <param name="Texts">Each text by its key, with its placeholders.</param>
internal sealed record WordingTextsResponse(
    string Id,
    string Direction,
    bool Reviewed,
    ImmutableSortedDictionary<string, string> Texts,
    int Revision,
    [property: Instant] string RecordedAt,
    long Entry,
    long? Change
)
{
    public static WordingTextsResponse From(PolicyRevision revision)
    {
        var wording = revision.Document.Value<Wording>();
        return new WordingTextsResponse(
            wording.Language,
            wording.Direction,
            wording.Reviewed,
            wording.Texts,
            revision.Number,
            LedgerEntry.FormatTime(revision.RecordedAt),
            revision.Entry,
            revision.Change
        );
    }
}
