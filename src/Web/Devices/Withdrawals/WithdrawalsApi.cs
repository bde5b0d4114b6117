using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Devices.Responses;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Devices.Withdrawals;

/// <summary>What awaits confirmation on the spot, and its confirmation.</summary>
internal static class WithdrawalsApi
{
    /// <summary>What was seen, and where.</summary>
    internal sealed record AbsenceBody(string? Place = null, string? Reason = null);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("withdrawals", ListAsync)
            .Answers<ItemsResponse<WithdrawalsResponse>>()
            .WithTags("Devices")
            .RequireAuthorization(StaffPolicies.AnyRole)
            .WithSummary("What the register took from places and no other person has confirmed")
            .WithDescription(
                "The notice of the place counts these captures as possibly recorded. "
                    + "`knocksAt`: when the removed device last tried to sign in."
            );
        api.MapPost("devices/{id}/confirm-absence", Confirm)
            .Answers<WithdrawalsResponse>()
            .WithTags("Devices")
            .RequireAuthorization(StaffPolicies.AbsenceConfirmer)
            .Accepts<AbsenceBody>("application/json")
            .WithSummary("Confirm on the spot that a device, or a sensor, is gone from a place")
            .WithDescription(
                "For a posting inspector or a device clerk, and never for the person who made the change, or a program. "
                    + "`reason` says what was seen. Honours Idempotency-Key."
            );
    }

    private static async Task<IResult> ListAsync(HttpContext http, IWithdrawalRegister register, CancellationToken cancellationToken) =>
        JsonResults.Page(
            http,
            (await register.AwaitingAsync(cancellationToken)).Select(WithdrawalsResponse.From),
            device => $"{device.Device},{device.Place}"
        );

    private static Task<IResult> Confirm(string id, HttpContext http, AbsenceConfirmation confirmation) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (JsonBody.Read<AbsenceBody>(text, out var body) is { } problem)
                    return problem;
                var outcome = await confirmation.ConfirmAsync(id, body.Place, http.User, body.Reason, http.RequestAborted);
                return outcome.Value is { } confirmed
                    ? StoredJsonResult.Create(StatusCodes.Status200OK, WithdrawalsResponse.From(confirmed))
                    : Problem.Refused(outcome.Refusals);
            }
        );
}
