using System.Security.Claims;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Devices.Withdrawals;

/// <summary>
/// The act of a person who has seen on the spot that a device, or a sensor, is gone; for the API and the staff page. Writes to the
/// register, then notifies the place.
/// </summary>
public sealed class AbsenceConfirmation(IWithdrawalRegister register, IGrainFactory grains, TimeProvider time)
{
    /// <summary>Whether the role of a user lets them confirm. The register refuses those who made the change themselves.</summary>
    public static bool MayConfirm(ClaimsPrincipal user) => StaffPolicies.AbsenceConfirmerRoles.Any(user.Is);

    /// <summary>Confirms that everything withdrawn of a device from a place is gone.</summary>
    /// <param name="reason">What was seen there; required, because the notice says less from now on.</param>
    public async Task<Outcome<DeviceWithdrawals>> ConfirmAsync(
        string deviceId,
        string? place,
        ClaimsPrincipal user,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrWhiteSpace(place))
            return new Refusal(RefusalCodes.Invalid, "Name the place at which you looked.", "place");
        if (string.IsNullOrWhiteSpace(reason))
            return new Refusal(RefusalCodes.ReasonMissing, "Say what you saw there.", "reason");
        if (Registration.CheckReason(reason) is { } refusal)
            return refusal;
        var role = user.Is(Role.PostingInspector) ? Role.PostingInspector : Role.DeviceClerk;
        var outcome = await register.ConfirmAsync(
            deviceId,
            place,
            user.AttributionAs(role),
            reason.Trim(),
            time.GetUtcNow(),
            cancellationToken
        );
        if (outcome.IsDone)
            await grains.Place(place).MarkDevicesChanged();
        return outcome;
    }
}
