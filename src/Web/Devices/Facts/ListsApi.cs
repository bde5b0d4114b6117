using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Devices.Facts;

/// <summary>The lists of vendors, models and organisations, for programs.</summary>
internal static class ListsApi
{
    /// <summary>A name for a list.</summary>
    /// <param name="Of">The vendor of a model.</param>
    internal sealed record NameBody(NamedList? List = null, string? Name = null, string? Of = null, string? Reason = null);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet(
                "names",
                async (HttpContext http, INamedListRegister lists, CancellationToken cancellationToken) =>
                    JsonResults.Page(http, await lists.AllAsync(cancellationToken), name => $"{Json.Word(name.List)},{name.Of},{name.Name}")
            )
            .Answers<ItemsResponse<ListedName>>();
        api.MapPost("names", Add)
            .Answers<ListedName>(StatusCodes.Status201Created)
            .WithTags("Devices")
            .RequireAuthorization(Json.Word(Role.DeviceClerk))
            .Accepts<NameBody>("application/json")
            .WithSummary("Add a vendor, a model or an organisation to its list")
            .WithDescription(
                "Facts about devices take names from these lists only, because a free text could hold the name of a person. "
                    + "A name that is listed stays. Honours Idempotency-Key."
            );
    }

    private static Task<IResult> Add(HttpContext http, NamedListActs acts) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (JsonBody.Read<NameBody>(text, out var body) is { } problem)
                    return problem;
                if (body.List is not { } list)
                    return Problem.Refused([
                        new Refusal(
                            RefusalCodes.Invalid,
                            $"Name the list: expected one of {QueryParameters.WordsOf<NamedList>()}.",
                            "list"
                        ),
                    ]);
                var outcome = await acts.AddAsync(
                    new ListedName(list, body.Name ?? "", body.Of),
                    http.User,
                    body.Reason,
                    http.RequestAborted
                );
                return outcome.Value is { } added
                    ? StoredJsonResult.Create(StatusCodes.Status201Created, added)
                    : Problem.Refused(outcome.Refusals);
            }
        );
}
