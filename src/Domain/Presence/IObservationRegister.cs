using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>The register of device state changes: one row for each change, never one for each heartbeat.</summary>
public interface IObservationRegister
{
    /// <summary>Takes over a partition: from now on only the holder of the returned number can append its changes.</summary>
    /// <returns>The owner number, greater than every earlier one.</returns>
    Task<long> TakeOverAsync(int partition, CancellationToken cancellationToken);

    /// <summary>Appends a state change. Returns false, and stores nothing, when the partition has another owner by now.</summary>
    Task<bool> AppendAsync(
        DeviceObservation observation,
        DateTimeOffset at,
        int partition,
        long owner,
        CancellationToken cancellationToken
    );

    /// <summary>The last state change of each device of a partition, with its device number.</summary>
    Task<ImmutableArray<(int Number, DeviceObservation Observation)>> LatestAsync(int partition, CancellationToken cancellationToken);

    /// <summary>The last state change of a device; null when there is none.</summary>
    Task<DeviceObservation?> LastAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>The last state change of each of these devices, by device id; without those that have none. One query for all.</summary>
    Task<ImmutableDictionary<string, DeviceObservation>> LastOfAsync(
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    );
}
