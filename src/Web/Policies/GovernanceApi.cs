using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Policies;

/// <summary>The governance table, its instruments and technologies, for programs.</summary>
internal static class GovernanceApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("governance", Table);
        api.MapGet("instruments", async (IGrainFactory grains) => Collection((await grains.Governance()).Table.Instruments.Select(Whole)));
        api.MapGet("instruments/{id}", async (string id, IGrainFactory grains, HttpContext http) =>
            (await grains.Governance()).Table.Instruments.FirstOrDefault(instrument => instrument.Id == id) is { } found ? One(http, Whole(found)) : Problem.NotFound($"No instrument '{id}' is registered."));
        api.MapGet("technologies", async (IGrainFactory grains) => Collection((await grains.Governance()).Table.Technologies));
        api.MapGet("technologies/{id}", async (string id, IGrainFactory grains, HttpContext http) =>
            (await grains.Governance()).Table.Technologies.FirstOrDefault(technology => technology.Id == id) is { } found ? One(http, found) : Problem.NotFound($"No technology '{id}' is registered."));
    }

    /// <summary>A collection as every list of the API is: items, and where the next page begins.</summary>
    public static IResult Collection<T>(IEnumerable<T> items) => Json(new { items = items.ToArray(), next = (string?)null });

    /// <summary>One resource with a strong ETag; 304 for a reader that holds it already.</summary>
    public static IResult One(HttpContext http, object value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, Domain.Json.Options);
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(bytes, "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\""));
    }

    public static IResult Json(object value) => Results.Json(value, Domain.Json.Options);

    /// <summary>One row in the contract's shape.</summary>
    public static object Row(GovernanceRow row) => new
    {
        technology = new { row.Technology.Id, row.Technology.Name },
        instrument = new
        {
            row.Instrument.Id, row.Instrument.Kind, row.Instrument.Citation, row.Version?.Title,
            row.Version?.Passed, row.Version?.Signed, row.Version?.Filed, row.Version?.By,
        },
        row.Status,
        row.Certainty,
        effective = Effective(row.Version?.Effective),
        capture = row.Rule?.Capture ?? [],
        retention = row.Rule?.Retention ?? [],
        notice = row.Rule?.Notice ?? [],
        recordsAccess = row.Rule?.RecordsAccess ?? new RecordsAccess(Access.NotKnown),
        departments = row.Rule?.Departments ?? [],
        note = row.Rule?.Note,
        row.DisagreesWith,
        row.Version?.SupersededBy,
        scheduled = row.Next is null ? null : new { version = row.Next.Number, row.Next.Title, effective = Effective(row.Next.Effective) },
        statement = row.Technology.Statement?.Instrument == row.Instrument.Id ? new { row.Technology.Statement.Technology, row.Technology.Statement.Governance } : null,
        row.Version?.Source,
        version = row.Version?.Number,
    };

    private static async Task<IResult> Table(HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var governance = await grains.Governance();
        var query = http.Request.Query;
        if (!Asked.TryDay(query, governance.City, time, out var day))
            return Problem.BadParameter($"asOf is '{query["asOf"]}': {Asked.DayExpected}.");
        if (!Asked.TryInstant(query, "knownAt", time, out var knownAt))
            return Problem.BadParameter($"knownAt is '{query["knownAt"]}': {Asked.InstantExpected}.");
        var rows = governance.Table.On(day);
        if (query["status"].ToString() is { Length: > 0 } word)
        {
            if (!Domain.Json.TryWord<RuleStatus>(word, out var status))
                return Problem.BadParameter($"status is '{word}': expected one of {string.Join(", ", Enum.GetValues<RuleStatus>().Select(Domain.Json.Word))}.");
            rows = WithStatus(rows, status);
        }

        return Json(new { asOf = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), knownAt = NoticePayload.Instant(knownAt), rows = rows.Select(Row) });
    }

    /// <summary>The rows of a status; for <c>scheduled</c> also the texts that are to follow one that still holds.</summary>
    private static ImmutableArray<GovernanceRow> WithStatus(ImmutableArray<GovernanceRow> rows, RuleStatus status) =>
        status == RuleStatus.Scheduled ? [.. rows.Select(row => row.AsScheduled()).OfType<GovernanceRow>()] : [.. rows.Where(row => row.Status == status)];

    private static object Effective(EffectivePeriod? period) => new
    {
        period?.From,
        fromPrecision = period?.FromPrecision ?? DatePrecision.Unknown,
        period?.To,
        toPrecision = period?.ToPrecision ?? DatePrecision.Unknown,
        period?.FromKnownBy,
        period?.EndKnownBy,
    };

    private static object Whole(Instrument instrument) => new
    {
        instrument.Id, instrument.Kind, instrument.Citation, instrument.Authority,
        versions = instrument.Versions.Select(version => new
        {
            version = version.Number, version.Title, effective = Effective(version.Effective), version.Passed, version.Signed, version.Filed, version.By, version.SupersededBy, version.Source, rules = version.Rules,
        }),
    };
}
