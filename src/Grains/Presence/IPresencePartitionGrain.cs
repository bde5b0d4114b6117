using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// The presence of the devices of one partition. Most heartbeats end here; only a state change goes on to its device's grain. Key: 0 to
/// 255, <see cref="Domain.Devices.Device.PartitionOf"/>. Devices are named by their device number.
/// </summary>
[Alias("presence-partition")]
public interface IPresencePartitionGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Applies heartbeats that are durable already, in the order in which they were received. Does not wait until state changes are passed
    /// on.
    /// </summary>
    [Alias("hear")]
    Task ApplyHeartbeats(ImmutableArray<Heartbeat> heartbeats);

    /// <summary>
    /// Applies a death: the session of a device ended without a normal DISCONNECT. Counts only for the session and the epoch of the
    /// device's last heartbeat. Does not wait until the state change is passed on.
    /// </summary>
    [Alias("died")]
    Task ApplyDeath(int number, long epoch, long session, SessionEnd end = SessionEnd.ConnectionLost);

    /// <summary>
    /// Applies what a rejected publish of a device reported: see <see cref="DevicePresence.ApplyRejected"/>. Does not wait until the state
    /// change is passed on.
    /// </summary>
    [Alias("rejected")]
    Task ApplyRejected(int number, CaptureReport reported, CaptureSet unregistered, long afterEpoch, long afterSeq, long session = 0);

    /// <summary>Records that a removed device knocked: see <see cref="DeviceObservation.KnocksAt"/>.</summary>
    [Alias("knocked")]
    Task RecordKnock(int number, DateTimeOffset at);

    /// <summary>
    /// Returns when every state change of a device until now is recorded. The broker waits for it before it promises durability. Throws
    /// <see cref="TimeoutException"/> while a change cannot be recorded.
    /// </summary>
    [Alias("kept")]
    Task WaitUntilRecorded(int number);

    /// <summary>Records how a session of a device ended without a death. Visible only once the device is no longer heard.</summary>
    [Alias("ended")]
    Task RecordSessionEnd(int number, long session, SessionEnd end);

    /// <summary>The greatest (epoch, seq) of a device's heartbeats; −1 for both if there was none.</summary>
    [Alias("last")]
    Task<(long Epoch, long Seq)> NewestSequence(int number);

    /// <summary>What is known of a device at this moment; null if it was never heard.</summary>
    /// <param name="deviceId">The device's id, which the partition itself does not hold.</param>
    [Alias("observation-of")]
    Task<DeviceObservation?> FindObservation(int number, string deviceId);

    /// <summary>
    /// Activates the partition, so that it detects silence. Returns when every pending state change was passed on to its device and place,
    /// or one attempt to do so failed.
    /// </summary>
    [Alias("wake")]
    Task Wake();

    /// <summary>Reads a device's presence settings from the register: it was registered, or its entry changed.</summary>
    [Alias("registered")]
    Task ReloadDevice(int number);

    /// <summary>
    /// Accepts the next heartbeat of a device whatever its epoch. For a device whose clock fell back, after staff looked at it.
    /// </summary>
    [Alias("forget-epoch")]
    Task ForgetEpoch(int number);

    /// <summary>The number of devices in each state, indexed by <see cref="PresenceState"/>.</summary>
    [Alias("count")]
    Task<ImmutableArray<int>> CountStates();
}
