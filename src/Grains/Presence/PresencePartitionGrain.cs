using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Devices;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Holds a seat for each unit of its partition, looks for silence twice a second by one wheel, and passes changes on to the units' grains.
/// May forget at any time: the heartbeat log did not. Reentrant, so that a unit can ask while a change is on its way to it; no
/// invariant spans an await. Whoever brings a word never waits for what comes of it: a notice that waits for the ledger would keep later
/// words
/// out, and units that speak would be called silent.
/// </summary>
[GrainType("presence-partition")]
[Reentrant]
[KeepAlive]
internal sealed class PresencePartitionGrain(
    IDeviceRegister devices,
    IHeartbeatLog log,
    IObservationRegister observations,
    ChangeConcurrencyLimiter underWay,
    IngestHealthMonitor sight,
    PresenceMetrics counters,
    TimeProvider time,
    ILogger<PresencePartitionGrain> logger
) : Grain, IPresencePartitionGrain
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(TimingWheel.TickMs),
        LongestSessionEndDelay = TimeSpan.FromSeconds(5);

    private readonly List<int> _due = [];
    private readonly Dictionary<string, PendingChanges> _pendingChanges = new(StringComparer.Ordinal);
    private readonly HashSet<int> _pendingIdLookups = [],
        _rescheduled = []; // Whose deadline changed while they wait in the wheel, where nobody is found before his time.

    // Those that may yet turn out to be one fault of ours.
    private readonly Queue<(int Number, long Epoch, long Session, long At)> _deaths = new();
    private DevicePresence[] _devices = [];
    private TimingWheel _wheel = null!;
    private Task _idLookup = Task.CompletedTask;
    private long _owner;
    private bool _isLost;

    private int Partition => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _wheel = new TimingWheel(IngestHealthMonitor.MonotonicMs(time));
        // Who takes over writes alone from here on: what is read next is all that was ever written.
        _owner = await observations.TakeAsync(Partition, cancellationToken);
        await Load(null, cancellationToken);
        var remembered = (await observations.LatestAsync(Partition, cancellationToken)).ToDictionary(
            told => told.Number,
            told => told.Observation
        );
        foreach (var (number, told) in remembered)
            _devices[IndexOf(number)].Restore(told, told.LastHeardAt is { } heardAt ? MonotonicAt(heardAt) : 0);
        foreach (var heartbeat in await log.LatestAsync(Partition, cancellationToken))
        {
            ref var seat = ref _devices[IndexOf(heartbeat.Number)];
            var before = seat.VisibleState;
            seat.ApplyHeartbeat(heartbeat, MonotonicAt(heartbeat.ReceivedAt));
            if (seat.VisibleState != before)
                Change(heartbeat.DeviceId, seat.ToObservation(heartbeat.DeviceId));
        }

        for (var index = 0; index < _devices.Length; index++)
        {
            if (_devices[index] is { WasHeard: true, NextCheckAtMs: < long.MaxValue } seat)
                _wheel.Schedule(index, seat.NextCheckAtMs);
        }

        this.RegisterGrainTimer(Tick, new GrainTimerCreationOptions(TickEvery, TickEvery) { Interleave = true, KeepAlive = true });
    }

    public async Task ApplyHeartbeats(ImmutableArray<Heartbeat> heartbeats)
    {
        foreach (var heartbeat in heartbeats)
        {
            if (!IsRegistered(heartbeat.Number))
                await Load(heartbeat.Number, CancellationToken.None);
        }

        var (now, steady) = (time.GetUtcNow(), IngestHealthMonitor.MonotonicMs(time));
        foreach (var heartbeat in heartbeats)
        {
            if (!IsRegistered(heartbeat.Number))
                continue; // Not registered any more.
            var index = IndexOf(heartbeat.Number);
            ref var seat = ref _devices[index];
            // A change that waits for its name, a death most often, is told before this word takes its place; the word brings the name.
            if (_pendingIdLookups.Count > 0 && _pendingIdLookups.Remove(heartbeat.Number))
                Change(heartbeat.DeviceId, seat.ToObservation(heartbeat.DeviceId));
            var before = seat.VisibleState;
            // What was long on its way to us, or came in as the clock was stepped, was still received just now.
            var onTheWay = Math.Clamp((now - heartbeat.ReceivedAt).TotalMilliseconds, 0, LongestSessionEndDelay.TotalMilliseconds);
            seat.ApplyHeartbeat(heartbeat, steady - (long)onTheWay);
            if (seat.VisibleState != before)
                Change(heartbeat.DeviceId, seat.ToObservation(heartbeat.DeviceId));
            if (seat.NextCheckAtMs < long.MaxValue)
                _wheel.Schedule(index, seat.NextCheckAtMs);
        }
    }

    public Task ApplyDeath(int number, long epoch, long session, SessionEnd end) => ApplySessionEnd(number, epoch, session, end);

    public async Task WaitUntilRecorded(int number)
    {
        RetryNotify();
        await _idLookup;
        var id = _pendingChanges.Count > 0 ? (await devices.IdsAsync([number], CancellationToken.None)).GetValueOrDefault(number) : null;
        if (id is not null && _pendingChanges.TryGetValue(id, out var untold))
            await untold.Notification;
        if (_pendingIdLookups.Contains(number) || id is not null && _pendingChanges.TryGetValue(id, out untold) && untold.Changes.Count > 0)
            throw new TimeoutException("What changed of a unit could not be kept yet.");
    }

    public Task RecordSessionEnd(int number, long session, SessionEnd end) => ApplySessionEnd(number, null, session, end);

    private Task ApplySessionEnd(int number, long? epoch, long session, SessionEnd end)
    {
        if (IsRegistered(number))
        {
            ref var seat = ref _devices[IndexOf(number)];
            var before = seat.VisibleState;
            if (epoch is { } died)
                seat.ApplyDeath(died, session, end);
            else
                seat.RecordSessionEnd(session, end);
            if (seat.VisibleState != before)
            {
                _pendingIdLookups.Add(number);
                if (epoch is { } inEpoch)
                    _deaths.Enqueue((number, inEpoch, session, IngestHealthMonitor.MonotonicMs(time)));
            }

            RetractDeaths();
            Notify();
        }

        return Task.CompletedTask;
    }

    public Task<(long Epoch, long Seq)> NewestSequence(int number) =>
        Task.FromResult(IsRegistered(number) ? _devices[IndexOf(number)].NewestSequence : (-1, -1));

    public Task<DeviceObservation?> FindObservation(int number, string deviceId)
    {
        EvaluateTimeouts();
        Notify();
        return Task.FromResult(
            IsRegistered(number) && _devices[IndexOf(number)] is { WasHeard: true } seat ? seat.ToObservation(deviceId) : null
        );
    }

    public async Task Wake()
    {
        RetryNotify();
        await _idLookup;
        await Task.WhenAll(_pendingChanges.Values.Select(untold => untold.Notification).ToArray());
        await Task.WhenAll(_pendingChanges.Values.Select(untold => untold.PlaceUpdate).ToArray());
    }

    public Task ReloadDevice(int number) => Load(number, CancellationToken.None);

    public Task ForgetEpoch(int number)
    {
        if (IsRegistered(number))
        {
            ref var seat = ref _devices[IndexOf(number)];
            var before = seat.VisibleState;
            seat.ForgetEpoch();
            if (seat.VisibleState != before)
                _pendingIdLookups.Add(number);
        }

        return Wake();
    }

    public Task<(long Bytes, int Units)> MeasureMemory() =>
        Task.FromResult(
            ((long)_devices.Length * (Unsafe.SizeOf<DevicePresence>() + sizeof(int)), _devices.Count(seat => seat.IsRegistered))
        );

    public Task<ImmutableArray<int>> CountStates()
    {
        var counts = new int[Enum.GetValues<PresenceState>().Length];
        foreach (ref readonly var seat in _devices.AsSpan())
        {
            if (seat.IsRegistered)
                counts[(int)seat.Presence]++;
        }

        return Task.FromResult<ImmutableArray<int>>([.. counts]);
    }

    private Task Tick(CancellationToken cancellationToken)
    {
        EvaluateTimeouts();
        RetryNotify();
        return Task.CompletedTask;
    }

    /// <summary>Takes back the deaths of the last moments when many sessions broke among them.</summary>
    private void RetractDeaths()
    {
        var (now, brokenAt, window) = (
            IngestHealthMonitor.MonotonicMs(time),
            sight.MassDisconnectAtMs,
            (long)IngestHealthMonitor.MassDisconnectWindow.TotalMilliseconds
        );
        while (_deaths.TryPeek(out var death) && (Math.Abs(death.At - brokenAt) <= window || now - death.At > window))
        {
            _deaths.Dequeue();
            if (Math.Abs(death.At - brokenAt) > window)
                continue;
            var index = IndexOf(death.Number);
            ref var seat = ref _devices[index];
            var before = seat.VisibleState;
            seat.RetractDeath(death.Epoch, death.Session);
            if (seat.VisibleState == before)
                continue;
            _pendingIdLookups.Add(death.Number);
            if (seat.NextCheckAtMs < long.MaxValue)
                _wheel.Schedule(index, seat.NextCheckAtMs);
        }
    }

    private void EvaluateTimeouts()
    {
        RetractDeaths();
        var now = IngestHealthMonitor.MonotonicMs(time);
        _due.Clear();
        _wheel.Advance(now, _due);
        _rescheduled.ExceptWith(_due);
        _due.AddRange(_rescheduled);
        foreach (var index in _due)
        {
            ref var seat = ref _devices[index];
            var (before, dueAt) = (seat.VisibleState, seat.NextCheckAtMs);
            seat.EvaluateTimeout(now, sight.ObservingSinceMs);
            if (seat.VisibleState != before)
            {
                _pendingIdLookups.Add(NumberOf(index));
                if (!seat.IsHeard)
                    counters.Noticed((now - dueAt) / 1000.0);
            }

            if (seat.NextCheckAtMs < long.MaxValue)
                _wheel.Schedule(index, seat.NextCheckAtMs);
        }
    }

    private void Change(string deviceId, DeviceObservation observation)
    {
        if (!_pendingChanges.TryGetValue(deviceId, out var untold))
            _pendingChanges[deviceId] = untold = new PendingChanges();
        untold.Changes.Enqueue(observation);
        counters.Changed(observation.Presence);
        Notify(deviceId, untold);
    }

    /// <summary>Tells what has no name yet as soon as it has one.</summary>
    private void Notify()
    {
        if (_pendingIdLookups.Count > 0 && _idLookup.IsCompleted)
            _idLookup = LookUpIds();
    }

    /// <summary>Tells what could not be told before.</summary>
    private void RetryNotify()
    {
        Notify();
        foreach (var (deviceId, untold) in _pendingChanges.Count == 0 ? [] : _pendingChanges.ToArray())
            Notify(deviceId, untold);
    }

    /// <summary>
    /// Tells a unit what changed, in order, one telling at a time; and sees to it that its place hears of it, beside that.
    /// </summary>
    private void Notify(string deviceId, PendingChanges untold)
    {
        if (untold.Changes.Count > 0 && untold.Notification.IsCompleted)
            untold.Notification = NotifyDevice(deviceId, untold);
        if (untold.IsPlacePending && untold.PlaceUpdate.IsCompleted)
            untold.PlaceUpdate = WaitForPlace(deviceId, untold);
    }

    /// <summary>Finds the names of those whose change came from no word of theirs: numbers are all that a seat knows.</summary>
    private async Task LookUpIds()
    {
        try
        {
            while (_pendingIdLookups.Count > 0)
            {
                var numbers = _pendingIdLookups.ToArray();
                var ids = await devices.IdsAsync(numbers, CancellationToken.None);
                foreach (var number in numbers)
                {
                    if (_pendingIdLookups.Remove(number) && ids.TryGetValue(number, out var id))
                        Change(id, _devices[IndexOf(number)].ToObservation(id));
                }
            }
        }
        catch (Exception failure)
        {
            // The register does not answer: the changes wait.
            if (!sight.CannotObserve) // Then that is said once a second, and not by every partition at every turn.
                logger.LogWarning(
                    "{Count} changes in partition {Partition} wait for the register ({Reason}).",
                    _pendingIdLookups.Count,
                    Partition,
                    failure.Message
                );
        }
    }

    private async Task NotifyDevice(string deviceId, PendingChanges untold)
    {
        try
        {
            while (!_isLost && untold.Changes.TryPeek(out var change))
            {
                ChangeResult taken;
                using (await underWay.EnterAsync())
                    taken = await GrainFactory.Device(deviceId).RecordChange(change, _owner);
                if (taken == ChangeResult.OwnershipLost)
                {
                    if (!_isLost)
                        logger.LogWarning("Partition {Partition} belongs to another silo by now.", Partition);
                    _isLost = true;
                    DeactivateOnIdle();
                    return;
                }

                untold.Changes.Dequeue();
                if (taken == ChangeResult.RecordedPlacePending)
                    untold.PlacePendingSince++;
                Notify(deviceId, untold);
            }

            Forget(deviceId, untold);
        }
        catch (Exception failure)
        {
            // Whatever went wrong at one device, the others are told; this one is told again.
            logger.LogWarning(
                "A change of device {Device} could not be passed on ({Reason}); it is passed on again within a second.",
                deviceId,
                failure.Message
            );
        }
    }

    /// <summary>Waits until a unit's place was told. However long that takes, the unit's next change does not wait for it.</summary>
    private async Task WaitForPlace(string deviceId, PendingChanges untold)
    {
        try
        {
            while (untold.IsPlacePending)
            {
                var waited = untold.PlacePendingSince;
                await GrainFactory.Device(deviceId).WaitForPlace();
                untold.PlaceUpdated = waited;
            }

            Forget(deviceId, untold);
        }
        catch (Exception failure)
        {
            // Whatever the reason: the place is told again.
            logger.LogWarning(
                "The place of device {Device} could not be told of a change ({Reason}); it is told again within a second.",
                deviceId,
                failure.Message
            );
        }
    }

    private void Forget(string deviceId, PendingChanges untold)
    {
        if (untold.Changes.Count == 0 && !untold.IsPlacePending)
            _pendingChanges.Remove(deviceId);
    }

    /// <summary>What a unit, and the place that it covers, are still to be told.</summary>
    private sealed class PendingChanges
    {
        public readonly Queue<DeviceObservation> Changes = new();
        public Task Notification = Task.CompletedTask,
            PlaceUpdate = Task.CompletedTask;
        public long PlacePendingSince,
            PlaceUpdated;

        public bool IsPlacePending => PlaceUpdated != PlacePendingSince;
    }

    /// <summary>Gives every unit of the partition its seat, or one unit that is new or changed.</summary>
    private async Task Load(int? number, CancellationToken cancellationToken)
    {
        var found = await devices.PresenceSettingsAsync(Partition, number, cancellationToken);
        if (found.Length > 0 && IndexOf(found[^1].Number) is var last && last >= _devices.Length)
        {
            Array.Resize(ref _devices, number is null ? last + 1 : Math.Max(last + 1, _devices.Length + _devices.Length / 8));
            _wheel.EnsureCapacity(_devices.Length);
        }

        foreach (var seated in found)
        {
            var index = IndexOf(seated.Number);
            if (_devices[index].IsRegistered)
            {
                var before = _devices[index].NextCheckAtMs;
                _devices[index].Configure(seated.DeadlineSeconds, seated.SilenceIsNormal);
                if (_devices[index].NextCheckAtMs < before)
                    _rescheduled.Add(index);
            }
            else
                _devices[index] = Domain.Presence.DevicePresence.Create(seated.DeadlineSeconds, seated.SilenceIsNormal);
        }
    }

    private bool IsRegistered(int number) => IndexOf(number) < _devices.Length && _devices[IndexOf(number)].IsRegistered;

    private static int IndexOf(int number) => number / Device.Partitions;

    private int NumberOf(int index) => index * Device.Partitions + Partition;

    /// <summary>An instant of the past on the steady clock of now.</summary>
    private long MonotonicAt(DateTimeOffset instant) =>
        IngestHealthMonitor.MonotonicMs(time) - (long)Math.Max(0, (time.GetUtcNow() - instant).TotalMilliseconds);
}
