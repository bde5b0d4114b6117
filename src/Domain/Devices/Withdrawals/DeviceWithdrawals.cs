using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Devices.Withdrawals;

/// <summary>What the register took of one device from one place, and whether that was confirmed on the spot.</summary>
/// <param name="Open">The withdrawals that no other person has confirmed yet, oldest first.</param>
/// <param name="ConfirmedAt">When a person last confirmed that what was withdrawn is gone; null when no person ever did.</param>
public sealed record DeviceWithdrawals(string DeviceId, string Place, ImmutableArray<Withdrawal> Open, DateTimeOffset? ConfirmedAt)
{
    /// <summary>
    /// When the removed device last knocked, see <see cref="Presence.DeviceObservation.KnocksAt"/>; null when it never did.
    /// </summary>
    public DateTimeOffset? KnocksAt { get; init; }

    /// <summary>Every capture that an open withdrawal took.</summary>
    public CaptureSet Captures => Open.Aggregate(default(CaptureSet), (captures, withdrawal) => captures.Union(withdrawal.Captures));

    /// <summary>When the first of the open withdrawals was made; null when there is none.</summary>
    public DateTimeOffset? Since => Open.IsEmpty ? null : Open.Min(withdrawal => withdrawal.At);

    /// <summary>Whether a person has to look on the spot: a withdrawal is open, or the device knocked after it was confirmed.</summary>
    public bool AwaitsConfirmation => !Open.IsEmpty || KnockedAfterConfirmation(KnocksAt);

    /// <summary>Whether the device knocked after the last confirmation, so that the confirmation no longer says everything.</summary>
    public bool KnockedAfterConfirmation(DateTimeOffset? knocksAt) => knocksAt is { } at && !(at <= ConfirmedAt);

    /// <summary>Why a person may not confirm; null when the person may.</summary>
    public Refusal? CheckConfirmation(Attribution by)
    {
        ArgumentNullException.ThrowIfNull(by);
        if (!AwaitsConfirmation)
            return new Refusal(RefusalCodes.WrongState, $"Nothing of device '{DeviceId}' awaits confirmation at place '{Place}'.");
        if (by.Staff is null || Open.Any(withdrawal => withdrawal.By == by.Staff))
            return new Refusal(
                RefusalCodes.OwnChange,
                "You made this change of the register. Another person confirms on the spot that the device or the sensor is gone."
            );
        return null;
    }
}
