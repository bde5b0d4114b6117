using System.Runtime.CompilerServices;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Presence;

/// <summary>The rules of presence, on a steady clock in seconds.</summary>
public sealed class DevicePresenceTests
{
    private static readonly CaptureReport Quiet = default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off);
    private static readonly CaptureReport Listening = Quiet.With(Capture.Audio, Mode.Recorded);

    private const long SeeingForever = long.MinValue / 2;

    private DevicePresence _seat = DevicePresence.Create(deadlineSeconds: 30, silenceIsNormal: false);

    private static Heartbeat Beat(
        long epoch,
        long seq,
        double at = 0,
        CaptureReport? report = null,
        Health health = Health.Ok,
        long session = 1
    ) => new(1, "cam", epoch, seq, Generators.Noon.AddSeconds(at), null, report ?? Quiet, health, "1.0", null, session);

    private HeartbeatOrder Hear(long epoch, long seq, double at, long session = 1, Health health = Health.Ok) =>
        _seat.ApplyHeartbeat(Beat(epoch, seq, at, health: health, session: session), (long)(at * 1000));

    private (PresenceState, Evidence) At(double seconds, double seeingSince = double.NaN)
    {
        _seat.EvaluateTimeout((long)(seconds * 1000), double.IsNaN(seeingSince) ? SeeingForever : (long)(seeingSince * 1000));
        return (_seat.Presence, _seat.ToObservation("cam").Evidence);
    }

    [Fact]
    public void Takes_no_more_room_than_a_million_of_them_may() => Assert.Equal(56, Unsafe.SizeOf<DevicePresence>());

    [Fact]
    public void Goes_from_online_to_late_to_silent_as_nothing_is_heard()
    {
        Assert.Equal(HeartbeatOrder.Newest, Hear(1, 1, 0));
        Assert.Equal((PresenceState.Online, Evidence.Heartbeat), At(15));
        Assert.Equal((PresenceState.Late, Evidence.Heartbeat), At(15.001));
        Assert.Equal((PresenceState.Late, Evidence.Heartbeat), At(30));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), At(30.001));
    }

    [Fact]
    public void Asks_to_be_looked_at_when_something_would_change_and_not_before()
    {
        Hear(1, 1, 10);
        Assert.Equal(25_000, _seat.NextCheckAtMs);
        At(25.1);
        Assert.Equal(40_000, _seat.NextCheckAtMs);
        At(40.1);
        Assert.Equal(long.MaxValue, _seat.NextCheckAtMs);
    }

    [Fact]
    public void Of_a_body_worn_unit_becomes_unknown_and_not_silent_because_silence_is_normal()
    {
        _seat = DevicePresence.Create(90, silenceIsNormal: true);
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
        Assert.Equal((HeartbeatOrder.Duplicate, PresenceState.Silent), (Hear(5, 10, 61), _seat.Presence));
        Assert.Equal((HeartbeatOrder.Late, PresenceState.Silent), (Hear(5, 9, 61), _seat.Presence));
        Assert.Equal((HeartbeatOrder.Late, PresenceState.Silent), (Hear(4, 99, 61), _seat.Presence));
        Assert.Equal((HeartbeatOrder.Newest, PresenceState.Online), (Hear(5, 11, 61), _seat.Presence));
        At(120);
        Assert.Equal((HeartbeatOrder.Newest, PresenceState.Online), (Hear(6, 0, 121), _seat.Presence));
    }

    [Fact]
    public void Is_ended_by_the_death_of_its_own_session_and_of_no_other()
    {
        Hear(5, 10, 0, session: 7);
        _seat.ApplyDeath(4, 7);
        _seat.ApplyDeath(5, 6);
        Assert.Equal(PresenceState.Online, _seat.Presence);
        _seat.ApplyDeath(5, 7);
        Assert.Equal((PresenceState.Disconnected, Evidence.Death), At(1));
        Assert.Equal(HeartbeatOrder.Newest, Hear(5, 11, 2, session: 8));
        _seat.ApplyDeath(5, 7); // The old session's death, which was long on its way.
        Assert.Equal(PresenceState.Online, _seat.Presence);
    }

    [Fact]
    public void Whose_death_is_taken_back_is_unknown_until_it_is_heard_or_its_whole_deadline_is_over()
    {
        Hear(5, 10, 0, session: 7);
        _seat.RetractDeath(5, 7);
        Assert.Equal(PresenceState.Online, _seat.Presence); // It has not died.
        _seat.ApplyDeath(5, 7);
        _seat.RetractDeath(5, 6);
        _seat.RetractDeath(4, 7);
        Assert.Equal(PresenceState.Disconnected, _seat.Presence);
        _seat.RetractDeath(5, 7);
        Assert.Equal((PresenceState.Unknown, Evidence.Registry), At(29, seeingSince: 1));
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), At(31, seeingSince: 1));
        Assert.Equal((HeartbeatOrder.Newest, PresenceState.Online), (Hear(5, 11, 32), _seat.Presence));
    }

    [Fact]
    public void Says_how_its_session_ended_when_it_is_not_heard_any_more()
    {
        Hear(1, 1, 0, session: 7);
        var heard = _seat.VisibleState;
        _seat.RecordSessionEnd(6, SessionEnd.KeepAlive); // Another's.
        _seat.RecordSessionEnd(7, SessionEnd.Farewell);
        _seat.RecordSessionEnd(7, SessionEnd.ConnectionLost);
        // Who said goodbye just now was heard just now.
        Assert.Equal((heard, null), (_seat.VisibleState, _seat.ToObservation("cam").SessionEnd));
        At(31);
        Assert.Equal(SessionEnd.Farewell, _seat.ToObservation("cam").SessionEnd);

        Hear(1, 2, 32, session: 8);
        At(70);
        Assert.Equal((PresenceState.Silent, null), (_seat.Presence, _seat.ToObservation("cam").SessionEnd));
        var silent = _seat.VisibleState;
        _seat.ApplyDeath(1, 8, SessionEnd.KeepAlive);
        Assert.Equal((PresenceState.Silent, (SessionEnd?)SessionEnd.KeepAlive), (_seat.Presence, _seat.ToObservation("cam").SessionEnd));
        Assert.NotEqual(silent, _seat.VisibleState);

        Hear(1, 3, 71, session: 9);
        _seat.ApplyDeath(1, 9, SessionEnd.DeathMessage);
        Assert.Equal(
            (PresenceState.Disconnected, (SessionEnd?)SessionEnd.DeathMessage),
            (_seat.Presence, _seat.ToObservation("cam").SessionEnd)
        );
        var next = DevicePresence.Create(30, silenceIsNormal: false);
        next.Restore(_seat.ToObservation("cam"), 71_000);
        Assert.Equal(SessionEnd.DeathMessage, next.ToObservation("cam").SessionEnd);
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
        for (var i = 0; i <= DevicePresence.MaxReturns; i++, at += 2)
        {
            Hear(1, ++seq, at);
            Assert.Equal(PresenceState.Online, _seat.Presence);
            _seat.ApplyDeath(1, 1);
        }

        Hear(1, ++seq, at);
        Assert.Equal((PresenceState.Unknown, Evidence.Flapping), At(at + 1));
        for (var end = at + DevicePresence.FlapWindowSeconds; at < end; at += 10)
            Hear(1, ++seq, at);
        Assert.Equal((PresenceState.Online, Evidence.Heartbeat), (Hear(1, ++seq, at) is HeartbeatOrder.Newest ? At(at) : default));
    }

    [Fact]
    public void Of_a_unit_that_flaps_and_then_falls_silent_is_silent()
    {
        for (var i = 0; i <= DevicePresence.MaxReturns + 1; i++)
        {
            Hear(1, i, i);
            if (i <= DevicePresence.MaxReturns)
                _seat.ApplyDeath(1, 1);
        }

        Assert.Equal(Evidence.Flapping, At(10).Item2);
        Assert.Equal((PresenceState.Silent, Evidence.Deadline), At(40));
    }

    [Fact]
    public void Shows_a_unit_whose_clock_fell_back_and_hears_it_again_when_a_clerk_has_looked()
    {
        Hear(1_764_000_000_000, 5, 0);
        At(31);
        for (var seq = 1; seq <= DevicePresence.MaxLateInARow; seq++)
        {
            Assert.False(_seat.ToObservation("cam").ClockFellBack);
            Assert.Equal(HeartbeatOrder.Late, Hear(946_684_800_000, seq, 40 + seq));
        }

        Assert.True(_seat.ToObservation("cam").ClockFellBack);
        Assert.Equal(PresenceState.Silent, _seat.Presence);
        _seat.ForgetEpoch();
        Assert.Equal(HeartbeatOrder.Newest, Hear(946_684_800_000, 9, 50));
        Assert.Equal((PresenceState.Online, false), (_seat.Presence, _seat.ToObservation("cam").ClockFellBack));
    }

    [Fact]
    public void Shows_a_unit_that_began_anew_in_the_same_epoch_and_not_one_that_repeats_its_last_word()
    {
        Hear(7, 50, 0);
        At(31);
        for (var i = 0; i <= DevicePresence.MaxLateInARow; i++)
            Assert.Equal(HeartbeatOrder.Duplicate, Hear(7, 50, 40 + i));
        Assert.False(_seat.ToObservation("cam").ClockFellBack);
        for (var seq = 0; seq < DevicePresence.MaxLateInARow; seq++)
            Assert.Equal(HeartbeatOrder.Late, Hear(7, seq, 50 + seq));
        Assert.True(_seat.ToObservation("cam").ClockFellBack);
        Assert.Equal(HeartbeatOrder.Newest, Hear(7, 51, 60));
        Assert.Equal((PresenceState.Online, false), (_seat.Presence, _seat.ToObservation("cam").ClockFellBack));
    }

    [Fact]
    public void Is_not_revived_by_what_is_no_sign_of_life()
    {
        Hear(1, 1, 0);
        At(31);
        Assert.Equal(HeartbeatOrder.Newest, _seat.ApplyHeartbeat(Beat(1, 2, 40, Listening) with { ProvesLife = false }, 40_000));
        Assert.Equal((PresenceState.Silent, Listening), (_seat.Presence, _seat.ToObservation("cam").Capture));
    }

    [Fact]
    public void Of_a_unit_that_was_never_alive_says_so_and_not_since_when()
    {
        Assert.Equal(
            HeartbeatOrder.Newest,
            _seat.ApplyHeartbeat(
                Beat(1, 1, 0, Listening) with
                {
                    ProvesLife = false,
                    UnregisteredCaptures = CaptureSet.From(Capture.Faces),
                },
                0
            )
        );
        var known = _seat.ToObservation("cam");
        Assert.Equal(
            (PresenceState.Unknown, null, Listening, CaptureSet.From(Capture.Faces), false),
            (known.Presence, known.LastHeardAt, known.Capture, known.UnregisteredCaptures, _seat.WasHeard)
        );
        Assert.Null(known.MergedWith(null).Since(Capture.Video));

        var other = DevicePresence.Create(30, false);
        other.Restore(known, heardSteady: 0);
        Assert.Equal((known, false), (other.ToObservation("cam"), other.WasHeard));
        other.ApplyHeartbeat(Beat(1, 2, 5), 5_000);
        Assert.Equal(Generators.Noon.AddSeconds(5), other.ToObservation("cam").MergedWith(known).Since(Capture.Video));
    }

    [Fact]
    public void Says_how_far_the_units_clock_stands_from_the_registrys()
    {
        _seat.ApplyHeartbeat(Beat(1, 1) with { DeviceAt = Generators.Noon.AddHours(-2) }, 0);
        Assert.Equal(-7200, _seat.ToObservation("cam").SkewSeconds);
        Assert.Equal(PresenceState.Online, _seat.Presence);
    }

    [Fact]
    public void Takes_up_what_was_remembered()
    {
        Hear(3, 4, 0);
        var remembered = _seat.ToObservation("cam");
        var other = DevicePresence.Create(30, false);
        other.Restore(remembered, heardSteady: 1_000);
        Assert.Equal(remembered, other.ToObservation("cam"));
        other.EvaluateTimeout(31_001, SeeingForever);
        Assert.Equal(PresenceState.Silent, other.Presence);
    }

    [Fact]
    public void Keeps_apart_all_that_shares_its_few_bytes() =>
        Gen.Select(
                Gen.Int[0, 0xfff],
                Gen.Int[0, 63],
                Gen.Enum<PresenceState>(),
                Gen.Enum<Evidence>(),
                Gen.Enum<Health>(),
                Gen.Enum<SessionEnd>(),
                Gen.Int[10, 86_400],
                Gen.Bool
            )
            .Sample(
                (capture, beyond, presence, evidence, health, end, deadline, isFallen) =>
                {
                    var known = new DeviceObservation("cam", presence, Generators.Noon, 5, 6, new CaptureReport(capture), health, [])
                    {
                        UnregisteredCaptures = new CaptureSet(beyond),
                        Evidence = evidence,
                        RuleVersion = 7,
                        SkewSeconds = -8,
                        ClockFellBack = isFallen,
                        SessionEnd = DeviceObservation.IsHeardState(presence) ? null : end,
                    };
                    var seat = DevicePresence.Create(deadline, silenceIsNormal: isFallen);
                    seat.Restore(known, heardSteady: 1_000);
                    Assert.Equal(known, seat.ToObservation("cam"));
                    if (presence == PresenceState.Docked)
                        Assert.Equal(1_000 + deadline * 1000L, seat.NextCheckAtMs);
                }
            );

    [Fact]
    public void Ends_the_same_whatever_the_order_in_which_heartbeats_arrive() =>
        Gen.Select(Gen.Select(Gen.Long[0, 3], Gen.Long[0, 5]).Array[1, 12], Gen.Int[0, 1_000_000])
            .Sample(
                (beats, shuffle) =>
                {
                    // One boot and number is one heartbeat: what it says follows from both.
                    var heartbeats = beats
                        .Select(beat => Beat(beat.Item1, beat.Item2, 1, (beat.Item1 + beat.Item2) % 2 == 0 ? Quiet : Listening))
                        .ToArray();
                    var shuffled = heartbeats.OrderBy(_ => (shuffle = shuffle * 1_103_515_245 + 12_345) & 0x7fff).ToArray();
                    Assert.Equal(Last(heartbeats), Last(shuffled));

                    static (long, long, CaptureReport) Last(Heartbeat[] heartbeats)
                    {
                        var seat = DevicePresence.Create(30, false);
                        foreach (var heartbeat in heartbeats)
                            seat.ApplyHeartbeat(heartbeat, 1000);
                        var end = seat.ToObservation("cam");
                        return (end.Epoch, end.Seq, end.Capture);
                    }
                },
                iter: 5_000
            );

    [Fact]
    public void Whatever_happens_is_heard_only_within_the_deadline_of_a_word()
    {
        var step = Gen.Select(Gen.Int[0, 3], Gen.Long[0, 2], Gen.Long[0, 9], Gen.Int[0, 40_000]);
        step.Array[1, 40]
            .Sample(
                steps =>
                {
                    var seat = DevicePresence.Create(30, false);
                    long now = 0,
                        heard = long.MinValue;
                    var last = (-1L, -1L);
                    foreach (var (act, epoch, seq, wait) in steps)
                    {
                        now += wait;
                        if (act < 2 && seat.ApplyHeartbeat(Beat(epoch, seq, now / 1000.0), now) == HeartbeatOrder.Newest)
                            (heard, last) = (now, (epoch, seq));
                        else if (act == 2)
                            seat.ApplyDeath(epoch, 1);
                        seat.EvaluateTimeout(now, SeeingForever);
                        Assert.Equal(last, seat.NewestSequence);
                        Assert.False(seat.IsHeard && now - heard > 30_000);
                        Assert.True(seat.NextCheckAtMs > now || seat.NextCheckAtMs >= now);
                    }
                },
                iter: 5_000
            );
    }
}
