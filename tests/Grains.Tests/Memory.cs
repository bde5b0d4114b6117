using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Tests;

/// <summary>
/// What a small city remembers, for tests of the grains alone: the ports with bodies in memory, and a signal for every change, so that
/// tests wait for what happened and never for time. The bodies on PostgreSQL are tested in Postgres.Tests and Journeys.Tests.
/// </summary>
internal sealed class Memory(Opening opening) : IPolicyRegister, IDeviceRegister, IHeartbeatLog, IObservationRegister, IPlaceRegister, INoticeRegister
{
    private readonly Lock _gate = new();
    private readonly List<Heartbeat> _heartbeats = [];
    private readonly List<DeviceObservation> _observations = [];
    private readonly List<SignedNotice> _notices = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When set, nothing can be remembered: the database is out of reach.</summary>
    public bool IsOutOfReach { get; set; }

    public ImmutableArray<DeviceObservation> Remembered { get { lock (_gate) return [.. _observations]; } }

    public ImmutableArray<SignedNotice> Issued { get { lock (_gate) return [.. _notices]; } }

    /// <summary>Waits until what is remembered is as described.</summary>
    public async Task Until(Func<Memory, bool> isSo)
    {
        for (; ; )
        {
            Task changed;
            lock (_gate)
                changed = _changed.Task;
            if (isSo(this))
                return;
            await changed.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
    }

    public Task<bool> IsEmptyAsync(CancellationToken cancellationToken) => Task.FromResult(false);
    public Task<bool> OpenAsync(Opening opening, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(false);
    public Task<ImmutableArray<OpeningFile>> OpeningFilesAsync(CancellationToken cancellationToken) => Task.FromResult(opening.Files);
    public Task<Governance> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(opening.Governance);

    public Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken) => Task.FromResult(opening.Devices);
    public Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken) => Task.FromResult(opening.Devices.FirstOrDefault(device => device.Id == deviceId));
    public Task<bool> ReplaceSecretAsync(string deviceId, byte[] secretHash, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(false);
    public Task<(Device Device, byte[] SecretHash)?> CredentialAsync(string deviceId, CancellationToken cancellationToken) => Task.FromResult<(Device, byte[])?>(null);

    public ValueTask AppendAsync(Heartbeat heartbeat, CancellationToken cancellationToken)
    {
        Remember(() => _heartbeats.Add(heartbeat));
        return ValueTask.CompletedTask;
    }

    Task<ImmutableArray<Heartbeat>> IHeartbeatLog.LatestAsync(int partition, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_heartbeats.Where(heartbeat => Device.PartitionOf(heartbeat.DeviceId) == partition).GroupBy(heartbeat => heartbeat.DeviceId)
                .Select(heartbeats => heartbeats.MaxBy(heartbeat => (heartbeat.Epoch, heartbeat.Seq))!).ToImmutableArray());
        }
    }

    public Task AppendAsync(DeviceObservation observation, DateTimeOffset at, CancellationToken cancellationToken)
    {
        Remember(() => _observations.Add(observation));
        return Task.CompletedTask;
    }

    Task<ImmutableArray<DeviceObservation>> IObservationRegister.LatestAsync(int partition, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_observations.Where(observation => Device.PartitionOf(observation.DeviceId) == partition).GroupBy(observation => observation.DeviceId)
                .Select(observations => observations.Last()).ToImmutableArray());
        }
    }

    public Task<ImmutableArray<Place>> PlacesAsync(CancellationToken cancellationToken) => Task.FromResult(opening.Places);
    public Task<ImmutableArray<Kiosk>> KiosksAsync(CancellationToken cancellationToken) => Task.FromResult(opening.Kiosks);

    public Task<SignedNotice?> LatestAsync(string place, CancellationToken cancellationToken) => Task.FromResult(Issued.LastOrDefault(notice => notice.Place == place));
    public Task<SignedNotice?> AtAsync(string place, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(Issued.LastOrDefault(notice => notice.Place == place && notice.IssuedAt <= at));

    public Task<bool> AppendAsync(SignedNotice notice, CancellationToken cancellationToken)
    {
        if (Issued.Any(other => other.Place == notice.Place && other.Sequence == notice.Sequence))
            return Task.FromResult(false);
        Remember(() => _notices.Add(notice));
        return Task.FromResult(true);
    }

    private void Remember(Action remember)
    {
        if (IsOutOfReach)
            throw new IOException("The database is out of reach.");
        TaskCompletionSource changed;
        lock (_gate)
        {
            remember();
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
