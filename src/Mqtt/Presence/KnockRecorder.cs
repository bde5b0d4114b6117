using System.Collections.Concurrent;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>
/// Passes on that a removed device gave a sign of life: it tried to sign in with a credential that had been its own, or its gateway
/// published for it. Of each device it passes on one knock a minute, so that no device can make the register write more. Any thread may
/// call it.
/// </summary>
internal sealed class KnockRecorder(PresenceForwarder presence, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Bounded by the removed devices of the register: a client must have proved that it is one of them, or their gateway.
    private readonly ConcurrentDictionary<int, TimeSpan> _lastKnocks = new();

    /// <summary>Records a knock of a removed device. Does nothing for a mobile device, which no notice names singly.</summary>
    public void Record(Device device)
    {
        if (device.Place is null)
            return;
        var now = time.MonotonicNow();
        while (true)
        {
            if (!_lastKnocks.TryGetValue(device.Number, out var last))
            {
                if (_lastKnocks.TryAdd(device.Number, now))
                    break;
            }
            else if (now - last < Interval)
            {
                return;
            }
            else if (_lastKnocks.TryUpdate(device.Number, now, last))
            {
                break;
            }
        }

        presence.Enqueue(new KnockMessage(device.Number, time.GetUtcNow()));
    }
}
