using System.Collections.Concurrent;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// What the broker keeps of a device that speaks, from its first word to half an hour after its last, whatever the session: the last that
/// was queued, and how much it has sent. A device's words come one after another.
/// </summary>
internal sealed class DeviceIngestState(Device device, (long Epoch, long Seq) last) : RateLimiter
{
    /// <summary>As the register last said.</summary>
    public Device Device { get; set; } = device;

    /// <summary>The greatest (epoch, seq) that was queued, or is known from before.</summary>
    public (long Epoch, long Seq) Last { get; private set; } = last;

    // Set by whoever hears of the clerk, done by whoever brings its next word.
    private volatile bool _sequenceReset;

    /// <summary>Lets its next word count whatever its epoch.</summary>
    public void ResetSequence() => _sequenceReset = true;

    /// <summary>Whether a word is after all that counts so far; then it is the last.</summary>
    /// <param name="mayBeKnown">Whether the log may hold it already. Of whom nothing counts it may hold what counted once.</param>
    public bool IsNew(Heartbeat heartbeat, out bool mayBeKnown)
    {
        if (_sequenceReset)
            (_sequenceReset, Last, LastReportedState) = (false, (-1, -1), null);
        var isNew = heartbeat.IsAfter(Last.Epoch, Last.Seq);
        mayBeKnown = !isNew || Last.Epoch < 0;
        if (isNew)
            Last = (heartbeat.Epoch, heartbeat.Seq);
        return isNew;
    }

    /// <summary>The newest word of it that said something new.</summary>
    public Heartbeat? LastReportedState { get; set; }

    /// <summary>Said again and again in the same words: one string for all.</summary>
    public string Firmware { get; set; } = "";

    /// <summary>The connection that brought its last word.</summary>
    public long Session { get; set; }
}

/// <summary>The senders of this process. Kept for the device, not for its session, so that signing in again gains nothing.</summary>
internal sealed class DeviceIngestStates(PresenceForwarder presence, TimeProvider time)
{
    public static readonly TimeSpan IdleRetention = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<int, DeviceIngestState> _senders = new();
    private readonly ConcurrentDictionary<string, RateLimiter> _gateways = new(StringComparer.Ordinal);
    private long _changes;

    /// <summary>
    /// How many changes of the register were heard. Whoever asks it notes this first: what it is told may be older than a change that came
    /// since.
    /// </summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>The sender of a device. Asks its partition for the last that is known when this process has not heard it yet.</summary>
    /// <param name="asOf"><see cref="Changes"/> before the register was asked for the device.</param>
    public async ValueTask<DeviceIngestState> GetOrAddAsync(Device device, long asOf)
    {
        if (!_senders.TryGetValue(device.Number, out var sender))
        {
            var made = new DeviceIngestState(device, await presence.NewestSequenceAsync(device.Number));
            if ((sender = _senders.GetOrAdd(device.Number, made)) == made)
                return made;
        }

        lock (sender)
        {
            if (Changes == asOf)
                sender.Device = device;
        }

        return sender;
    }

    /// <summary>The pace of a gateway in what it asks for nobody that is behind it.</summary>
    public RateLimiter ForGateway(string id) => _gateways.GetOrAdd(id, static _ => new RateLimiter());

    /// <summary>Takes in that something changed in the register, before it is asked what.</summary>
    public void RecordRegisterChange() => Interlocked.Increment(ref _changes);

    /// <summary>Takes in what the register now says of a device.</summary>
    public void Update(Device device)
    {
        if (!_senders.TryGetValue(device.Number, out var sender))
            return;
        lock (sender)
            sender.Device = device;
    }

    /// <summary>Lets the next word of a device count whatever its epoch.</summary>
    public void ForgetEpoch(int number)
    {
        if (_senders.TryGetValue(number, out var sender))
            sender.ResetSequence();
    }

    /// <summary>Forgets those that have not spoken for long and are not among the living.</summary>
    public void RemoveIdle(Func<DeviceIngestState, bool> isLive)
    {
        var before = time.MonotonicNow() - IdleRetention;
        foreach (var (number, sender) in _senders)
        {
            if (sender.LastRequestAt < before && !isLive(sender))
                _senders.TryRemove(number, out _);
        }

        foreach (var (id, pace) in _gateways)
        {
            if (pace.LastRequestAt < before)
                _gateways.TryRemove(id, out _); // One that has a session still keeps it there.
        }
    }
}
