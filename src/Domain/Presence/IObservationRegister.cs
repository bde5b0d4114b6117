using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>The changes of what is known of a unit, as remembered: one row a change, never a row a heartbeat.</summary>
public interface IObservationRegister
{
    /// <summary>Takes a partition over: from now on only who holds this number can write its changes down.</summary>
    /// <returns>The owner's number, greater than every one before.</returns>
    Task<long> TakeAsync(int partition, CancellationToken cancellationToken);

    /// <summary>Keeps a change. False, and nothing is kept, when the partition belongs to another owner by now.</summary>
    Task<bool> AppendAsync(
        DeviceObservation observation,
        DateTimeOffset at,
        int partition,
        long owner,
        CancellationToken cancellationToken
    );

    /// <summary>The last change of each device of a partition, with the device's number.</summary>
    Task<ImmutableArray<(int Number, DeviceObservation Observation)>> LatestAsync(int partition, CancellationToken cancellationToken);

    /// <summary>The last change of a device; null when nothing was ever known of it.</summary>
    Task<DeviceObservation?> LastAsync(string deviceId, CancellationToken cancellationToken);
}
