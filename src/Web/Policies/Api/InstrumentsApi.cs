using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Api;

/// <summary>
/// Instruments and technologies at a point in time, and all recorded revisions of each.
/// </summary>
internal static class InstrumentsApi
{
    private const int MaxItems = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        Map<InstrumentResponse>(api, "instruments", DocumentKind.Instrument);
        Map<TechnologyResponse>(api, "technologies", DocumentKind.Technology);
    }

    private static void Map<T>(IEndpointRouteBuilder api, string path, DocumentKind kind)
    {
        api.MapGet(path, (HttpContext http, IGrainFactory grains, TimeProvider time) => All(kind, http, grains, time))
            .Answers<ItemsResponse<T>>("ETag", "Link");
        api.MapGet(
                path + "/{id}",
                (string id, HttpContext http, IGrainFactory grains, TimeProvider time) => One(kind, id, http, grains, time)
            )
            .Answers<T>("ETag");
        MapHistory(api, path, kind);
    }

    /// <summary>Maps the recorded revisions of documents of a kind.</summary>
    public static void MapHistory(IEndpointRouteBuilder api, string path, DocumentKind kind) =>
        api.MapGet(
                path + "/{id}/history",
                (string id, HttpContext http, IGrainFactory grains, TimeProvider time) => History(kind, id, http, grains, time)
            )
            .Answers<ItemsResponse<RevisionResponse>>("ETag", "Link");

    private static async Task<IResult> All(DocumentKind kind, HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var point = await BitemporalPoint.OfAsync(http.Request.Query, grains, time);
        if (point.Fault is { } fault)
            return Problem.BadParameter(fault);
        if (point.Known is not { } known)
            return JsonResults.Resource(http, new ItemsResponse<object>([], null));
        var rows = known.Table.On(point.Day);
        if (kind == DocumentKind.Technology)
        {
            var byTechnology = rows.ToLookup(row => row.Technology.Id, StringComparer.Ordinal);
            return Page(
                http,
                point,
                [
                    .. known
                        .Table.Technologies.Select(technology => point.RevisionOn(DocumentKind.Technology, technology.Id)!)
                        .Where(revision => !revision.Document.Value<Technology>().IsRetired),
                ],
                revision => revision.Document.Id,
                revision => ToResponse(revision, byTechnology[revision.Document.Id], point)
            );
        }

        var byInstrument = rows.ToLookup(row => row.Instrument.Id, StringComparer.Ordinal);
        var superseded = Superseded(known);
        return Page(
            http,
            point,
            known.Table.Instruments,
            instrument => instrument.Id,
            instrument => ToResponse(instrument, byInstrument[instrument.Id], superseded[instrument.Id], point)
        );
    }

    /// <summary>One page of a list, with a link to the next.</summary>
    private static IResult Page<T, TResponse>(
        HttpContext http,
        BitemporalPoint point,
        ImmutableArray<T> items,
        Func<T, string> idOf,
        Func<T, TResponse> toResponse
    )
    {
        var query = http.Request.Query;
        if (QueryParameters.Limit(query, MaxItems, out var limit) is { } problem)
            return problem;
        var first = 0;
        if (query["after"].ToString() is { Length: > 0 } after)
        {
            first = items.Select(idOf).ToList().IndexOf(after) + 1;
            if (first == 0)
                return QueryParameters.AfterExpected(after);
        }

        var next = first + limit < items.Length ? idOf(items[first + limit - 1]) : null;
        GovernanceApi.LinkNext(http, point, next);
        return JsonResults.Resource(http, new ItemsResponse<TResponse>(items.Skip(first).Take(limit).Select(toResponse), next));
    }

    private static async Task<IResult> One(DocumentKind kind, string id, HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var point = await BitemporalPoint.OfAsync(http.Request.Query, grains, time);
        if (point.Fault is { } fault)
            return Problem.BadParameter(fault);
        if (point.Known is not { } known)
            return Problem.NotFound(Missing(kind, id, point));
        if (kind == DocumentKind.Instrument)
            return known.Table.Instruments.FirstOrDefault(instrument => instrument.Id == id) is { } instrument
                ? JsonResults.Resource(http, ToResponse(instrument, StatusOf(instrument, point), SupersededBy(id, known), point))
                : Problem.NotFound(Missing(kind, id, point));
        if (point.RevisionOn(DocumentKind.Technology, id) is not { } revision)
            return Problem.NotFound(Missing(kind, id, point));
        return revision.Document.Value<Technology>().IsRetired
            ? Problem.Gone(
                $"The technology '{id}' is retired since {LedgerEntry.FormatTime(TechnologyHistory.RetiredSince(point, id)!.RecordedAt)}. "
                    + "Its history says what it was."
            )
            : JsonResults.Resource(http, ToResponse(revision, known.Table.On(point.Day, id), point));
    }

    private static async Task<IResult> History(DocumentKind kind, string id, HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var query = http.Request.Query;
        var point = await BitemporalPoint.OfAsync(query, grains, time);
        if (point.Fault is { } fault)
            return Problem.BadParameter(fault);
        if (QueryParameters.Limit(query, MaxItems, out var limit) is { } limitProblem)
            return limitProblem;
        if (QueryParameters.After(query, out var after) is { } otherProblem)
            return otherProblem;
        var revisions = point.RevisionsOf(kind, id);
        if (revisions.IsEmpty)
            return Problem.NotFound(Missing(kind, id, point));
        ImmutableArray<PolicyRevision> shown = [.. revisions.Where(revision => revision.Number > (after ?? 0)).Take(limit)];
        var next =
            shown is [.., var last] && last.Number < revisions[^1].Number ? last.Number.ToString(CultureInfo.InvariantCulture) : null;
        GovernanceApi.LinkNext(http, point, next, hasDay: false);
        return JsonResults.Resource(
            http,
            new ItemsResponse<RevisionResponse>(
                (await RevisionText.OfAsync(shown, point.History, grains)).Select(RevisionResponse.From),
                next
            )
        );
    }

    /// <summary>Why a document is not found: never registered, not known yet, or the registry was not opened yet.</summary>
    public static string Missing(DocumentKind kind, string id, BitemporalPoint point)
    {
        var word = Domain.Json.Word(kind);
        return point.History.RevisionsOf(kind, id) is not [var first, ..] ? $"No {word} '{id}' is registered."
            : point.Known is null ? point.NothingKnown
            : $"At {LedgerEntry.FormatTime(point.KnownAt)} the registry did not know the {word} '{id}'. "
                + $"It was first recorded at {LedgerEntry.FormatTime(first.RecordedAt)}.";
    }

    /// <summary>The status of an instrument for each technology that one of its versions has a rule for.</summary>
    public static ImmutableArray<GovernanceRow> StatusOf(Instrument instrument, BitemporalPoint point) =>
        [
            .. point
                .Known!.Table.Technologies.Where(technology =>
                    instrument.Versions.Any(version => version.RuleFor(technology.Id) is not null)
                )
                .SelectMany(technology => point.Known.Table.On(point.Day, technology.Id).Where(row => row.Instrument.Id == instrument.Id)),
        ];

    /// <summary>The ids of superseded instruments by the instrument that replaced them.</summary>
    private static ILookup<string, string> Superseded(GovernanceSnapshot known) =>
        known
            .Table.Instruments.SelectMany(
                instrument => instrument.Versions.Select(version => version.SupersededBy).OfType<string>().Distinct(),
                (instrument, by) => (By: by, instrument.Id)
            )
            .ToLookup(pair => pair.By, pair => pair.Id, StringComparer.Ordinal);

    /// <summary>The ids of the instruments that one instrument replaced.</summary>
    public static IEnumerable<string> SupersededBy(string id, GovernanceSnapshot known) =>
        known
            .Table.Instruments.Where(instrument => instrument.Versions.Any(version => version.SupersededBy == id))
            .Select(instrument => instrument.Id);

    private static InstrumentResponse ToResponse(
        Instrument instrument,
        IEnumerable<GovernanceRow> standing,
        IEnumerable<string> supersedes,
        BitemporalPoint point
    )
    {
        var revision = point.RevisionsOf(DocumentKind.Instrument, instrument.Id)[^1];
        return new InstrumentResponse(
            instrument.Id,
            instrument.Kind,
            instrument.Citation,
            instrument.Authority,
            instrument.Url,
            [.. instrument.Versions.Select(VersionResponse.From)],
            [.. supersedes],
            point.AsOf,
            [.. standing.Select(StatusResponse.ForTechnology)],
            revision.Number,
            LedgerEntry.FormatTime(revision.RecordedAt),
            revision.Entry
        );
    }

    private static TechnologyResponse ToResponse(PolicyRevision revision, IEnumerable<GovernanceRow> governing, BitemporalPoint point)
    {
        var technology = revision.Document.Value<Technology>();
        return new TechnologyResponse(
            technology.Id,
            technology.Name,
            technology.Purpose,
            technology.PurposeSource,
            technology.Statement,
            point.AsOf,
            [.. governing.Select(StatusResponse.ForInstrument)],
            revision.Number,
            LedgerEntry.FormatTime(revision.RecordedAt),
            revision.Entry
        );
    }
}
