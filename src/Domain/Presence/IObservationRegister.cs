using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>The changes of what is known of a unit, as remembered: one row a change, never a row a heartbeat.</summary>
public interface IObservationRegister
{
    /// <summary>Keeps a change. The same (epoch, seq, presence) twice is kept once.</summary>
    Task AppendAsync(DeviceObservation observation, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The last change of each device of a partition.</summary>
    Task<ImmutableArray<DeviceObservation>> LatestAsync(int partition, CancellationToken cancellationToken);
}
