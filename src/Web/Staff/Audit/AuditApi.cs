using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Staff.Audit;

/// <summary>The readings of single mobile devices and the security log, for auditors' programs. Each request is itself logged.</summary>
internal static class AuditApi
{
    private const int MaxPerPage = 200,
        UsualPerPage = 50;

    public static void Map(IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("audit").WithTags("Audit").RequireAuthorization(StaffPolicies.Auditor);
        audit
            .MapGet("readings", Readings)
            .Answers<ItemsResponse<ReadingResponse>>()
            .WithSummary("Who read the data of a single mobile device, newest first")
            .WithDescription("`reader` is a staff id, `device` the id of a device; `after` is the `next` of the previous page.");
        audit
            .MapGet("security", Security)
            .Answers<ItemsResponse<SecurityEventResponse>>()
            .WithSummary("The security log: sign-ins, refusals, sessions, accounts, rights and tokens, newest first")
            .WithDescription("`kind` is a kind of event, `staff` a staff id; `after` is the `next` of the previous page.");
    }

    private static async Task<IResult> Readings(HttpContext http, IMobileReadAudit register)
    {
        var query = http.Request.Query;
        if (ReadPage(query, out var before, out var limit) is { } problem)
            return problem;
        if (ReadStaff(query, "reader", out var reader) is { } readerProblem)
            return readerProblem;
        var device = Text(query, "device");
        if (device is not null && !Identifier.IsValid(device))
            return Problem.BadParameter("device is not an id: expected lower-case letters, digits and hyphens.");
        await http.RecordAsync(SecurityEventKind.AuditRead, detail: "readings");
        var page = await register.ListAsync(reader, device, before, limit + 1, http.RequestAborted);
        return JsonResults.Ok(
            new ItemsResponse<ReadingResponse>(
                page.Take(limit)
                    .Select(reading => new ReadingResponse(
                        reading.Number,
                        LedgerEntry.FormatTime(reading.At),
                        reading.Reader,
                        reading.Device,
                        reading.What
                    )),
                page.Length > limit ? page[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null
            )
        );
    }

    private static async Task<IResult> Security(HttpContext http, ISecurityLog log)
    {
        var query = http.Request.Query;
        SecurityEventKind? kind = null;
        if (Text(query, "kind") is { } word)
        {
            if (!Json.TryWord<SecurityEventKind>(word, out var requested))
                return Problem.BadParameter($"kind is '{word}': expected one of {QueryParameters.WordsOf<SecurityEventKind>()}.");
            kind = requested;
        }

        if (ReadPage(query, out var before, out var limit) is { } problem)
            return problem;
        if (ReadStaff(query, "staff", out var staff) is { } staffProblem)
            return staffProblem;
        await http.RecordAsync(SecurityEventKind.AuditRead, detail: "security");
        var page = await log.ListAsync(new SecurityFilter(kind, staff), before, limit + 1, http.RequestAborted);
        return JsonResults.Ok(
            new ItemsResponse<SecurityEventResponse>(
                page.Take(limit).Select(ToResponse),
                page.Length > limit ? page[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null
            )
        );
    }

    private static SecurityEventResponse ToResponse(StoredSecurityEvent stored) =>
        new(
            stored.Number,
            LedgerEntry.FormatTime(stored.At),
            LedgerEntry.FormatTime(stored.LastAt),
            stored.Times,
            stored.Event.Kind,
            stored.Event.Actor,
            stored.Event.Subject,
            stored.Event.Token,
            stored.Event.Address,
            stored.Event.Detail
        );

    private static IResult? ReadPage(IQueryCollection query, out long? before, out int limit)
    {
        limit = UsualPerPage;
        return QueryParameters.After(query, out before) ?? QueryParameters.Limit(query, MaxPerPage, out limit, UsualPerPage);
    }

    private static IResult? ReadStaff(IQueryCollection query, string name, out string? staff)
    {
        staff = Text(query, name);
        return staff is null || StaffMember.IsId(staff) ? null : Problem.BadParameter($"{name} is not a staff id: expected st-….");
    }

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A reading of the data of a single mobile device.</summary>
    /// <param name="Reader">The staff id of the reader.</param>
    /// <param name="What">What was read, e.g. `state` or `history`.</param>
    internal sealed record ReadingResponse(long Number, [property: Instant] string At, string Reader, string Device, string What);

    /// <summary>An event of the security log. It has opaque ids and closed words, never a name.</summary>
    /// <param name="LastAt">When it happened for the last time within a minute.</param>
    /// <param name="Times">How often it happened.</param>
    /// <param name="Actor">The person or program that acted; null when it is not known.</param>
    /// <param name="Subject">The account that it happened to; null when there is none.</param>
    /// <param name="Token">Number of the token; null when there is none.</param>
    /// <param name="Address">The network address, or `command-line`.</param>
    internal sealed record SecurityEventResponse(
        long Number,
        [property: Instant] string At,
        [property: Instant] string LastAt,
        int Times,
        SecurityEventKind Kind,
        string? Actor,
        string? Subject,
        long? Token,
        string Address,
        string? Detail
    );
}
