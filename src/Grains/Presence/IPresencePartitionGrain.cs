using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Who is heard, for one partition of the devices. Most heartbeats end here; only a change goes on to its device.
/// Key: 0 to 255, <see cref="Domain.Devices.Device.PartitionOf"/>. Devices are named by the register's numbers.
/// </summary>
[Alias("presence-partition")]
public interface IPresencePartitionGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Takes in heartbeats that are durable already, in the order in which they were received. Does not wait for whoever is told of a
    /// change.
    /// </summary>
    [Alias("hear")]
    Task ApplyHeartbeats(ImmutableArray<Heartbeat> heartbeats);

    /// <summary>
    /// A unit's session died without a farewell. Counts only for the session and the epoch that the unit last spoke in. Does not wait for
    /// whoever
    /// is told of it.
    /// </summary>
    [Alias("died")]
    Task ApplyDeath(int number, long epoch, long session, SessionEnd end = SessionEnd.ConnectionLost);

    /// <summary>
    /// Returns when everything that changed of a unit until now is remembered, since somebody may be promised it. Throws
    /// <see cref="TimeoutException"/> while it cannot be.
    /// </summary>
    [Alias("kept")]
    Task WaitUntilRecorded(int number);

    /// <summary>Takes in how a session of a device ended that nobody died of.</summary>
    Task RecordSessionEnd(int number, long session, SessionEnd end);

    /// <summary>The greatest (epoch, seq) that was heard of a unit; −1 for both when none was.</summary>
    [Alias("last")]
    Task<(long Epoch, long Seq)> NewestSequence(int number);

    /// <summary>What is known of a unit at this moment; null when it was never heard.</summary>
    /// <param name="deviceId">The id under which whoever asks knows the unit.</param>
    [Alias("observation-of")]
    Task<DeviceObservation?> FindObservation(int number, string deviceId);

    /// <summary>
    /// Wakes the partition, so that it notices silence. Returns when every change that it knew of has been remembered and told to its
    /// place, or could not be for now.
    /// </summary>
    [Alias("wake")]
    Task Wake();

    /// <summary>A unit was registered, or what the register says of it changed.</summary>
    [Alias("registered")]
    Task ReloadDevice(int number);

    /// <summary>Lets the next word of a unit count whatever its epoch: a clerk has looked at the unit whose clock fell back.</summary>
    [Alias("forget-epoch")]
    Task ForgetEpoch(int number);

    /// <summary>How many units are in each state, by the number of <see cref="PresenceState"/>.</summary>
    [Alias("count")]
    Task<ImmutableArray<int>> CountStates();

    /// <summary>How much memory the partition holds for its units, in bytes, and how many units.</summary>
    [Alias("weight")]
    Task<(long Bytes, int Units)> MeasureMemory();
}
