using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
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
            .WithSummary("Who read the data of a single mobile device, newest first")
            .WithDescription("`reader` is a staff id, `device` the id of a device; `after` is the `next` of the previous page.");
        audit
            .MapGet("security", Security)
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
            new
            {
                items = page.Take(limit)
                    .Select(reading => new
                    {
                        reading.Number,
                        at = LedgerEntry.FormatTime(reading.At),
                        reading.Reader,
                        reading.Device,
                        reading.What,
                    }),
                next = page.Length > limit ? page[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null,
            }
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
            new
            {
                items = page.Take(limit).Select(Shape),
                next = page.Length > limit ? page[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null,
            }
        );
    }

    private static object Shape(StoredSecurityEvent stored) =>
        new
        {
            stored.Number,
            at = LedgerEntry.FormatTime(stored.At),
            lastAt = LedgerEntry.FormatTime(stored.LastAt),
            stored.Times,
            stored.Event.Kind,
            stored.Event.Actor,
            stored.Event.Subject,
            stored.Event.Token,
            stored.Event.Address,
            stored.Event.Detail,
        };

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
}
