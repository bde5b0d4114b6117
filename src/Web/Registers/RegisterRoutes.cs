using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>What the API of every register with versions does alike: reading on both axes of time, and the acts of device clerks.</summary>
internal static class RegisterRoutes
{
    /// <summary>What the document says of every change.</summary>
    public const string Change =
        "Members that the body omits keep their values. `since` is the day, or the instant, from which it holds; now when omitted. "
        + "Needs If-Match.";

    /// <summary>Maps the two acts of a register. The caller describes them.</summary>
    public static (RouteHandlerBuilder Register, RouteHandlerBuilder Change) MapActs<TBody, TResponse>(
        IEndpointRouteBuilder api,
        string path,
        Delegate register,
        Delegate change
    )
        where TBody : class
    {
        var clerk = Json.Word(Role.DeviceClerk);
        return (
            api.MapPost(path, register)
                .Answers<TResponse>(StatusCodes.Status201Created, "ETag", "Location")
                .RequireAuthorization(clerk)
                .Accepts<TBody>("application/json"),
            api.MapPatch($"{path}/{{id}}", change).Answers<TResponse>("ETag").RequireAuthorization(clerk).Accepts<TBody>("application/json")
        );
    }

    /// <summary>Maps the versions of a register.</summary>
    public static void MapHistory<T, TResponse>(
        IEndpointRouteBuilder api,
        string path,
        string word,
        Func<AttributedVersion<T>, TResponse> shape
    )
        where T : class =>
        api.MapGet(
                $"{path}/{{id}}/history",
                async (string id, IInventoryRegister<T> register, CancellationToken cancellationToken) =>
                    await register.HistoryAsync(id, cancellationToken) is { IsEmpty: false } versions
                        ? JsonResults.Ok(new ItemsResponse<TResponse>(versions.Select(shape), null))
                        : Problem.NotFound($"No {word} '{id}' is registered.")
            )
            .Answers<ItemsResponse<TResponse>>();

    /// <summary>Answers a list at the point that a request asks for; null is now.</summary>
    public static async Task<IResult> ListAsync<T>(
        HttpContext http,
        IInventoryRegister<T> register,
        Func<RegisterPoint?, ImmutableArray<RegisterVersion<T>>, Task<IResult>> answer
    )
        where T : class
    {
        var (point, fault) = await RegisterTimes.ReadPointAsync(http);
        if (fault is not null)
            return fault;
        var versions = await register.ListAsync(point, http.RequestAborted);
        return point is not null && versions.IsEmpty ? NothingKnown(http) : await answer(point, versions);
    }

    /// <summary>Answers one of a register at the point that a request asks for; null is now. What is retired by then is 410.</summary>
    public static async Task<IResult> FindAsync<T>(
        HttpContext http,
        IInventoryRegister<T> register,
        string word,
        string id,
        Func<T, bool> isRetired,
        Func<RegisterPoint?, RegisterVersion<T>, Task<IResult>> answer
    )
        where T : class
    {
        var (point, fault) = await RegisterTimes.ReadPointAsync(http);
        if (fault is not null)
            return fault;
        if (await register.FindAsync(id, point, http.RequestAborted) is { } version)
            return isRetired(version.Value) ? Gone(http, word, id, version) : await answer(point, version);
        return point is null || await register.FindAsync(id, null, http.RequestAborted) is null
            ? Problem.NotFound($"No {word} '{id}' is registered.")
            : Problem.NotFound($"The {word} '{id}' was not registered then: {Asked(http)}.");
    }

    /// <summary>The answer for what is retired. A clerk names its version to bring it back.</summary>
    public static IResult Gone<T>(HttpContext http, string word, string id, RegisterVersion<T> version)
        where T : class
    {
        http.Response.Headers.ETag = EntityTags.FromVersion(version.Number);
        return Problem.Gone($"The {word} '{id}' is retired since {LedgerEntry.FormatTime(version.Since)}. Its history says what it was.");
    }

    /// <summary>The answer where the register has nothing at a point: an empty list would say that there was nothing.</summary>
    public static IResult NothingKnown(HttpContext http) =>
        Problem.NotFound($"The register has nothing of that time: {Asked(http)}. It has no data about earlier times.");

    /// <summary>The times that a request asks for. The time of the request itself is left out: it would make each answer another.</summary>
    private static string Asked(HttpContext http) =>
        string.Join(
            " and ",
            ((string[])["asOf", "knownAt"])
                .Where(name => http.Request.Query[name].ToString().Length > 0)
                .Select(name => $"{name} is '{http.Request.Query[name]}'")
        );

    /// <summary>Registers something new, as the body states it.</summary>
    public static Task<IResult> RegisterAsync<TBody, T>(
        HttpContext http,
        Func<TBody, Task<Outcome<RegisterVersion<T>>>> act,
        Func<RegisterVersion<T>, (object Response, string Location)> shape
    )
        where TBody : class =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (JsonBody.Read<TBody>(text, out var body) is { } problem)
                    return problem;
                var outcome = await act(body);
                if (outcome.Value is not { } registered)
                    return Problem.Refused(outcome.Refusals);
                var (response, location) = shape(registered);
                return StoredJsonResult.Create(StatusCodes.Status201Created, response, EntityTags.FromVersion(registered.Number), location);
            }
        );

    /// <summary>Changes what is registered, as the body states it, if it has the version of If-Match.</summary>
    public static Task<IResult> ChangeAsync<TBody, T>(
        HttpContext http,
        Task<RegisterVersion<T>?> finding,
        string word,
        string id,
        Func<TBody, string?> idOf,
        Func<T, TBody, int, Task<Outcome<RegisterVersion<T>>>> act,
        Func<RegisterVersion<T>, object> shape
    )
        where TBody : class
        where T : class =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (await finding is not { } before)
                    return Problem.NotFound($"No {word} '{id}' is registered.");
                if (EntityTags.RequireIfMatch(http, out var version) is { } precondition)
                    return precondition;
                if (JsonBody.Read<TBody>(text, out var body) is { } problem)
                    return problem;
                if (idOf(body) is { } other && other != id)
                    return Problem.Refused([
                        new Refusal(RefusalCodes.Invalid, $"A {word} keeps its id: register another, and retire this one.", "id"),
                    ]);
                var outcome = await act(before.Value, body, version);
                return outcome.Value is { } changed
                    ? StoredJsonResult.Create(StatusCodes.Status200OK, shape(changed), EntityTags.FromVersion(changed.Number))
                    : Problem.Refused(outcome.Refusals);
            }
        );
}
