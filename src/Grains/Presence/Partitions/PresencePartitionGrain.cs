using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence.Partitions;

/// <summary>
/// Holds the presence of each device of its partition, looks for timeouts twice a second with one timing wheel, and passes changes on to
/// the devices' grains. Its state is only in memory: a new activation rebuilds it from the recorded observations and from the newest
/// heartbeat of each device in the log.
/// </summary>
/// <remarks>
/// Reentrant, so that a device's grain can ask while a change is on its way to it; no invariant spans an await. The caller that brings a
/// heartbeat never waits for what follows from it. A notice that waits for the ledger would otherwise hold up later heartbeats, and their
/// devices would be called silent.
/// </remarks>
[GrainType("presence-partition")]
[Reentrant]
[KeepAlive]
internal sealed class PresencePartitionGrain(
    IDeviceRegister register,
    IHeartbeatLog log,
    IObservationRegister observations,
    ChangeConcurrencyLimiter limiter,
    IngestHealthMonitor health,
    PresenceMetrics metrics,
    TimeProvider time,
    ILogger<PresencePartitionGrain> logger
) : Grain, IPresencePartitionGrain
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(TimingWheel.TickMs);
    private static readonly TimeSpan MaxForwardingDelay = TimeSpan.FromSeconds(5);

    private readonly RecentDeaths _deaths = new((long)IngestHealthMonitor.MassDisconnectWindow.TotalMilliseconds);
    private readonly TimingWheel _wheel = new(time.MonotonicMs());
    private readonly List<int> _due = [];

    // Devices whose deadline was shortened while the wheel holds them for a later time. They are checked on every tick until then.
    private readonly HashSet<int> _checkedEachTick = [];

    // When each removed device last knocked in this activation. The devices' grains hold what earlier ones passed on.
    private readonly Dictionary<int, DateTimeOffset> _knocks = [];
    private DevicePresence[] _devices = [];
    private StateChangeNotifier _notifier = null!;

    private int Partition => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _notifier = new StateChangeNotifier(
            Partition,
            register,
            limiter,
            health,
            metrics,
            logger,
            deviceId => GrainFactory.Device(deviceId),
            Observe,
            DeactivateOnIdle
        );
        // From here on only this activation may write. What it reads next is therefore complete.
        _notifier.Owner = await observations.TakeOverAsync(Partition, cancellationToken);
        await LoadAsync(null, cancellationToken);
        foreach (var recorded in await observations.LatestAsync(Partition, cancellationToken))
        {
            var heardAtMs = recorded.Observation.LastHeardAt is { } heardAt ? ToMonotonicMs(heardAt) : 0;
            _devices[IndexOf(recorded.Number)].Restore(recorded.Observation, heardAtMs);
        }

        foreach (var heartbeat in await log.LatestAsync(Partition, cancellationToken))
            Apply(heartbeat, ToMonotonicMs(heartbeat.ReceivedAt));
        var (startedAt, now) = (health.StartedAt.ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds());
        for (var index = 0; index < _devices.Length; index++)
        {
            if (_devices[index].MarkUnobservedUnlessHeard(startedAt, now))
                _notifier.AddWithoutId(NumberOf(index));
            if (_devices[index].WasHeard)
                Schedule(index);
        }

        this.RegisterGrainTimer(Tick, new GrainTimerCreationOptions(TickEvery, TickEvery) { Interleave = true, KeepAlive = true });
    }

    public async Task ApplyHeartbeats(ImmutableArray<Heartbeat> heartbeats)
    {
        foreach (var heartbeat in heartbeats.Where(heartbeat => !IsRegistered(heartbeat.Number)))
            await LoadAsync(heartbeat.Number, CancellationToken.None);

        var now = time.GetUtcNow();
        var nowMs = time.MonotonicMs();
        foreach (var heartbeat in heartbeats)
        {
            // A device may have been removed from the register after its heartbeat was accepted.
            if (!IsRegistered(heartbeat.Number))
                continue;
            _notifier.ResolveId(heartbeat.Number, heartbeat.DeviceId);
            // The wall clock may be stepped while a heartbeat is on its way, so its delay counts as five seconds at most.
            var delayMs = Math.Clamp((now - heartbeat.ReceivedAt).TotalMilliseconds, 0, MaxForwardingDelay.TotalMilliseconds);
            Apply(heartbeat, nowMs - (long)delayMs);
            Schedule(IndexOf(heartbeat.Number));
        }
    }

    public Task ApplyDeath(int number, long epoch, long session, SessionEnd end)
    {
        if (TryChange(number, (ref device) => device.ApplyDeath(epoch, session, end)))
            _deaths.Add(new RecentDeath(number, epoch, session, time.MonotonicMs()));
        RetractDeaths();
        _notifier.StartIdLookup();
        return Task.CompletedTask;
    }

    public Task RecordSessionEnd(int number, long session, SessionEnd end)
    {
        TryChange(number, (ref device) => device.RecordSessionEnd(session, end));
        RetractDeaths();
        _notifier.StartIdLookup();
        return Task.CompletedTask;
    }

    public Task ApplyRejected(int number, CaptureReport reported, CaptureSet unregistered, long afterEpoch, long afterSeq, long session)
    {
        var isChange = TryChange(number, (ref device) => device.ApplyRejected(reported, unregistered, afterEpoch, afterSeq, session));
        // Even when it changes nothing: a planned device that publishes is there.
        if (!isChange && IsRegistered(number))
            _notifier.AddWithoutId(number);
        _notifier.StartIdLookup();
        return Task.CompletedTask;
    }

    public Task RecordKnock(int number, DateTimeOffset at)
    {
        if (!IsRegistered(number))
            return Task.CompletedTask;
        _knocks[number] = at;
        _notifier.AddWithoutId(number);
        _notifier.StartIdLookup();
        return Task.CompletedTask;
    }

    public Task WaitUntilRecorded(int number) => _notifier.WaitUntilRecordedAsync(number);

    public Task Wake() => _notifier.WaitForAllAsync();

    public Task ReloadDevice(int number) => LoadAsync(number, CancellationToken.None);

    public Task ForgetEpoch(int number)
    {
        TryChange(number, (ref device) => device.ForgetEpoch());
        return Wake();
    }

    public Task<(long Epoch, long Seq)> NewestSequence(int number) =>
        Task.FromResult(IsRegistered(number) ? _devices[IndexOf(number)].NewestSequence : (-1, -1));

    public Task<DeviceObservation?> FindObservation(int number, string deviceId)
    {
        EvaluateTimeouts();
        _notifier.StartIdLookup();
        return Task.FromResult(
            IsRegistered(number) && _devices[IndexOf(number)] is { WasHeard: true } device ? device.ToObservation(deviceId) : null
        );
    }

    public Task<ImmutableArray<int>> CountStates()
    {
        var counts = new int[Enum.GetValues<PresenceState>().Length];
        foreach (ref readonly var device in _devices.AsSpan())
        {
            if (device.IsRegistered)
                counts[(int)device.Presence]++;
        }

        return Task.FromResult<ImmutableArray<int>>([.. counts]);
    }

    private Task Tick(CancellationToken cancellationToken)
    {
        EvaluateTimeouts();
        _notifier.Retry();
        return Task.CompletedTask;
    }

    private delegate void DeviceChange(ref DevicePresence device);

    /// <summary>Changes a device. True if the change is visible; it then waits to be passed on.</summary>
    private bool TryChange(int number, DeviceChange change)
    {
        if (!IsRegistered(number))
            return false;
        ref var device = ref _devices[IndexOf(number)];
        var before = device.VisibleState;
        change(ref device);
        if (device.VisibleState == before)
            return false;
        _notifier.AddWithoutId(number);
        return true;
    }

    private DeviceObservation Observe(int number, string deviceId) =>
        _devices[IndexOf(number)].ToObservation(deviceId) with
        {
            KnocksAt = _knocks.TryGetValue(number, out var at) ? at : null,
        };

    private void Apply(Heartbeat heartbeat, long receivedAtMs)
    {
        ref var device = ref _devices[IndexOf(heartbeat.Number)];
        var before = device;
        device.ApplyHeartbeat(heartbeat, receivedAtMs);
        if (!device.LooksLike(before))
            _notifier.Add(heartbeat.DeviceId, device.ToObservation(heartbeat.DeviceId));
    }

    /// <summary>Retracts the deaths that belong to a mass disconnect.</summary>
    private void RetractDeaths()
    {
        foreach (var death in _deaths.TakeRetracted(time.MonotonicMs(), health.MassDisconnectAtMs))
        {
            if (TryChange(death.Number, (ref device) => device.RetractDeath(death.Epoch, death.Session)))
                Schedule(IndexOf(death.Number));
        }
    }

    private void EvaluateTimeouts()
    {
        RetractDeaths();
        var nowMs = time.MonotonicMs();
        _due.Clear();
        _wheel.Advance(nowMs, _due);
        _checkedEachTick.ExceptWith(_due);
        _due.AddRange(_checkedEachTick);
        foreach (var index in _due)
        {
            ref var device = ref _devices[index];
            var before = device.VisibleState;
            var dueAtMs = device.NextCheckAtMs;
            device.EvaluateTimeout(nowMs, health.ObservingSinceMs);
            if (device.VisibleState != before)
            {
                _notifier.AddWithoutId(NumberOf(index));
                if (!device.IsHeard)
                    metrics.Noticed((nowMs - dueAtMs) / 1000.0);
            }

            Schedule(index);
        }
    }

    private void Schedule(int index)
    {
        if (_devices[index].NextCheckAtMs is var dueAtMs and < long.MaxValue)
            _wheel.Schedule(index, dueAtMs);
    }

    /// <summary>Reads the presence settings of one device, or of the whole partition if <paramref name="number"/> is null.</summary>
    private async Task LoadAsync(int? number, CancellationToken cancellationToken)
    {
        var found = await register.PresenceSettingsAsync(Partition, number, cancellationToken);
        if (found.Length > 0 && IndexOf(found[^1].Number) is var last && last >= _devices.Length)
        {
            Array.Resize(ref _devices, number is null ? last + 1 : Math.Max(last + 1, _devices.Length + _devices.Length / 8));
            _wheel.EnsureCapacity(_devices.Length);
        }

        foreach (var settings in found)
        {
            var index = IndexOf(settings.Number);
            if (!_devices[index].IsRegistered)
            {
                _devices[index] = DevicePresence.Create(settings.DeadlineSeconds, settings.SilenceIsNormal);
                continue;
            }

            var before = _devices[index].NextCheckAtMs;
            _devices[index].Configure(settings.DeadlineSeconds, settings.SilenceIsNormal);
            if (_devices[index].NextCheckAtMs < before)
                _checkedEachTick.Add(index);
        }
    }

    private bool IsRegistered(int number) => IndexOf(number) < _devices.Length && _devices[IndexOf(number)].IsRegistered;

    private static int IndexOf(int number) => number / Device.Partitions;

    private int NumberOf(int index) => index * Device.Partitions + Partition;

    /// <summary>Converts a past instant to the monotonic clock.</summary>
    private long ToMonotonicMs(DateTimeOffset instant) =>
        time.MonotonicMs() - (long)Math.Max(0, (time.GetUtcNow() - instant).TotalMilliseconds);
}
