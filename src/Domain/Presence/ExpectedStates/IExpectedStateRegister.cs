using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Presence.ExpectedStates;

/// <summary>A step of a pass that brings all expected states in line.</summary>
public enum PassStep
{
    /// <summary>Some may be written soon: until the pass is done they are of two times.</summary>
    Begun,

    /// <summary>All are in line with the law and the devices of the instant at which the pass began.</summary>
    Done,

    /// <summary>Nothing that decides them changed since the pass that was done last.</summary>
    Unchanged,
}

/// <summary>
/// The numbered versions of each device's expected state. They are worked out for groups of devices, not device by device.
/// </summary>
public interface IExpectedStateRegister
{
    /// <summary>A number that grows with every change of the device register.</summary>
    Task<long> DeviceRegisterVersionAsync(CancellationToken cancellationToken);

    /// <summary>Every group of devices.</summary>
    Task<ImmutableArray<DeviceGroup>> GroupsAsync(CancellationToken cancellationToken);

    /// <summary>Records a new version for each device of a group whose expected state was another before.</summary>
    /// <returns>The number of those devices.</returns>
    Task<int> RecordAsync(DeviceGroup likeness, ExpectedStateDraft expectation, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Records how far the expected states are in line with the law and the devices of an instant. The verifier of the ledger reads it.
    /// </summary>
    Task RecordPassAsync(PassStep step, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The present expected state of a device; null when none was recorded.</summary>
    Task<ExpectedState?> FindAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>The present expected state of each of these devices, by device id; without those that have none.</summary>
    Task<ImmutableDictionary<string, ExpectedState>> FindAllAsync(
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The devices with a new expected state after an entry of this register, oldest first, at most <paramref name="most"/>.
    /// </summary>
    Task<ImmutableArray<(long Entry, string DeviceId)>> ListAfterAsync(long afterEntry, int most, CancellationToken cancellationToken);

    /// <summary>The number of the last entry; 0 when there is none.</summary>
    Task<long> LastEntryAsync(CancellationToken cancellationToken);
}
