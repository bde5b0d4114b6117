using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>The presence partitions as grains.</summary>
internal sealed class PresencePartitions(IGrainFactory grains) : IPresencePartitions
{
    public Task ApplyHeartbeats(int partition, ImmutableArray<Heartbeat> heartbeats) =>
        grains.Partition(partition).ApplyHeartbeats(heartbeats);

    public Task ApplyDeath(int partition, int number, long epoch, long session, SessionEnd end) =>
        grains.Partition(partition).ApplyDeath(number, epoch, session, end);

    public Task ApplyRejected(
        int partition,
        int number,
        CaptureReport reported,
        CaptureSet unregistered,
        long afterEpoch,
        long afterSeq,
        long session
    ) => grains.Partition(partition).ApplyRejected(number, reported, unregistered, afterEpoch, afterSeq, session);

    public Task RecordKnock(int partition, int number, DateTimeOffset at) => grains.Partition(partition).RecordKnock(number, at);

    public Task WaitUntilRecorded(int partition, int number) => grains.Partition(partition).WaitUntilRecorded(number);

    public Task RecordSessionEnd(int partition, int number, long session, SessionEnd end) =>
        grains.Partition(partition).RecordSessionEnd(number, session, end);

    public Task<(long Epoch, long Seq)> NewestSequence(int partition, int number) => grains.Partition(partition).NewestSequence(number);
}
