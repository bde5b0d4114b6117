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
/// invariant spans an await. Whoever brings a word never waits for what comes of it: a notice that waits for the ledger would keep later words
/// out, and units that speak would be called silent.
/// </summary>
[GrainType("presence-partition")]
[Reentrant]
[KeepAlive]
internal sealed class PresencePartitionGrain(
    IDeviceRegister devices, IHeartbeatLog log, IObservationRegister observations, ChangesUnderWay underWay, Sight sight, PresenceCounters counters, TimeProvider time, ILogger<PresencePartitionGrain> logger)
    : Grain, IPresencePartitionGrain
{
    private static readonly TimeSpan TurnEvery = TimeSpan.FromMilliseconds(Wheel.SpokeMs), LongestOnTheWay = TimeSpan.FromSeconds(5);

    private readonly List<int> _due = [];
    private readonly Dictionary<string, Untold> _untold = new(StringComparer.Ordinal);
    private readonly HashSet<int> _nameless = [], _askedAnew = []; // Whose deadline changed while they wait in the wheel, where nobody is found before his time.
    private readonly Queue<(int Number, long Epoch, long Session, long At)> _deaths = new(); // Those that may yet turn out to be one fault of ours.
    private Seat[] _seats = [];
    private Wheel _wheel = null!;
    private Task _naming = Task.CompletedTask;
    private long _owner;
    private bool _isLost;

    private int Partition => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _wheel = new Wheel(Sight.SteadyMs(time));
        // Who takes over writes alone from here on: what is read next is all that was ever written.
        _owner = await observations.TakeAsync(Partition, cancellationToken);
        await Seat(null, cancellationToken);
        var remembered = (await observations.LatestAsync(Partition, cancellationToken)).ToDictionary(told => told.Number, told => told.Observation);
        foreach (var (number, told) in remembered)
            _seats[IndexOf(number)].Remember(told, told.LastHeardAt is { } heardAt ? SteadyAt(heardAt) : 0);
        foreach (var heartbeat in await log.LatestAsync(Partition, cancellationToken))
        {
            ref var seat = ref _seats[IndexOf(heartbeat.Number)];
            var before = seat.Face;
            seat.Hear(heartbeat, SteadyAt(heartbeat.ReceivedAt));
            if (seat.Face != before)
                Change(heartbeat.DeviceId, seat.Observation(heartbeat.DeviceId));
        }

        for (var index = 0; index < _seats.Length; index++)
        {
            if (_seats[index] is { WasHeard: true, LookAt: < long.MaxValue } seat)
                _wheel.Put(index, seat.LookAt);
        }

        this.RegisterGrainTimer(Turn, new GrainTimerCreationOptions(TurnEvery, TurnEvery) { Interleave = true, KeepAlive = true });
    }

    public async Task Hear(ImmutableArray<Heartbeat> heartbeats)
    {
        foreach (var heartbeat in heartbeats)
        {
            if (!IsSeated(heartbeat.Number))
                await Seat(heartbeat.Number, CancellationToken.None);
        }

        var (now, steady) = (time.GetUtcNow(), Sight.SteadyMs(time));
        foreach (var heartbeat in heartbeats)
        {
            if (!IsSeated(heartbeat.Number))
                continue; // Not registered any more.
            var index = IndexOf(heartbeat.Number);
            ref var seat = ref _seats[index];
            // A change that waits for its name, a death most often, is told before this word takes its place; the word brings the name.
            if (_nameless.Count > 0 && _nameless.Remove(heartbeat.Number))
                Change(heartbeat.DeviceId, seat.Observation(heartbeat.DeviceId));
            var before = seat.Face;
            // What was long on its way to us, or came in as the clock was stepped, was still received just now.
            var onTheWay = Math.Clamp((now - heartbeat.ReceivedAt).TotalMilliseconds, 0, LongestOnTheWay.TotalMilliseconds);
            seat.Hear(heartbeat, steady - (long)onTheWay);
            if (seat.Face != before)
                Change(heartbeat.DeviceId, seat.Observation(heartbeat.DeviceId));
            if (seat.LookAt < long.MaxValue)
                _wheel.Put(index, seat.LookAt);
        }
    }

    public Task Died(int number, long epoch, long session, SessionEnd end) => Parted(number, epoch, session, end);

    public async Task Kept(int number)
    {
        TellAgain();
        await _naming;
        var id = _untold.Count > 0 ? (await devices.IdsAsync([number], CancellationToken.None)).GetValueOrDefault(number) : null;
        if (id is not null && _untold.TryGetValue(id, out var untold))
            await untold.Telling;
        if (_nameless.Contains(number) || id is not null && _untold.TryGetValue(id, out untold) && untold.Changes.Count > 0)
            throw new TimeoutException("What changed of a unit could not be kept yet.");
    }

    public Task Ended(int number, long session, SessionEnd end) => Parted(number, null, session, end);

    private Task Parted(int number, long? epoch, long session, SessionEnd end)
    {
        if (IsSeated(number))
        {
            ref var seat = ref _seats[IndexOf(number)];
            var before = seat.Face;
            if (epoch is { } died)
                seat.Die(died, session, end);
            else
                seat.End(session, end);
            if (seat.Face != before)
            {
                _nameless.Add(number);
                if (epoch is { } inEpoch)
                    _deaths.Enqueue((number, inEpoch, session, Sight.SteadyMs(time)));
            }

            DoubtDeaths();
            Tell();
        }

        return Task.CompletedTask;
    }

    public Task<(long Epoch, long Seq)> Last(int number) => Task.FromResult(IsSeated(number) ? _seats[IndexOf(number)].Last : (-1, -1));

    public Task<DeviceObservation?> Observation(int number, string deviceId)
    {
        LookForSilence();
        Tell();
        return Task.FromResult(IsSeated(number) && _seats[IndexOf(number)] is { WasHeard: true } seat ? seat.Observation(deviceId) : null);
    }

    public async Task Wake()
    {
        TellAgain();
        await _naming;
        await Task.WhenAll(_untold.Values.Select(untold => untold.Telling).ToArray());
        await Task.WhenAll(_untold.Values.Select(untold => untold.Settling).ToArray());
    }

    public Task Registered(int number) => Seat(number, CancellationToken.None);

    public Task ForgetEpoch(int number)
    {
        if (IsSeated(number))
        {
            ref var seat = ref _seats[IndexOf(number)];
            var before = seat.Face;
            seat.ForgetEpoch();
            if (seat.Face != before)
                _nameless.Add(number);
        }

        return Wake();
    }

    public Task<(long Bytes, int Units)> Weight() => Task.FromResult(((long)_seats.Length * (Unsafe.SizeOf<Seat>() + sizeof(int)), _seats.Count(seat => seat.IsTaken)));

    public Task<ImmutableArray<int>> Count()
    {
        var counts = new int[Enum.GetValues<PresenceState>().Length];
        foreach (ref readonly var seat in _seats.AsSpan())
        {
            if (seat.IsTaken)
                counts[(int)seat.Presence]++;
        }

        return Task.FromResult<ImmutableArray<int>>([.. counts]);
    }

    private Task Turn(CancellationToken cancellationToken)
    {
        LookForSilence();
        TellAgain();
        return Task.CompletedTask;
    }

    /// <summary>Takes back the deaths of the last moments when many sessions broke among them.</summary>
    private void DoubtDeaths()
    {
        var (now, brokenAt, window) = (Sight.SteadyMs(time), sight.BrokenAtMs, (long)Sight.BreakWindow.TotalMilliseconds);
        while (_deaths.TryPeek(out var death) && (Math.Abs(death.At - brokenAt) <= window || now - death.At > window))
        {
            _deaths.Dequeue();
            if (Math.Abs(death.At - brokenAt) > window)
                continue;
            var index = IndexOf(death.Number);
            ref var seat = ref _seats[index];
            var before = seat.Face;
            seat.DoubtDeath(death.Epoch, death.Session);
            if (seat.Face == before)
                continue;
            _nameless.Add(death.Number);
            if (seat.LookAt < long.MaxValue)
                _wheel.Put(index, seat.LookAt);
        }
    }

    private void LookForSilence()
    {
        DoubtDeaths();
        var now = Sight.SteadyMs(time);
        _due.Clear();
        _wheel.Turn(now, _due);
        _askedAnew.ExceptWith(_due);
        _due.AddRange(_askedAnew);
        foreach (var index in _due)
        {
            ref var seat = ref _seats[index];
            var (before, dueAt) = (seat.Face, seat.LookAt);
            seat.Look(now, sight.SinceMs);
            if (seat.Face != before)
            {
                _nameless.Add(NumberOf(index));
                if (!seat.IsHeard)
                    counters.Noticed((now - dueAt) / 1000.0);
            }

            if (seat.LookAt < long.MaxValue)
                _wheel.Put(index, seat.LookAt);
        }
    }

    private void Change(string deviceId, DeviceObservation observation)
    {
        if (!_untold.TryGetValue(deviceId, out var untold))
            _untold[deviceId] = untold = new Untold();
        untold.Changes.Enqueue(observation);
        counters.Changed(observation.Presence);
        Tell(deviceId, untold);
    }

    /// <summary>Tells what has no name yet as soon as it has one.</summary>
    private void Tell()
    {
        if (_nameless.Count > 0 && _naming.IsCompleted)
            _naming = Name();
    }

    /// <summary>Tells what could not be told before.</summary>
    private void TellAgain()
    {
        Tell();
        foreach (var (deviceId, untold) in _untold.Count == 0 ? [] : _untold.ToArray())
            Tell(deviceId, untold);
    }

    /// <summary>Tells a unit what changed, in order, one telling at a time; and sees to it that its place hears of it, beside that.</summary>
    private void Tell(string deviceId, Untold untold)
    {
        if (untold.Changes.Count > 0 && untold.Telling.IsCompleted)
            untold.Telling = TellDevice(deviceId, untold);
        if (untold.IsUnsettled && untold.Settling.IsCompleted)
            untold.Settling = Settle(deviceId, untold);
    }

    /// <summary>Finds the names of those whose change came from no word of theirs: numbers are all that a seat knows.</summary>
    private async Task Name()
    {
        try
        {
            while (_nameless.Count > 0)
            {
                var numbers = _nameless.ToArray();
                var ids = await devices.IdsAsync(numbers, CancellationToken.None);
                foreach (var number in numbers)
                {
                    if (_nameless.Remove(number) && ids.TryGetValue(number, out var id))
                        Change(id, _seats[IndexOf(number)].Observation(id));
                }
            }
        }
#pragma warning disable CA1031 // The register does not answer: the changes wait.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!sight.IsBlind) // Then that is said once a second, and not by every partition at every turn.
                logger.LogWarning("{Count} changes in partition {Partition} wait for the register ({Reason}).", _nameless.Count, Partition, failure.Message);
        }
    }

    private async Task TellDevice(string deviceId, Untold untold)
    {
        try
        {
            while (!_isLost && untold.Changes.TryPeek(out var change))
            {
                Taken taken;
                using (await underWay.EnterAsync())
                    taken = await GrainFactory.Device(deviceId).Observed(change, _owner);
                if (taken == Taken.NotOurs)
                {
                    if (!_isLost)
                        logger.LogWarning("Partition {Partition} belongs to another silo by now.", Partition);
                    _isLost = true;
                    DeactivateOnIdle();
                    return;
                }

                untold.Changes.Dequeue();
                if (taken == Taken.PlaceWaits)
                    untold.PlaceWaited++;
                Tell(deviceId, untold);
            }

            Forget(deviceId, untold);
        }
#pragma warning disable CA1031 // Whatever went wrong at one device, the others are told; this one is told again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogWarning("A change of device {Device} could not be passed on ({Reason}); it is passed on again within a second.", deviceId, failure.Message);
        }
    }

    /// <summary>Waits until a unit's place was told. However long that takes, the unit's next change does not wait for it.</summary>
    private async Task Settle(string deviceId, Untold untold)
    {
        try
        {
            while (untold.IsUnsettled)
            {
                var waited = untold.PlaceWaited;
                await GrainFactory.Device(deviceId).Settled();
                untold.Settled = waited;
            }

            Forget(deviceId, untold);
        }
#pragma warning disable CA1031 // Whatever the reason: the place is told again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogWarning("The place of device {Device} could not be told of a change ({Reason}); it is told again within a second.", deviceId, failure.Message);
        }
    }

    private void Forget(string deviceId, Untold untold)
    {
        if (untold.Changes.Count == 0 && !untold.IsUnsettled)
            _untold.Remove(deviceId);
    }

    /// <summary>What a unit, and the place that it covers, are still to be told.</summary>
    private sealed class Untold
    {
        public readonly Queue<DeviceObservation> Changes = new();
        public Task Telling = Task.CompletedTask, Settling = Task.CompletedTask;
        public long PlaceWaited, Settled;

        public bool IsUnsettled => Settled != PlaceWaited;
    }

    /// <summary>Gives every unit of the partition its seat, or one unit that is new or changed.</summary>
    private async Task Seat(int? number, CancellationToken cancellationToken)
    {
        var found = await devices.SeatedAsync(Partition, number, cancellationToken);
        if (found.Length > 0 && IndexOf(found[^1].Number) is var last && last >= _seats.Length)
        {
            Array.Resize(ref _seats, number is null ? last + 1 : Math.Max(last + 1, _seats.Length + _seats.Length / 8));
            _wheel.Fit(_seats.Length);
        }

        foreach (var seated in found)
        {
            var index = IndexOf(seated.Number);
            if (_seats[index].IsTaken)
            {
                var before = _seats[index].LookAt;
                _seats[index].Ask(seated.DeadlineSeconds, seated.SilenceIsNormal);
                if (_seats[index].LookAt < before)
                    _askedAnew.Add(index);
            }
            else
                _seats[index] = Domain.Presence.Seat.Of(seated.DeadlineSeconds, seated.SilenceIsNormal);
        }
    }

    private bool IsSeated(int number) => IndexOf(number) < _seats.Length && _seats[IndexOf(number)].IsTaken;

    private static int IndexOf(int number) => number / Device.Partitions;

    private int NumberOf(int index) => index * Device.Partitions + Partition;

    /// <summary>An instant of the past on the steady clock of now.</summary>
    private long SteadyAt(DateTimeOffset instant) => Sight.SteadyMs(time) - (long)Math.Max(0, (time.GetUtcNow() - instant).TotalMilliseconds);
}
