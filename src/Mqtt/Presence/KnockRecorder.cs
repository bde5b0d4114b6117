using System.Collections.Concurrent;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>
/// Passes on that a removed device gave a sign of life: it tried to sign in with a credential that had been its own, or its gateway
/// published for it. Of each device it passes on one knock a minute, so that no device can make the register write more. The last knock of
/// a minute is passed on at its end: a person may have confirmed in between that the device is gone. Any thread may call it.
/// </summary>
internal sealed class KnockRecorder(PresenceForwarder presence, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Bounded by the removed devices of the register: a client must have proved that it is one of them, or their gateway.
    private readonly ConcurrentDictionary<int, KnockingDevice> _devices = new();

    /// <summary>Records a knock of a removed device. Does nothing for a mobile device, which no notice names singly.</summary>
    public void Record(Device device)
    {
        if (device.Place is null)
            return;
        var (number, knocking) = (device.Number, _devices.GetOrAdd(device.Number, _ => new KnockingDevice()));
        lock (knocking)
        {
            var now = time.MonotonicNow();
            if (knocking.NextAt is { } next && now < next)
            {
                knocking.WaitingAt = time.GetUtcNow();
                knocking.Timer ??= time.CreateTimer(_ => PassOnWaiting(number, knocking), null, next - now, Timeout.InfiniteTimeSpan);
                return;
            }

            PassOn(number, knocking, time.GetUtcNow());
        }
    }

    private void PassOnWaiting(int number, KnockingDevice knocking)
    {
        lock (knocking)
        {
            if (knocking.WaitingAt is { } at)
                PassOn(number, knocking, at);
        }
    }

    private void PassOn(int number, KnockingDevice knocking, DateTimeOffset at)
    {
        knocking.Timer?.Dispose();
        (knocking.Timer, knocking.WaitingAt, knocking.NextAt) = (null, null, time.MonotonicNow() + Interval);
        presence.Enqueue(new KnockMessage(number, at));
    }

    /// <summary>A device that knocked. The caller locks it.</summary>
    private sealed class KnockingDevice
    {
        /// <summary>When the next knock may be passed on, on the monotonic clock; null before the first.</summary>
        public TimeSpan? NextAt { get; set; }

        /// <summary>When it knocked last, if that waits.</summary>
        public DateTimeOffset? WaitingAt { get; set; }

        public ITimer? Timer { get; set; }
    }
}
