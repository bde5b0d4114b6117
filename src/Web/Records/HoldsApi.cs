using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Records;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Records;

/// <summary>The legal holds, for programs. A person ends a hold, on its page.</summary>
internal static class HoldsApi
{
    /// <summary>A hold that is placed.</summary>
    /// <param name="Reference">What it is for, such as the number of a request.</param>
    internal sealed record HoldBody(HeldRecords? Records = null, string? Reference = null);

    /// <summary>A legal hold.</summary>
    /// <param name="Id">The number of the ledger entry that placed it.</param>
    internal sealed record HoldResponse(
        long Id,
        HeldRecords Records,
        string Reference,
        [property: Instant] string PlacedAt,
        [property: Instant] string? ReleasedAt
    )
    {
        public static HoldResponse From(LegalHold hold) =>
            new(
                hold.Entry,
                hold.Records,
                hold.Reference,
                LedgerEntry.FormatTime(hold.PlacedAt),
                hold.ReleasedAt is { } released ? LedgerEntry.FormatTime(released) : null
            );
    }

    public static void Map(IEndpointRouteBuilder api)
    {
        var holds = api.MapGroup("holds").WithTags("Records");
        holds
            .MapGet("", ListAsync)
            .Answers<ItemsResponse<HoldResponse>>()
            .RequireAuthorization(StaffPolicies.AnyRole)
            .WithSummary("The legal holds, oldest first")
            .WithDescription("While a hold stands, none of the records that it names is deleted at the end of their retention.");
        holds
            .MapPost("", Place)
            .Answers<HoldResponse>(StatusCodes.Status201Created)
            .RequireAuthorization(StaffPolicies.RecordsOfficer)
            .Accepts<HoldBody>("application/json")
            .WithSummary("Place a legal hold")
            .WithDescription(
                "`reference` is read by staff only; the ledger has its salted hash. A person ends the hold, on its page. "
                    + "Honours Idempotency-Key."
            );
    }

    private static async Task<IResult> ListAsync(HttpContext http, ILegalHoldRegister register, CancellationToken cancellationToken) =>
        JsonResults.Page(
            http,
            (await register.AllAsync(cancellationToken)).Select(HoldResponse.From),
            // In the order of numbers, whatever their length.
            hold => hold.Id.ToString("D19", CultureInfo.InvariantCulture)
        );

    private static Task<IResult> Place(HttpContext http, LegalHoldActs acts) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (JsonBody.Read<HoldBody>(text, out var body) is { } problem)
                    return problem;
                var outcome = await acts.PlaceAsync(body.Records, body.Reference, http.User, http.RequestAborted);
                return outcome.Value is { } hold
                    ? StoredJsonResult.Create(StatusCodes.Status201Created, HoldResponse.From(hold))
                    : Problem.Refused(outcome.Refusals);
            }
        );
}
