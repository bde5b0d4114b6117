using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>What happened to a device beside its heartbeats, on its way to the partition.</summary>
/// <param name="Recorded">Completed when the partition has stored the change; null when no caller waits.</param>
internal abstract record PartitionMessage(int Number, TaskCompletionSource? Recorded)
{
    public abstract Task ForwardAsync(IPresencePartitions partitions, int partition);
}

/// <summary>The end of a device's session.</summary>
/// <param name="Epoch">The epoch in which the device died; null when it did not die.</param>
internal sealed record SessionEndMessage(int Number, long? Epoch, long Session, SessionEnd End, TaskCompletionSource? Recorded)
    : PartitionMessage(Number, Recorded)
{
    public override Task ForwardAsync(IPresencePartitions partitions, int partition) =>
        Epoch is { } epoch
            ? partitions.ApplyDeath(partition, Number, epoch, Session, End)
            : partitions.RecordSessionEnd(partition, Number, Session, End);
}

/// <summary>What a rejected publish of a device reported.</summary>
/// <param name="After">The newest heartbeat of the device before it.</param>
internal sealed record RejectedMessage(
    int Number,
    CaptureReport Reported,
    CaptureSet Unregistered,
    (long Epoch, long Seq) After,
    long Session,
    TaskCompletionSource? Recorded
) : PartitionMessage(Number, Recorded)
{
    public override Task ForwardAsync(IPresencePartitions partitions, int partition) =>
        partitions.ApplyRejected(partition, Number, Reported, Unregistered, After.Epoch, After.Seq, Session);
}

/// <summary>A sign of life of a removed device.</summary>
internal sealed record KnockMessage(int Number, DateTimeOffset At) : PartitionMessage(Number, null)
{
    public override Task ForwardAsync(IPresencePartitions partitions, int partition) => partitions.RecordKnock(partition, Number, At);
}
