using System.Runtime.CompilerServices;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Tests.Presence;

/// <summary>The rules of presence, on a steady clock in seconds.</summary>
public sealed class A_seat
{
    private static readonly CaptureReport Quiet = default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off);
    private static readonly CaptureReport Listening = Quiet.With(Capture.Audio, Mode.Recorded);

    private const long SeeingForever = long.MinValue / 2;

    private Seat _seat = Seat.Of(deadlineSeconds: 30, silenceIsNormal: false);

    private static Heartbeat Beat(long epoch, long seq, double at = 0, CaptureReport? report = null, Health health = Health.Ok, long session = 1) =>
        new(1, "cam", epoch, seq, Any.Noon.AddSeconds(at), null, report ?? Quiet, health, "1.0", null, session);

    private Heard Hear(long epoch, long seq, double at, long session = 1, Health health = Health.Ok) => _seat.Hear(Beat(epoch, seq, at, health: health, session: session), (long)(at * 1000));

    private (PresenceState, Evidence) At(double seconds, double seeingSince = double.NaN)
    {
        _seat.Look((long)(seconds * 1000), double.IsNaN(seeingSince) ? SeeingForever : (long)(seeingSince * 1000));
        return (_seat.Presence, _seat.Observation("cam").Evidence);
    }

    [Fact]
    public void Takes_no_more_room_than_a_million_of_them_may() => Assert.Equal(56, Unsafe.SizeOf<Seat>());

    [Fact]
    public void Goes_from_online_to_late_to_silent_as_nothing_is_heard()
    {
        Assert.Equal(Heard.Newest, Hear(1, 1, 0));
        Assert.Equal((PresenceState.Online, Evidence.Heartbeat), At(15));
        Assert.Equal((PresenceState.Late, Evidence.Heartbeat), At(15.001));
        Assert.Equal((PresenceState.Late, Evidence.Heartbeat), At(30));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), At(30.001));
    }

    [Fact]
    public void Asks_to_be_looked_at_when_something_would_change_and_not_before()
    {
        Hear(1, 1, 10);
        Assert.Equal(25_000, _seat.LookAt);
        At(25.1);
        Assert.Equal(40_000, _seat.LookAt);
        At(40.1);
        Assert.Equal(long.MaxValue, _seat.LookAt);
    }

    [Fact]
    public void Of_a_body_worn_unit_becomes_unknown_and_not_silent_because_silence_is_normal()
    {
        _seat = Seat.Of(90, silenceIsNormal: true);
        Hear(1, 1, 0);
        Assert.Equal((PresenceState.Unknown, Evidence.Deadline), At(90.1));
    }

    [Fact]
    public void Of_a_docked_unit_says_docked_while_it_is_heard()
    {
        Hear(1, 1, 0, health: Health.Docked);
        Assert.Equal((PresenceState.Docked, Evidence.Heartbeat), At(29));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), At(31));
    }

    [Fact]
    public void Is_revived_by_a_greater_heartbeat_and_by_no_other()
    {
        Hear(5, 10, 0);
        At(60);
        Assert.Equal((Heard.Duplicate, PresenceState.Silent), (Hear(5, 10, 61), _seat.Presence));
        Assert.Equal((Heard.Late, PresenceState.Silent), (Hear(5, 9, 61), _seat.Presence));
        Assert.Equal((Heard.Late, PresenceState.Silent), (Hear(4, 99, 61), _seat.Presence));
        Assert.Equal((Heard.Newest, PresenceState.Online), (Hear(5, 11, 61), _seat.Presence));
        At(120);
        Assert.Equal((Heard.Newest, PresenceState.Online), (Hear(6, 0, 121), _seat.Presence));
    }

    [Fact]
    public void Is_ended_by_the_death_of_its_own_session_and_of_no_other()
    {
        Hear(5, 10, 0, session: 7);
        _seat.Die(4, 7);
        _seat.Die(5, 6);
        Assert.Equal(PresenceState.Online, _seat.Presence);
        _seat.Die(5, 7);
        Assert.Equal((PresenceState.Disconnected, Evidence.Death), At(1));
        Assert.Equal(Heard.Newest, Hear(5, 11, 2, session: 8));
        _seat.Die(5, 7); // The old session's death, which was long on its way.
        Assert.Equal(PresenceState.Online, _seat.Presence);
    }

    [Fact]
    public void Whose_death_is_taken_back_is_unknown_until_it_is_heard_or_its_whole_deadline_is_over()
    {
        Hear(5, 10, 0, session: 7);
        _seat.DoubtDeath(5, 7);
        Assert.Equal(PresenceState.Online, _seat.Presence); // It has not died.
        _seat.Die(5, 7);
        _seat.DoubtDeath(5, 6);
        _seat.DoubtDeath(4, 7);
        Assert.Equal(PresenceState.Disconnected, _seat.Presence);
        _seat.DoubtDeath(5, 7);
        Assert.Equal((PresenceState.Unknown, Evidence.Registry), At(29, seeingSince: 1));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), At(31, seeingSince: 1));
        Assert.Equal((Heard.Newest, PresenceState.Online), (Hear(5, 11, 32), _seat.Presence));
    }

    [Fact]
    public void Says_how_its_session_ended_when_it_is_not_heard_any_more()
    {
        Hear(1, 1, 0, session: 7);
        var heard = _seat.Face;
        _seat.End(6, SessionEnd.KeepAlive); // Another's.
        _seat.End(7, SessionEnd.Farewell);
        _seat.End(7, SessionEnd.ConnectionLost);
        Assert.Equal((heard, null), (_seat.Face, _seat.Observation("cam").SessionEnd)); // Who said goodbye just now was heard just now.
        At(31);
        Assert.Equal(SessionEnd.Farewell, _seat.Observation("cam").SessionEnd);

        Hear(1, 2, 32, session: 8);
        At(70);
        Assert.Equal((PresenceState.Silent, null), (_seat.Presence, _seat.Observation("cam").SessionEnd));
        var silent = _seat.Face;
        _seat.Die(1, 8, SessionEnd.KeepAlive);
        Assert.Equal((PresenceState.Silent, (SessionEnd?)SessionEnd.KeepAlive), (_seat.Presence, _seat.Observation("cam").SessionEnd));
        Assert.NotEqual(silent, _seat.Face);

        Hear(1, 3, 71, session: 9);
        _seat.Die(1, 9, SessionEnd.DeathMessage);
        Assert.Equal((PresenceState.Disconnected, (SessionEnd?)SessionEnd.DeathMessage), (_seat.Presence, _seat.Observation("cam").SessionEnd));
        var next = Seat.Of(30, silenceIsNormal: false);
        next.Remember(_seat.Observation("cam"), 71_000);
        Assert.Equal(SessionEnd.DeathMessage, next.Observation("cam").SessionEnd);
    }

    [Fact]
    public void Is_not_called_silent_while_the_fault_may_be_ours()
    {
        Hear(1, 1, 0);
        Assert.Equal((PresenceState.Unknown, Evidence.Registry), At(31, seeingSince: 20));
        Assert.Equal((PresenceState.Unknown, Evidence.Registry), At(49, seeingSince: 20));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), At(50, seeingSince: 20));
    }

    [Fact]
    public void Of_a_unit_that_comes_and_goes_counts_as_not_heard_until_it_holds_still()
    {
        double at = 0;
        long seq = 0;
        for (var i = 0; i <= Seat.MostReturns; i++, at += 2)
        {
            Hear(1, ++seq, at);
            Assert.Equal(PresenceState.Online, _seat.Presence);
            _seat.Die(1, 1);
        }

        Hear(1, ++seq, at);
        Assert.Equal((PresenceState.Unknown, Evidence.Flapping), At(at + 1));
        for (var end = at + Seat.FlapWindowSeconds; at < end; at += 10)
            Hear(1, ++seq, at);
        Assert.Equal((PresenceState.Online, Evidence.Heartbeat), (Hear(1, ++seq, at) is Heard.Newest ? At(at) : default));
    }

    [Fact]
    public void Of_a_unit_that_flaps_and_then_falls_silent_is_silent()
    {
        for (var i = 0; i <= Seat.MostReturns + 1; i++)
        {
            Hear(1, i, i);
            if (i <= Seat.MostReturns)
                _seat.Die(1, 1);
        }

        Assert.Equal(Evidence.Flapping, At(10).Item2);
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), At(40));
    }

    [Fact]
    public void Shows_a_unit_whose_clock_fell_back_and_hears_it_again_when_a_clerk_has_looked()
    {
        Hear(1_764_000_000_000, 5, 0);
        At(31);
        for (var seq = 1; seq <= Seat.MostLateInARow; seq++)
        {
            Assert.False(_seat.Observation("cam").ClockFellBack);
            Assert.Equal(Heard.Late, Hear(946_684_800_000, seq, 40 + seq));
        }

        Assert.True(_seat.Observation("cam").ClockFellBack);
        Assert.Equal(PresenceState.Silent, _seat.Presence);
        _seat.ForgetEpoch();
        Assert.Equal(Heard.Newest, Hear(946_684_800_000, 9, 50));
        Assert.Equal((PresenceState.Online, false), (_seat.Presence, _seat.Observation("cam").ClockFellBack));
    }

    [Fact]
    public void Shows_a_unit_that_began_anew_in_the_same_epoch_and_not_one_that_repeats_its_last_word()
    {
        Hear(7, 50, 0);
        At(31);
        for (var i = 0; i <= Seat.MostLateInARow; i++)
            Assert.Equal(Heard.Duplicate, Hear(7, 50, 40 + i));
        Assert.False(_seat.Observation("cam").ClockFellBack);
        for (var seq = 0; seq < Seat.MostLateInARow; seq++)
            Assert.Equal(Heard.Late, Hear(7, seq, 50 + seq));
        Assert.True(_seat.Observation("cam").ClockFellBack);
        Assert.Equal(Heard.Newest, Hear(7, 51, 60));
        Assert.Equal((PresenceState.Online, false), (_seat.Presence, _seat.Observation("cam").ClockFellBack));
    }

    [Fact]
    public void Is_not_revived_by_what_is_no_sign_of_life()
    {
        Hear(1, 1, 0);
        At(31);
        Assert.Equal(Heard.Newest, _seat.Hear(Beat(1, 2, 40, Listening) with { IsLife = false }, 40_000));
        Assert.Equal((PresenceState.Silent, Listening), (_seat.Presence, _seat.Observation("cam").Capture));
    }

    [Fact]
    public void Of_a_unit_that_was_never_alive_says_so_and_not_since_when()
    {
        Assert.Equal(Heard.Newest, _seat.Hear(Beat(1, 1, 0, Listening) with { IsLife = false, Beyond = CaptureSet.Of(Capture.Faces) }, 0));
        var known = _seat.Observation("cam");
        Assert.Equal((PresenceState.Unknown, null, Listening, CaptureSet.Of(Capture.Faces), false), (known.Presence, known.LastHeardAt, known.Capture, known.Beyond, _seat.WasHeard));
        Assert.Null(known.Following(null).Since(Capture.Video));

        var other = Seat.Of(30, false);
        other.Remember(known, heardSteady: 0);
        Assert.Equal((known, false), (other.Observation("cam"), other.WasHeard));
        other.Hear(Beat(1, 2, 5), 5_000);
        Assert.Equal(Any.Noon.AddSeconds(5), other.Observation("cam").Following(known).Since(Capture.Video));
    }

    [Fact]
    public void Says_how_far_the_units_clock_stands_from_the_registrys()
    {
        _seat.Hear(Beat(1, 1) with { DeviceAt = Any.Noon.AddHours(-2) }, 0);
        Assert.Equal(-7200, _seat.Observation("cam").SkewSeconds);
        Assert.Equal(PresenceState.Online, _seat.Presence);
    }

    [Fact]
    public void Takes_up_what_was_remembered()
    {
        Hear(3, 4, 0);
        var remembered = _seat.Observation("cam");
        var other = Seat.Of(30, false);
        other.Remember(remembered, heardSteady: 1_000);
        Assert.Equal(remembered, other.Observation("cam"));
        other.Look(31_001, SeeingForever);
        Assert.Equal(PresenceState.Silent, other.Presence);
    }

    [Fact]
    public void Keeps_apart_all_that_shares_its_few_bytes() =>
        Gen.Select(Gen.Int[0, 0xfff], Gen.Int[0, 63], Gen.Enum<PresenceState>(), Gen.Enum<Evidence>(), Gen.Enum<Health>(), Gen.Enum<SessionEnd>(), Gen.Int[10, 86_400], Gen.Bool)
            .Sample((capture, beyond, presence, evidence, health, end, deadline, isFallen) =>
        {
            var known = new DeviceObservation("cam", presence, Any.Noon, 5, 6, new CaptureReport(capture), health, [])
            {
                Beyond = new CaptureSet(beyond), Evidence = evidence, RuleVersion = 7, SkewSeconds = -8, ClockFellBack = isFallen, SessionEnd = DeviceObservation.Hears(presence) ? null : end,
            };
            var seat = Seat.Of(deadline, silenceIsNormal: isFallen);
            seat.Remember(known, heardSteady: 1_000);
            Assert.Equal(known, seat.Observation("cam"));
            if (presence == PresenceState.Docked)
                Assert.Equal(1_000 + deadline * 1000L, seat.LookAt);
        });

    [Fact]
    public void Ends_the_same_whatever_the_order_in_which_heartbeats_arrive() =>
        Gen.Select(Gen.Select(Gen.Long[0, 3], Gen.Long[0, 5]).Array[1, 12], Gen.Int[0, 1_000_000]).Sample((beats, shuffle) =>
        {
            // One boot and number is one heartbeat: what it says follows from both.
            var heartbeats = beats.Select(beat => Beat(beat.Item1, beat.Item2, 1, (beat.Item1 + beat.Item2) % 2 == 0 ? Quiet : Listening)).ToArray();
            var shuffled = heartbeats.OrderBy(_ => (shuffle = shuffle * 1_103_515_245 + 12_345) & 0x7fff).ToArray();
            Assert.Equal(Last(heartbeats), Last(shuffled));

            static (long, long, CaptureReport) Last(Heartbeat[] heartbeats)
            {
                var seat = Seat.Of(30, false);
                foreach (var heartbeat in heartbeats)
                    seat.Hear(heartbeat, 1000);
                var end = seat.Observation("cam");
                return (end.Epoch, end.Seq, end.Capture);
            }
        }, iter: 5_000);

    [Fact]
    public void Whatever_happens_is_heard_only_within_the_deadline_of_a_word()
    {
        var step = Gen.Select(Gen.Int[0, 3], Gen.Long[0, 2], Gen.Long[0, 9], Gen.Int[0, 40_000]);
        step.Array[1, 40].Sample(steps =>
        {
            var seat = Seat.Of(30, false);
            long now = 0, heard = long.MinValue;
            var last = (-1L, -1L);
            foreach (var (act, epoch, seq, wait) in steps)
            {
                now += wait;
                if (act < 2 && seat.Hear(Beat(epoch, seq, now / 1000.0), now) == Heard.Newest)
                    (heard, last) = (now, (epoch, seq));
                else if (act == 2)
                    seat.Die(epoch, 1);
                seat.Look(now, SeeingForever);
                Assert.Equal(last, seat.Last);
                Assert.False(seat.IsHeard && now - heard > 30_000);
                Assert.True(seat.LookAt > now || seat.LookAt >= now);
            }
        }, iter: 5_000);
    }
}
