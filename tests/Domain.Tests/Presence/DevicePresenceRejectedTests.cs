using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Tests.Presence;

/// <summary>What remains of a word that did not become the device's report: a rejected one, or a late one.</summary>
public sealed class DevicePresenceRejectedTests : DevicePresenceTestBase
{
    private static readonly CaptureSet Faces = CaptureSet.From(Capture.Faces);

    private DeviceObservation Known => Device.ToObservation("cam");

    [Fact]
    public void A_rejected_report_names_an_unregistered_capture_that_stays()
    {
        Apply(1, 1, 0);
        Device.ApplyRejected(Quiet.With(Capture.Faces, Mode.Recorded), Faces, 1, 1);
        Assert.Equal((Quiet, Faces), (Known.Capture, Known.UnregisteredCaptures));

        Apply(1, 2, 1);
        Assert.Equal((Quiet, Faces), (Known.Capture, Known.UnregisteredCaptures));
    }

    [Fact]
    public void A_rejected_report_puts_each_mode_in_doubt_that_it_does_not_confirm()
    {
        Apply(1, 1, 0);
        Device.ApplyRejected(Listening, default, 1, 1);
        Assert.Equal((Mode.Recorded, (Mode?)null), (Known.Capture[Capture.Video], Known.Capture[Capture.Audio]));
        Assert.Equal(PresenceState.Online, Known.Presence);

        Device.ApplyRejected(default, default, 1, 1); // It could not be read.
        Assert.Equal(default, Known.Capture);
    }

    [Fact]
    public void The_first_message_of_a_device_is_a_change_although_it_says_nothing()
    {
        var planned = DevicePresence.Create(30, silenceIsNormal: false);
        var (rejected, retained) = (planned, planned);
        rejected.ApplyRejected(default, default, -1, -1);
        retained.ApplyHeartbeat(Heartbeat(1, 1, 0, default) with { ProvesLife = false }, 0);
        Assert.NotEqual(planned.VisibleState, rejected.VisibleState);
        Assert.NotEqual(planned.VisibleState, retained.VisibleState);

        var before = rejected.VisibleState;
        rejected.ApplyRejected(default, default, -1, -1);
        Assert.Equal(before, rejected.VisibleState);
    }

    [Fact]
    public void A_rejected_report_proves_no_life_and_does_not_come_before_a_heartbeat()
    {
        Device.ApplyRejected(Quiet, Faces, -1, -1);
        Assert.Equal((PresenceState.Unknown, null, (-1L, -1L)), (Known.Presence, Known.LastHeardAt, Device.NewestSequence));
        Assert.Equal(HeartbeatOrder.Newest, Apply(0, 0, 1));
        Assert.Equal((Quiet, Faces), (Known.Capture, Known.UnregisteredCaptures));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), StateAt(32));
    }

    [Fact]
    public void A_heartbeat_that_overtook_a_rejected_report_removes_only_its_doubt()
    {
        Apply(1, 1, 0);
        Apply(1, 2, 1);
        Device.ApplyRejected(Listening, Faces, 1, 1);
        Assert.Equal((Quiet, Faces), (Known.Capture, Known.UnregisteredCaptures));
    }

    [Theory]
    [InlineData(0, 9, 1)] // An older epoch: the device's clock may have fallen back.
    [InlineData(1, 1, 2)] // A newer session: the device has reported nothing newer on it.
    [InlineData(1, 1, 1)] // The same epoch and session: the device may have started its sequence again.
    [InlineData(1, 2, 1)] // The same numbers: it may never count its sequence on.
    public void A_late_or_repeated_heartbeat_puts_what_differs_in_doubt(long epoch, long seq, long session)
    {
        Apply(1, 2, 0);
        var late = Heartbeat(epoch, seq, 1, Listening, session: session) with { UnregisteredCaptures = Faces };
        Assert.NotEqual(HeartbeatOrder.Newest, Device.ApplyHeartbeat(late, 1000));
        Assert.Null(Known.Capture[Capture.Audio]);
        Assert.Equal((Mode.Recorded, Faces), (Known.Capture[Capture.Video], Known.UnregisteredCaptures));

        Apply(1, 3, 2, session: session);
        Assert.Equal(Quiet, Known.Capture);
    }

    [Fact]
    public void A_heartbeat_of_a_session_before_a_rejected_one_leaves_its_doubt()
    {
        Apply(1, 1, 0, session: 1);
        Device.ApplyRejected(Listening, default, 1, 1, session: 2);
        Apply(1, 2, 1, session: 1);
        Assert.Equal((Mode.Recorded, (Mode?)null), (Known.Capture[Capture.Video], Known.Capture[Capture.Audio]));
        Apply(1, 3, 2, session: 1);
        Assert.Null(Known.Capture[Capture.Audio]);
        Apply(1, 4, 3, session: 1); // No stragglers any more: the device uses the older session.
        Assert.Equal(Quiet, Known.Capture);
    }

    [Fact]
    public void A_heartbeat_of_the_session_of_a_rejected_one_removes_its_doubt()
    {
        Apply(1, 1, 0, session: 1);
        Device.ApplyRejected(Listening, default, 1, 1, session: 2);
        Apply(1, 2, 1, session: 2);
        Assert.Equal(Quiet, Known.Capture);
    }

    [Fact]
    public void Every_late_heartbeat_of_a_newer_session_puts_what_differs_in_doubt()
    {
        Apply(1, 9, 0, session: 1);
        Apply(1, 1, 1, session: 2); // The device booted in the same epoch: its numbers are smaller.
        Assert.Equal(Quiet, Known.Capture);
        Device.ApplyHeartbeat(Heartbeat(1, 2, 2, Listening, session: 2), 2000);
        Assert.Null(Known.Capture[Capture.Audio]);
        Apply(1, 10, 3, session: 1); // A straggler of the older session.
        Assert.Null(Known.Capture[Capture.Audio]);
    }

    [Theory]
    [InlineData(1)] // Of the newest heartbeat.
    [InlineData(2)] // Everything on it was rejected.
    public void The_death_of_either_session_disconnects_a_device_that_was_rejected(long session)
    {
        Apply(1, 1, 0, session: 1);
        Device.ApplyRejected(Quiet, default, 1, 1, session: 2);
        Device.ApplyDeath(1, 3);
        Assert.Equal(PresenceState.Online, Device.Presence);
        Device.ApplyDeath(1, session);
        Assert.Equal(PresenceState.Disconnected, Device.Presence);
    }

    [Fact]
    public void A_greater_heartbeat_of_an_older_session_puts_what_differs_in_doubt()
    {
        Apply(1, 1, 0, session: 2);
        Device.ApplyHeartbeat(Heartbeat(2, 1, 1, Listening, session: 1), 1000); // The device booted with an older clock in between.
        Assert.Equal((Mode.Recorded, (Mode?)null), (Known.Capture[Capture.Video], Known.Capture[Capture.Audio]));
    }

    [Fact]
    public void A_report_agrees_with_another_in_the_modes_that_both_name_alike()
    {
        var one = Quiet.With(Capture.Faces, Mode.Live).With(Capture.Location, Mode.Off);
        var other = Quiet.With(Capture.Faces, Mode.Off).With(Capture.Plates, Mode.Recorded);
        Assert.Equal(Quiet, one.AgreeingWith(other));
        Assert.Equal(Quiet, other.AgreeingWith(one));
        Assert.Equal(one, one.AgreeingWith(one));
        Assert.Equal(default, one.AgreeingWith(default));
    }
}
