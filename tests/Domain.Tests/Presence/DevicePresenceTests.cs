using System.Runtime.CompilerServices;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Presence;

/// <summary>The rules of presence, on a monotonic clock in seconds.</summary>
public sealed class DevicePresenceTests : DevicePresenceTestBase
{
    [Fact]
    public void The_presence_of_a_device_takes_56_bytes() => Assert.Equal(56, Unsafe.SizeOf<DevicePresence>());

    [Fact]
    public void A_device_goes_from_online_to_late_to_silent_without_heartbeats()
    {
        Assert.Equal(HeartbeatOrder.Newest, Apply(1, 1, 0));
        Assert.Equal((PresenceState.Online, Evidence.Heartbeat), StateAt(15));
        Assert.Equal((PresenceState.Late, Evidence.Heartbeat), StateAt(15.001));
        Assert.Equal((PresenceState.Late, Evidence.Heartbeat), StateAt(30));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), StateAt(30.001));
    }

    [Fact]
    public void The_next_check_is_due_when_the_state_can_change()
    {
        Apply(1, 1, 10);
        Assert.Equal(25_000, Device.NextCheckAtMs);
        StateAt(25.1);
        Assert.Equal(40_000, Device.NextCheckAtMs);
        StateAt(40.1);
        Assert.Equal(long.MaxValue, Device.NextCheckAtMs);
    }

    [Fact]
    public void A_device_with_normal_silence_becomes_unknown_and_not_silent()
    {
        Device = DevicePresence.Create(90, silenceIsNormal: true);
        Apply(1, 1, 0);
        Assert.Equal((PresenceState.Unknown, Evidence.Deadline), StateAt(90.1));
    }

    [Fact]
    public void A_docked_device_is_docked_while_it_is_heard()
    {
        Apply(1, 1, 0, health: Health.Docked);
        Assert.Equal((PresenceState.Docked, Evidence.Heartbeat), StateAt(29));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), StateAt(31));
    }

    [Theory]
    [InlineData(0, 10, true)]
    [InlineData(5, 10, true)]
    [InlineData(6, 10, false)]
    [InlineData(0, 4, false)]
    public void A_device_heard_before_the_start_or_after_now_is_unknown(int startedAt, int now, bool isHeard)
    {
        Apply(1, 1, 5);
        var (from, to) = (Generators.Noon.AddSeconds(startedAt), Generators.Noon.AddSeconds(now));
        Assert.Equal(!isHeard, Device.MarkUnobservedUnlessHeard(from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds()));
        Assert.Equal(
            isHeard ? (PresenceState.Online, Evidence.Heartbeat) : (PresenceState.Unknown, Evidence.Registry),
            (Device.Presence, Device.ToObservation("cam").Evidence)
        );
        Apply(1, 2, 6);
        Assert.True(Device.IsHeard);
    }

    [Fact]
    public void Only_a_greater_heartbeat_makes_a_silent_device_heard_again()
    {
        Apply(5, 10, 0);
        StateAt(60);
        Assert.Equal((HeartbeatOrder.Duplicate, PresenceState.Silent), (Apply(5, 10, 61), Device.Presence));
        Assert.Equal((HeartbeatOrder.Late, PresenceState.Silent), (Apply(5, 9, 61), Device.Presence));
        Assert.Equal((HeartbeatOrder.Late, PresenceState.Silent), (Apply(4, 99, 61), Device.Presence));
        Assert.Equal((HeartbeatOrder.Newest, PresenceState.Online), (Apply(5, 11, 61), Device.Presence));
        StateAt(120);
        Assert.Equal((HeartbeatOrder.Newest, PresenceState.Online), (Apply(6, 0, 121), Device.Presence));
    }

    [Fact]
    public void A_device_is_not_silent_while_the_registry_may_have_missed_it()
    {
        Apply(1, 1, 0);
        Assert.Equal((PresenceState.Unknown, Evidence.Registry), StateAt(31, observingSince: 20));
        Assert.Equal((PresenceState.Unknown, Evidence.Registry), StateAt(49, observingSince: 20));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), StateAt(50, observingSince: 20));
    }

    [Fact]
    public void A_device_whose_clock_fell_back_is_heard_again_after_a_clerks_check()
    {
        Apply(1_764_000_000_000, 5, 0);
        StateAt(31);
        for (var seq = 1; seq <= DevicePresence.MaxLateInARow; seq++)
        {
            Assert.False(Device.ToObservation("cam").ClockFellBack);
            Assert.Equal(HeartbeatOrder.Late, Apply(946_684_800_000, seq, 40 + seq));
        }

        Assert.True(Device.ToObservation("cam").ClockFellBack);
        Assert.Equal(PresenceState.Silent, Device.Presence);
        Device.ForgetEpoch();
        Assert.Equal(HeartbeatOrder.Newest, Apply(946_684_800_000, 9, 50));
        Assert.Equal((PresenceState.Online, false), (Device.Presence, Device.ToObservation("cam").ClockFellBack));
    }

    [Fact]
    public void A_restart_in_the_same_epoch_is_found_and_a_duplicate_is_not()
    {
        Apply(7, 50, 0);
        StateAt(31);
        for (var i = 0; i <= DevicePresence.MaxLateInARow; i++)
            Assert.Equal(HeartbeatOrder.Duplicate, Apply(7, 50, 40 + i));
        Assert.False(Device.ToObservation("cam").ClockFellBack);
        for (var seq = 0; seq < DevicePresence.MaxLateInARow; seq++)
            Assert.Equal(HeartbeatOrder.Late, Apply(7, seq, 50 + seq));
        Assert.True(Device.ToObservation("cam").ClockFellBack);
        Assert.Equal(HeartbeatOrder.Newest, Apply(7, 51, 60));
        Assert.Equal((PresenceState.Online, false), (Device.Presence, Device.ToObservation("cam").ClockFellBack));
    }

    [Fact]
    public void A_heartbeat_that_proves_no_life_does_not_make_a_device_heard()
    {
        Apply(1, 1, 0);
        StateAt(31);
        Assert.Equal(HeartbeatOrder.Newest, Device.ApplyHeartbeat(Heartbeat(1, 2, 40, Listening) with { ProvesLife = false }, 40_000));
        Assert.Equal((PresenceState.Silent, Listening), (Device.Presence, Device.ToObservation("cam").Capture));
    }

    [Fact]
    public void A_device_without_a_sign_of_life_has_no_time_of_last_contact()
    {
        Assert.Equal(
            HeartbeatOrder.Newest,
            Device.ApplyHeartbeat(
                Heartbeat(1, 1, 0, Listening) with
                {
                    ProvesLife = false,
                    UnregisteredCaptures = CaptureSet.From(Capture.Faces),
                },
                0
            )
        );
        var known = Device.ToObservation("cam");
        Assert.Equal(
            (PresenceState.Unknown, null, Listening, CaptureSet.From(Capture.Faces), false),
            (known.Presence, known.LastHeardAt, known.Capture, known.UnregisteredCaptures, Device.WasHeard)
        );
        Assert.Null(known.MergedWith(null).Since(Capture.Video));

        var restored = DevicePresence.Create(30, false);
        restored.Restore(known, heardSteady: 0);
        Assert.Equal((known, false), (restored.ToObservation("cam"), restored.WasHeard));
        restored.ApplyHeartbeat(Heartbeat(1, 2, 5), 5_000);
        Assert.Equal(Generators.Noon.AddSeconds(5), restored.ToObservation("cam").MergedWith(known).Since(Capture.Video));
    }

    [Fact]
    public void The_skew_is_the_device_clock_minus_the_registry_clock()
    {
        Device.ApplyHeartbeat(Heartbeat(1, 1) with { DeviceAt = Generators.Noon.AddHours(-2) }, 0);
        Assert.Equal(-7200, Device.ToObservation("cam").SkewSeconds);
        Assert.Equal(PresenceState.Online, Device.Presence);
    }

    [Fact]
    public void A_restored_device_has_its_recorded_state()
    {
        Apply(3, 4, 0);
        var recorded = Device.ToObservation("cam");
        var restored = DevicePresence.Create(30, false);
        restored.Restore(recorded, heardSteady: 1_000);
        Assert.Equal(recorded, restored.ToObservation("cam"));
        restored.EvaluateTimeout(31_001, AlwaysObserving);
        Assert.Equal(PresenceState.Silent, restored.Presence);
    }
}
