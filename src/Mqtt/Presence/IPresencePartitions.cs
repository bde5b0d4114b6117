using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>The presence partitions, as the broker calls them. Tests replace it to pause a call.</summary>
public interface IPresencePartitions
{
    /// <summary>Applies durable heartbeats to a partition, 0 to 255, in the order in which they were received.</summary>
    Task ApplyHeartbeats(int partition, ImmutableArray<Heartbeat> heartbeats);

    /// <summary>Applies the death of a device in this epoch to its partition.</summary>
    Task ApplyDeath(int partition, int number, long epoch, long session, SessionEnd end);

    /// <summary>Applies what a rejected publish of a device reported to its partition.</summary>
    Task ApplyRejected(
        int partition,
        int number,
        CaptureReport reported,
        CaptureSet unregistered,
        long afterEpoch,
        long afterSeq,
        long session
    );

    /// <summary>Records a sign of life of a removed device in its partition.</summary>
    Task RecordKnock(int partition, int number, DateTimeOffset at);

    /// <summary>Returns when the partition has stored every change of a device that it was notified of. Throws if it cannot.</summary>
    Task WaitUntilRecorded(int partition, int number);

    /// <summary>Records how a session of a device ended without a death.</summary>
    Task RecordSessionEnd(int partition, int number, long session, SessionEnd end);

    /// <summary>Returns the greatest (epoch, seq) that a partition knows of a device; −1 for both if it never heard the device.</summary>
    Task<(long Epoch, long Seq)> NewestSequence(int partition, int number);
}
