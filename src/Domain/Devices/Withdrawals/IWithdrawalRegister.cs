using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Devices.Withdrawals;

/// <summary>The register of withdrawals. Changes of devices add to it in their own transaction.</summary>
public interface IWithdrawalRegister
{
    /// <summary>Every device of which something was withdrawn from a place, in the order of ids.</summary>
    Task<ImmutableArray<DeviceWithdrawals>> FromPlaceAsync(string place, CancellationToken cancellationToken);

    /// <summary>Every place from which something of a device was withdrawn, in the order of ids.</summary>
    Task<ImmutableArray<DeviceWithdrawals>> OfDeviceAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>What is withdrawn of some devices and not confirmed, by device id; without those of which nothing is.</summary>
    Task<ImmutableDictionary<string, ImmutableArray<DeviceWithdrawals>>> OpenOfAsync(
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    );

    /// <summary>Everything that awaits confirmation, in the order of places and devices.</summary>
    Task<ImmutableArray<DeviceWithdrawals>> AwaitingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Records that a person has seen on the spot that everything withdrawn of a device from a place is gone. Refuses a program, a person
    /// who made one of the changes, and a confirmation of nothing.
    /// </summary>
    Task<Outcome<DeviceWithdrawals>> ConfirmAsync(
        string deviceId,
        string place,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );
}
