using System.Collections.Concurrent;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// What the broker keeps of a device that speaks, from its first word to half an hour after its last, whatever the session: the last that
/// was queued, and how much it has sent. A device's words come one after another.
/// </summary>
internal sealed class Sender(Device device)
{
    /// <summary>As the register last said.</summary>
    public Device Device { get; set; } = device;

    /// <summary>The greatest (epoch, seq) that was queued, or is known from before.</summary>
    public (long Epoch, long Seq) Last { get; set; } = (-1, -1);

    /// <summary>The newest word of it that said something new.</summary>
    public Heartbeat? Said { get; set; }

    /// <summary>Said again and again in the same words: one string for all.</summary>
    public string Firmware { get; set; } = "";

    /// <summary>The connection that brought its last word.</summary>
    public long Session { get; set; }

    /// <summary>When it last spoke, on the steady clock.</summary>
    public TimeSpan SpokeAt { get; private set; }

    // When all that it published would be through at the steady rate (GCRA, the leaky bucket as a meter).
    private TimeSpan _throughAt;

    /// <summary>Whether the device may publish now; counts it if so.</summary>
    /// <param name="now">On the steady clock.</param>
    public bool MaySpeak(TimeSpan now, Limits limits)
    {
        var interval = TimeSpan.FromTicks(TimeSpan.TicksPerSecond / limits.PerSecondAndDevice);
        SpokeAt = now;
        var through = (_throughAt > now ? _throughAt : now) + interval;
        if (through > now + interval * limits.BurstPerDevice)
            return false;
        _throughAt = through;
        return true;
    }
}

/// <summary>The senders of this process. Kept for the device, not for its session, so that signing in again gains nothing.</summary>
internal sealed class Senders(PresenceInlet presence, TimeProvider time)
{
    public static readonly TimeSpan KeptAfterLastWord = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<int, Sender> _senders = new();

    /// <summary>The sender of a device. Asks its partition for the last that is known when this process has not heard it yet.</summary>
    public async ValueTask<Sender> OfAsync(Device device)
    {
        if (_senders.TryGetValue(device.Number, out var known))
        {
            known.Device = device;
            return known;
        }

        var sender = new Sender(device) { Last = await presence.LastAsync(device.Number) };
        return _senders.GetOrAdd(device.Number, sender);
    }

    /// <summary>Forgets those that have not spoken for long and are not among the living.</summary>
    public void Forget(Func<Sender, bool> isLive)
    {
        var before = time.Steady() - KeptAfterLastWord;
        foreach (var (number, sender) in _senders)
        {
            if (sender.SpokeAt < before && !isLive(sender))
                _senders.TryRemove(number, out _);
        }
    }
}
