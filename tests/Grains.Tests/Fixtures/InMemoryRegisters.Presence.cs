using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

internal sealed partial class InMemoryRegisters : IHeartbeatLog, IObservationRegister, IObservedPeriodRegister
{
    private readonly List<Heartbeat> _heartbeats = [];
    private readonly List<DeviceObservation> _observations = [];
    private readonly List<DateTimeOffset> _observedAt = []; // When each of them was recorded.
    private readonly Dictionary<string, DateTimeOffset> _epochsFrom = []; // When a clerk let a device start a new sequence.

    /// <summary>The observations that were recorded, oldest first.</summary>
    public ImmutableArray<DeviceObservation> Recorded
    {
        get
        {
            lock (_lock)
                return [.. _observations];
        }
    }

    public ValueTask AppendAsync(LogWrite write)
    {
        Store(write.Heartbeat!);
        write.Complete(WriteResult.Durable);
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes a heartbeat durable, as the broker does before it forwards the heartbeat.</summary>
    public void Store(Heartbeat heartbeat) => Record(() => _heartbeats.Add(heartbeat));

    Task<ImmutableArray<Heartbeat>> IHeartbeatLog.LatestAsync(int partition, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(
                _heartbeats
                    .Where(heartbeat => Device.PartitionOf(heartbeat.Number) == partition)
                    .Where(heartbeat => !IsBeforeEpochs(heartbeat.DeviceId, heartbeat.ReceivedAt))
                    .GroupBy(heartbeat => heartbeat.DeviceId)
                    .Select(heartbeats => heartbeats.MaxBy(heartbeat => (heartbeat.Epoch, heartbeat.Seq))!)
                    .ToImmutableArray()
            );
        }
    }

    private bool IsBeforeEpochs(string deviceId, DateTimeOffset at) => _epochsFrom.TryGetValue(deviceId, out var from) && at < from;

    /// <summary>The owner of all partitions. A test that increments it takes them away from their activations.</summary>
    public long Owner { get; set; } = 1;

    public Task<long> TakeOverAsync(int partition, CancellationToken cancellationToken) => Task.FromResult(Owner);

    public async Task<bool> AppendAsync(
        DeviceObservation observation,
        DateTimeOffset at,
        int partition,
        long owner,
        CancellationToken cancellationToken
    )
    {
        await Observations.PassAsync();
        if (owner != Owner)
        {
            Record(() => RefusedObservations++);
            return false;
        }

        Record(() =>
        {
            _observations.Add(observation);
            _observedAt.Add(at);
        });
        return true;
    }

    Task<ImmutableArray<(int Number, DeviceObservation Observation)>> IObservationRegister.LatestAsync(
        int partition,
        CancellationToken cancellationToken
    )
    {
        lock (_lock)
        {
            return Task.FromResult(
                _observations
                    .Zip(_observedAt, (one, at) => IsBeforeEpochs(one.DeviceId, at) ? one.WithForgottenEpoch() : one)
                    .GroupBy(observation => observation.DeviceId)
                    .Select(observations => (Devices.First(device => device.Id == observations.Key).Number, observations.Last()))
                    .Where(last => Device.PartitionOf(last.Number) == partition)
                    .ToImmutableArray()
            );
        }
    }

    public Task<DeviceObservation?> LastAsync(string deviceId, CancellationToken cancellationToken) =>
        Task.FromResult(Recorded.LastOrDefault(observation => observation.DeviceId == deviceId));

    public Task<ImmutableDictionary<string, DeviceObservation>> LastOfAsync(
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            Recorded
                .Where(observation => deviceIds.Contains(observation.DeviceId))
                .GroupBy(observation => observation.DeviceId)
                .ToImmutableDictionary(observations => observations.Key, observations => observations.Last())
        );

    public Task<long> BeginAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        IsOutOfReach ? throw new IOException("The database is out of reach.") : Task.FromResult(1L);

    public Task ExtendAsync(long period, DateTimeOffset at, CancellationToken cancellationToken) => BeginAsync(at, cancellationToken);

    /// <summary>A time in which the registry could not observe; null when it always could.</summary>
    public ObservationGap? Gap { get; set; }

    public Task<ObservationGap?> FindGapAsync(DateTimeOffset at, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(Gap is { } gap && gap.From < at && at < gap.To ? gap : null);
}
