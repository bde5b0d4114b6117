using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Tests.Presence;

public sealed class A_device_observation
{
    private static readonly DeviceKind Camera = DeviceKind.Find("facility-camera")!;
    private static readonly DeviceKind BodyWorn = DeviceKind.Find("body-worn")!;
    private static readonly CaptureReport Quiet = default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off);
    private static readonly CaptureReport Listening = Quiet.With(Capture.Audio, Mode.Recorded);

    private static Heartbeat Beat(long epoch, long seq, double atSeconds, CaptureReport? report = null, Health health = Health.Ok) =>
        new("cam", epoch, seq, Any.Noon.AddSeconds(atSeconds), null, report ?? Quiet, health, "1.0", null);

    [Fact]
    public void Goes_from_online_to_late_to_silent_as_nothing_is_heard()
    {
        var seen = DeviceObservation.First(Beat(1, 1, 0));
        Assert.Equal(PresenceState.Online, seen.At(Any.Noon.AddSeconds(15), Camera).Presence);
        Assert.Equal(PresenceState.Late, seen.At(Any.Noon.AddSeconds(16), Camera).Presence);
        Assert.Equal(PresenceState.Late, seen.At(Any.Noon.AddSeconds(30), Camera).Presence);
        Assert.Equal(PresenceState.Silent, seen.At(Any.Noon.AddSeconds(30.1), Camera).Presence);
    }

    [Fact]
    public void Of_a_body_worn_unit_becomes_unknown_and_not_silent_because_silence_is_normal() =>
        Assert.Equal(PresenceState.Unknown, DeviceObservation.First(Beat(1, 1, 0)).At(Any.Noon.AddSeconds(91), BodyWorn).Presence);

    [Fact]
    public void Is_revived_by_a_greater_heartbeat_and_by_no_other()
    {
        var silent = DeviceObservation.First(Beat(5, 10, 0)).At(Any.Noon.AddSeconds(60), Camera);
        Assert.Equal(PresenceState.Online, silent.After(Beat(5, 11, 61)).Presence);
        Assert.Equal(PresenceState.Online, silent.After(Beat(6, 0, 61)).Presence);
        Assert.Same(silent, silent.After(Beat(5, 10, 61)));
        Assert.Same(silent, silent.After(Beat(5, 9, 61)));
        Assert.Same(silent, silent.After(Beat(4, 99, 61)));
    }

    [Fact]
    public void Is_ended_by_the_death_of_its_own_session_and_of_no_other()
    {
        var online = DeviceObservation.First(Beat(5, 10, 0));
        Assert.Equal(PresenceState.Disconnected, online.AfterDeath(5).Presence);
        Assert.Same(online, online.AfterDeath(4));
    }

    [Fact]
    public void Knows_since_when_each_sensor_is_in_its_mode()
    {
        var listening = DeviceObservation.First(Beat(1, 1, 0)).After(Beat(1, 2, 10, Listening)).After(Beat(1, 3, 20, Listening));
        Assert.Equal(Any.Noon, listening.Since(Capture.Video));
        Assert.Equal(Any.Noon.AddSeconds(10), listening.Since(Capture.Audio));
        Assert.Null(listening.Since(Capture.Plates));
    }

    [Fact]
    public void Does_not_claim_the_time_in_which_nothing_was_heard()
    {
        var back = DeviceObservation.First(Beat(1, 1, 0)).At(Any.Noon.AddSeconds(60), Camera).After(Beat(1, 2, 100));
        Assert.Equal(Any.Noon.AddSeconds(100), back.Since(Capture.Video));
    }

    [Fact]
    public void Makes_no_difference_when_a_heartbeat_repeats_what_is_known()
    {
        var first = DeviceObservation.First(Beat(1, 1, 0));
        Assert.False(first.After(Beat(1, 2, 10)).DiffersFrom(first));
        Assert.True(first.After(Beat(1, 2, 10, Listening)).DiffersFrom(first));
        Assert.True(first.At(Any.Noon.AddSeconds(31), Camera).DiffersFrom(first));
    }

    [Fact]
    public void Ends_the_same_whatever_the_order_in_which_heartbeats_arrive() =>
        Gen.Select(Gen.Select(Gen.Long[0, 3], Gen.Long[0, 5], Gen.Bool).Array[1, 12], Gen.Int[0, 1_000_000]).Sample((beats, shuffle) =>
        {
            // One boot and number is one heartbeat: what it says follows from both.
            var heartbeats = beats.Select(beat => Beat(beat.Item1, beat.Item2, 1, (beat.Item1 + beat.Item2) % 2 == 0 ? Quiet : Listening)).ToArray();
            var shuffled = heartbeats.OrderBy(_ => (shuffle = shuffle * 1_103_515_245 + 12_345) & 0x7fff).ToArray();
            Assert.Equal(Last(heartbeats), Last(shuffled));

            static (long, long, CaptureReport) Last(Heartbeat[] heartbeats)
            {
                var end = heartbeats.Skip(1).Aggregate(DeviceObservation.First(heartbeats[0]), (known, beat) => known.After(beat));
                return (end.Epoch, end.Seq, end.Capture);
            }
        }, iter: 5_000);
}
