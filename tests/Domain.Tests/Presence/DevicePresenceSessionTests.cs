using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Tests.Presence;

/// <summary>The end of a session, its death message, and a device that returns too often.</summary>
public sealed class DevicePresenceSessionTests : DevicePresenceTestBase
{
    [Fact]
    public void Only_the_death_of_its_own_session_disconnects_a_device()
    {
        Apply(5, 10, 0, session: 7);
        Device.ApplyDeath(4, 7);
        Device.ApplyDeath(5, 6);
        Assert.Equal(PresenceState.Online, Device.Presence);
        Device.ApplyDeath(5, 7);
        Assert.Equal((PresenceState.Disconnected, Evidence.Death), StateAt(1));
        Assert.Equal(HeartbeatOrder.Newest, Apply(5, 11, 2, session: 8));
        // The death of the old session arrives late.
        Device.ApplyDeath(5, 7);
        Assert.Equal(PresenceState.Online, Device.Presence);
    }

    [Fact]
    public void A_restored_device_knows_the_session_of_its_newest_heartbeat()
    {
        Apply(5, 10, 0, session: 7);
        var restored = DevicePresence.Create(30, silenceIsNormal: false);
        restored.Restore(Device.ToObservation("cam"), 0);
        Assert.Equal(HeartbeatOrder.Duplicate, restored.ApplyHeartbeat(Heartbeat(5, 10, 0, Quiet, session: 7), 0)); // From the log.
        restored.ApplyDeath(5, 7);
        Assert.Equal(PresenceState.Disconnected, restored.Presence);
    }

    [Fact]
    public void A_retracted_death_leaves_the_device_unknown_for_its_whole_deadline()
    {
        Apply(5, 10, 0, session: 7);
        Device.RetractDeath(5, 7);
        // A death that was not applied cannot be retracted.
        Assert.Equal(PresenceState.Online, Device.Presence);
        Device.ApplyDeath(5, 7);
        Device.RetractDeath(5, 6);
        Device.RetractDeath(4, 7);
        Assert.Equal(PresenceState.Disconnected, Device.Presence);
        Device.RetractDeath(5, 7);
        Assert.Equal((PresenceState.Unknown, Evidence.Registry), StateAt(29, observingSince: 1));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), StateAt(31, observingSince: 1));
        Assert.Equal((HeartbeatOrder.Newest, PresenceState.Online), (Apply(5, 11, 32), Device.Presence));
    }

    [Fact]
    public void The_session_end_is_visible_once_the_device_is_not_heard()
    {
        Apply(1, 1, 0, session: 7);
        var heard = Device.VisibleState;
        // Another session.
        Device.RecordSessionEnd(6, SessionEnd.KeepAlive);
        Device.RecordSessionEnd(7, SessionEnd.Farewell);
        Device.RecordSessionEnd(7, SessionEnd.ConnectionLost);
        // The device was heard just now, so its session end is not visible yet.
        Assert.Equal((heard, null), (Device.VisibleState, Device.ToObservation("cam").SessionEnd));
        StateAt(31);
        Assert.Equal(SessionEnd.Farewell, Device.ToObservation("cam").SessionEnd);

        Apply(1, 2, 32, session: 8);
        StateAt(70);
        Assert.Equal((PresenceState.Silent, null), (Device.Presence, Device.ToObservation("cam").SessionEnd));
        var silent = Device.VisibleState;
        Device.ApplyDeath(1, 8, SessionEnd.KeepAlive);
        Assert.Equal((PresenceState.Silent, (SessionEnd?)SessionEnd.KeepAlive), (Device.Presence, Device.ToObservation("cam").SessionEnd));
        Assert.NotEqual(silent, Device.VisibleState);

        Apply(1, 3, 71, session: 9);
        Device.ApplyDeath(1, 9, SessionEnd.DeathMessage);
        Assert.Equal(
            (PresenceState.Disconnected, (SessionEnd?)SessionEnd.DeathMessage),
            (Device.Presence, Device.ToObservation("cam").SessionEnd)
        );
        var next = DevicePresence.Create(30, silenceIsNormal: false);
        next.Restore(Device.ToObservation("cam"), 71_000);
        Assert.Equal(SessionEnd.DeathMessage, next.ToObservation("cam").SessionEnd);
    }

    [Fact]
    public void A_flapping_device_is_not_heard_until_it_is_stable()
    {
        double at = 0;
        long seq = 0;
        for (var i = 0; i <= DevicePresence.MaxReturns; i++, at += 2)
        {
            Apply(1, ++seq, at);
            Assert.Equal(PresenceState.Online, Device.Presence);
            Device.ApplyDeath(1, 1);
        }

        Apply(1, ++seq, at);
        Assert.Equal((PresenceState.Unknown, Evidence.Flapping), StateAt(at + 1));
        for (var end = at + DevicePresence.FlapWindowSeconds; at < end; at += 10)
            Apply(1, ++seq, at);
        Assert.Equal((PresenceState.Online, Evidence.Heartbeat), (Apply(1, ++seq, at) is HeartbeatOrder.Newest ? StateAt(at) : default));
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(59, true)]
    [InlineData(60, false)]
    [InlineData(90, false)]
    public void A_device_flaps_when_each_return_is_within_60_s_of_the_one_before(int gapSeconds, bool isFlapping)
    {
        var at = 1_000;
        for (var seq = 1; seq <= DevicePresence.MaxReturns + 1; seq++, at += gapSeconds)
        {
            Apply(1, seq, at);
            Assert.Equal(PresenceState.Online, Device.Presence);
            Device.ApplyDeath(1, 1);
        }

        // With gaps of 50 s the five returns take more than four minutes: no single minute has more than two of them.
        Apply(1, DevicePresence.MaxReturns + 2, at);
        Assert.Equal(isFlapping ? Evidence.Flapping : Evidence.Heartbeat, Device.ToObservation("cam").Evidence);
        Assert.Equal(!isFlapping, Device.IsHeard);
    }

    [Fact]
    public void A_flapping_device_that_sends_nothing_more_becomes_silent()
    {
        for (var i = 0; i <= DevicePresence.MaxReturns + 1; i++)
        {
            Apply(1, i, i);
            if (i <= DevicePresence.MaxReturns)
                Device.ApplyDeath(1, 1);
        }

        Assert.Equal(Evidence.Flapping, StateAt(10).Item2);
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), StateAt(40));
    }
}
