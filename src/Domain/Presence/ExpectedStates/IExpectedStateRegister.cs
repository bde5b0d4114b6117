using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence.ExpectedStates;

/// <summary>Units that are alike in everything that decides what is expected of them.</summary>
public sealed record DeviceGroup(string Kind, string Department, ImmutableArray<Capture> Sensors, bool IsActive);

/// <summary>
/// What is expected of each device, in numbered versions. Kept for groups of devices that are alike, not device by device.
/// </summary>
public interface IExpectedStateRegister
{
    /// <summary>A number that grows with every change of the register of devices.</summary>
    Task<long> RegisterVersionAsync(CancellationToken cancellationToken);

    /// <summary>Every group of devices that are alike.</summary>
    Task<ImmutableArray<DeviceGroup>> GroupsAsync(CancellationToken cancellationToken);

    /// <summary>Numbers a new version for each device of a group of which something else was expected before.</summary>
    /// <returns>How many devices that were.</returns>
    Task<int> RecordAsync(DeviceGroup likeness, ExpectedStateDraft expectation, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>What is expected of a device now; null before anything was.</summary>
    Task<ExpectedState?> FindAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>
    /// The devices of which something new is expected after an entry of this register, oldest first, at most <paramref name="most"/>.
    /// </summary>
    Task<ImmutableArray<(long Entry, string DeviceId)>> ListAfterAsync(long afterEntry, int most, CancellationToken cancellationToken);

    /// <summary>The last entry; 0 when there is none.</summary>
    Task<long> LastEntryAsync(CancellationToken cancellationToken);
}
