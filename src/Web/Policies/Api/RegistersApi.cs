using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Api;

/// <summary>
/// Instruments and technologies, as known at an instant and standing on a day, and everything that was ever recorded of each.
/// </summary>
internal static class RegistersApi
{
    private const int MaxItems = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        foreach (var (path, kind) in new[] { ("instruments", DocumentKind.Instrument), ("technologies", DocumentKind.Technology) })
        {
            api.MapGet(path, (HttpContext http, IGrainFactory grains, TimeProvider time) => All(kind, http, grains, time));
            api.MapGet(
                path + "/{id}",
                (string id, HttpContext http, IGrainFactory grains, TimeProvider time) => One(kind, id, http, grains, time)
            );
            api.MapGet(
                path + "/{id}/history",
                (string id, HttpContext http, IGrainFactory grains, TimeProvider time) => History(kind, id, http, grains, time)
            );
        }
    }

    private static async Task<IResult> All(DocumentKind kind, HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var query = http.Request.Query;
        var standpoint = await BitemporalPoint.OfAsync(query, grains, time);
        if (standpoint.Fault is { } fault)
            return Problem.BadParameter(fault);
        if (!QueryParameters.TryLimit(query, MaxItems, out var limit))
            return LimitExpected(query);
        if (standpoint.Known is not { } known)
            return GovernanceApi.One(http, new ItemsResponse<object>([], null));
        var ids =
            kind == DocumentKind.Instrument
                ? known.Table.Instruments.Select(instrument => instrument.Id).ToImmutableArray()
                : [.. known.Table.Technologies.Select(technology => technology.Id)];
        var first = 0;
        if (query["after"].ToString() is { Length: > 0 } after && (first = ids.IndexOf(after) + 1) == 0)
            return Problem.BadParameter($"after is '{after}': expected what an answer gave as 'next'.");
        var next = first + limit < ids.Length ? ids[first + limit - 1] : null;
        GovernanceApi.LinkNext(http, standpoint, next);
        var rows = known.Table.On(standpoint.Day);
        if (kind == DocumentKind.Technology)
        {
            var governing = rows.ToLookup(row => row.Technology.Id, StringComparer.Ordinal);
            return GovernanceApi.One(
                http,
                new ItemsResponse<TechnologyResponse>(
                    known
                        .Table.Technologies.Skip(first)
                        .Take(limit)
                        .Select(technology => Shape(technology, governing[technology.Id], standpoint)),
                    next
                )
            );
        }

        var standing = rows.ToLookup(row => row.Instrument.Id, StringComparer.Ordinal);
        var superseded = Superseded(known);
        return GovernanceApi.One(
            http,
            new ItemsResponse<InstrumentResponse>(
                known
                    .Table.Instruments.Skip(first)
                    .Take(limit)
                    .Select(instrument => Shape(instrument, standing[instrument.Id], superseded[instrument.Id], standpoint)),
                next
            )
        );
    }

    private static async Task<IResult> One(DocumentKind kind, string id, HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var standpoint = await BitemporalPoint.OfAsync(http.Request.Query, grains, time);
        if (standpoint.Fault is { } fault)
            return Problem.BadParameter(fault);
        var table = standpoint.Known?.Table;
        return kind == DocumentKind.Instrument && table?.Instruments.FirstOrDefault(one => one.Id == id) is { } instrument
                ? GovernanceApi.One(
                    http,
                    Shape(instrument, StandingOf(instrument, standpoint), SupersededBy(id, standpoint.Known!), standpoint)
                )
            : kind == DocumentKind.Technology && table?.Technologies.FirstOrDefault(one => one.Id == id) is { } technology
                ? GovernanceApi.One(http, Shape(technology, table.On(standpoint.Day, id), standpoint))
            : Problem.NotFound(Missing(kind, id, standpoint));
    }

    private static async Task<IResult> History(DocumentKind kind, string id, HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var query = http.Request.Query;
        var standpoint = await BitemporalPoint.OfAsync(query, grains, time);
        if (standpoint.Fault is { } fault)
            return Problem.BadParameter(fault);
        if (!QueryParameters.TryLimit(query, MaxItems, out var limit))
            return LimitExpected(query);
        var after = 0;
        if (
            query["after"].ToString() is { Length: > 0 } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after) || after < 1)
        )
            return Problem.BadParameter($"after is '{text}': expected what an answer gave as 'next'.");
        var revisions = standpoint.RevisionsOf(kind, id);
        if (revisions.IsEmpty)
            return Problem.NotFound(Missing(kind, id, standpoint));
        ImmutableArray<PolicyRevision> shown = [.. revisions.Where(revision => revision.Number > after).Take(limit)];
        var next =
            shown is [.., var last] && last.Number < revisions[^1].Number ? last.Number.ToString(CultureInfo.InvariantCulture) : null;
        GovernanceApi.LinkNext(http, standpoint, next);
        return GovernanceApi.One(
            http,
            new ItemsResponse<RevisionResponse>(
                (await RevisionText.OfAsync(shown, standpoint.History, grains)).Select(RevisionResponse.From),
                next
            )
        );
    }

    /// <summary>Why there is nothing to show: it never was, it was not known yet, or the registry was not open yet.</summary>
    public static string Missing(DocumentKind kind, string id, BitemporalPoint standpoint)
    {
        var word = Domain.Json.Word(kind);
        return standpoint.History.From(kind, id) is not [var first, ..] ? $"No {word} '{id}' is registered."
            : standpoint.Known is null ? standpoint.NothingKnown
            : $"At {LedgerEntry.Time(standpoint.KnownAt)} the registry did not know the {word} '{id}'. It was first recorded at {LedgerEntry.Time(first.RecordedAt)}.";
    }

    /// <summary>How an instrument stands for each technology that any of its versions speaks of.</summary>
    public static ImmutableArray<GovernanceRow> StandingOf(Instrument instrument, BitemporalPoint standpoint) =>
        [
            .. standpoint
                .Known!.Table.Technologies.Where(technology =>
                    instrument.Versions.Any(version => version.RuleFor(technology.Id) is not null)
                )
                .SelectMany(technology =>
                    standpoint.Known.Table.On(standpoint.Day, technology.Id).Where(row => row.Instrument.Id == instrument.Id)
                ),
        ];

    /// <summary>Which instruments each took the place of.</summary>
    private static ILookup<string, string> Superseded(GovernanceSnapshot known) =>
        known
            .Table.Instruments.SelectMany(
                instrument => instrument.Versions.Select(version => version.SupersededBy).OfType<string>().Distinct(),
                (instrument, by) => (By: by, instrument.Id)
            )
            .ToLookup(one => one.By, one => one.Id, StringComparer.Ordinal);

    /// <summary>Which instruments one took the place of.</summary>
    public static IEnumerable<string> SupersededBy(string id, GovernanceSnapshot known) =>
        known
            .Table.Instruments.Where(instrument => instrument.Versions.Any(version => version.SupersededBy == id))
            .Select(instrument => instrument.Id);

    private static IResult LimitExpected(IQueryCollection query) =>
        Problem.BadParameter($"limit is '{query["limit"]}': expected a number from 1 to {MaxItems}.");

    private static InstrumentResponse Shape(
        Instrument instrument,
        IEnumerable<GovernanceRow> standing,
        IEnumerable<string> supersedes,
        BitemporalPoint standpoint
    )
    {
        var revision = standpoint.RevisionsOf(DocumentKind.Instrument, instrument.Id)[^1];
        return new InstrumentResponse(
            instrument.Id,
            instrument.Kind,
            instrument.Citation,
            instrument.Authority,
            instrument.Url,
            [.. instrument.Versions.Select(VersionResponse.From)],
            [.. supersedes],
            standpoint.AsOf,
            [.. standing.Select(StatusResponse.OfTechnology)],
            revision.Number,
            LedgerEntry.Time(revision.RecordedAt),
            revision.Entry
        );
    }

    private static TechnologyResponse Shape(Technology technology, IEnumerable<GovernanceRow> governing, BitemporalPoint standpoint)
    {
        var revision = standpoint.RevisionsOf(DocumentKind.Technology, technology.Id)[^1];
        return new TechnologyResponse(
            technology.Id,
            technology.Name,
            technology.Purpose,
            technology.PurposeSource,
            technology.Statement,
            standpoint.AsOf,
            [.. governing.Select(StatusResponse.OfInstrument)],
            revision.Number,
            LedgerEntry.Time(revision.RecordedAt),
            revision.Entry
        );
    }
}
