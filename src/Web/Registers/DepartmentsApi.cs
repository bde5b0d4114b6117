using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>
/// The departments of the city, for programs. They are a part of the document of the city, which <c>POST changes</c> changes with the
/// approval of a second person. What is said of them holds from when it is recorded.
/// </summary>
internal static class DepartmentsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("departments", ListAsync).Answers<ItemsResponse<DepartmentResponse>>();
        api.MapGet("departments/{id}", FindAsync).Answers<DepartmentResponse>("ETag");
        api.MapGet("departments/{id}/history", HistoryAsync).Answers<ItemsResponse<DepartmentResponse>>();
    }

    private static async Task<IResult> ListAsync(HttpContext http, IGrainFactory grains)
    {
        var (revisions, _, fault) = await ReadAsync(http, grains);
        if (fault is not null)
            return fault;
        if (revisions.IsEmpty)
            return RegisterRoutes.NothingKnown(http);
        var city = revisions[^1].Document.Value<City>();
        return JsonResults.Page(
            http,
            city.Departments.Select(department =>
                    DepartmentResponse.From(department.Id, DepartmentHistory.Of(department.Id, revisions)[^1])
                )
                .OrderBy(department => department.Id, StringComparer.Ordinal),
            department => department.Id
        );
    }

    private static async Task<IResult> FindAsync(string id, HttpContext http, IGrainFactory grains)
    {
        var (revisions, all, fault) = await ReadAsync(http, grains);
        if (fault is not null)
            return fault;
        if (DepartmentHistory.Of(id, revisions) is not [.., var version])
            return Problem.NotFound(
                DepartmentHistory.Of(id, all).IsEmpty
                    ? $"No department '{id}' is registered."
                    : $"The department '{id}' was not registered by then."
            );
        return version.Department is null
            ? Problem.Gone(
                $"The department '{id}' is retired since {LedgerEntry.FormatTime(version.Revision.RecordedAt)}. "
                    + "Its history says what it was."
            )
            : JsonResults.Resource(http, DepartmentResponse.From(id, version), version.Number);
    }

    private static async Task<IResult> HistoryAsync(string id, IGrainFactory grains)
    {
        var revisions = (await grains.History()).RevisionsOf(DocumentKind.City, PolicyDocument.CityId);
        return DepartmentHistory.Of(id, revisions) is { IsEmpty: false } versions
            ? JsonResults.Ok(new ItemsResponse<DepartmentResponse>(versions.Select(version => DepartmentResponse.From(id, version)), null))
            : Problem.NotFound($"No department '{id}' is registered.");
    }

    /// <summary>The revisions of the city that were recorded by the time that is asked for, and all of them, oldest first.</summary>
    private static async Task<(ImmutableArray<PolicyRevision> Then, ImmutableArray<PolicyRevision> All, IResult? Fault)> ReadAsync(
        HttpContext http,
        IGrainFactory grains
    )
    {
        var (point, fault) = await RegisterTimes.ReadPointAsync(http);
        var all = (await grains.History()).RevisionsOf(DocumentKind.City, PolicyDocument.CityId);
        var then = point is null ? all : [.. all.TakeWhile(revision => IsKnown(revision, point))];
        return (then, all, fault);
    }

    private static bool IsKnown(PolicyRevision revision, RegisterPoint point) =>
        revision.RecordedAt <= point.AsOf && revision.RecordedAt <= point.KnownAt;
}

/// <summary>A department of the city, which is accountable for devices.</summary>
/// <param name="Name">The name that notices state; null when it is retired.</param>
/// <param name="Phone">The telephone number that notices state; null when it is retired.</param>
/// <param name="Version">Its number, from 1.</param>
/// <param name="Since">From when it holds: when it was recorded.</param>
/// <param name="Entry">The number of its ledger entry.</param>
/// <param name="Change">The change request that made it; null for the opening.</param>
internal sealed record DepartmentResponse(
    string Id,
    string? Name,
    string? Phone,
    bool Retired,
    int Version,
    [property: Instant] string Since,
    [property: Instant] string RecordedAt,
    long Entry,
    long? Change
)
{
    public static DepartmentResponse From(string id, DepartmentVersion version)
    {
        var recorded = LedgerEntry.FormatTime(version.Revision.RecordedAt);
        return new DepartmentResponse(
            id,
            version.Department?.Name,
            version.Department?.Phone,
            version.Department is null,
            version.Number,
            recorded,
            recorded,
            version.Revision.Entry,
            version.Revision.Change
        );
    }
}
