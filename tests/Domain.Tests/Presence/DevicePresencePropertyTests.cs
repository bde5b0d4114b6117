using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Presence;

/// <summary>Properties of presence that hold for any sequence of heartbeats and deaths.</summary>
public sealed class DevicePresencePropertyTests
{
    private static readonly CaptureReport Quiet = default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off);
    private static readonly CaptureReport Listening = Quiet.With(Capture.Audio, Mode.Recorded);

    private const long AlwaysObserving = long.MinValue / 2;

    private static Heartbeat Heartbeat(
        long epoch,
        long seq,
        double at = 0,
        CaptureReport? report = null,
        Health health = Health.Ok,
        long session = 1
    ) => new(1, "cam", epoch, seq, Generators.Noon.AddSeconds(at), null, report ?? Quiet, health, "1.0", null, session);

    [Fact]
    public void The_packed_values_do_not_overlap() =>
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
                (capture, unregistered, presence, evidence, health, end, deadline, flag) =>
                {
                    var known = new DeviceObservation("cam", presence, Generators.Noon, 5, 6, new CaptureReport(capture), health, [])
                    {
                        UnregisteredCaptures = new CaptureSet(unregistered),
                        Evidence = evidence,
                        RuleVersion = 7,
                        SkewSeconds = -8,
                        ClockFellBack = flag,
                        SessionEnd = DeviceObservation.IsHeardState(presence) ? null : end,
                    };
                    var device = DevicePresence.Create(deadline, silenceIsNormal: flag);
                    device.Restore(known, heardSteady: 1_000);
                    Assert.Equal(known, device.ToObservation("cam"));
                    if (presence == PresenceState.Docked)
                        Assert.Equal(1_000 + deadline * 1000L, device.NextCheckAtMs);
                }
            );

    [Fact]
    public void Two_states_of_a_device_look_alike_exactly_when_what_they_show_is_equal()
    {
        var states = Gen.Select(Gen.Enum<PresenceState>(), Gen.Enum<Mode>(), Gen.Enum<Health>(), Gen.Int[6, 7], Gen.Int[55, 65], Gen.Bool)
            .Select(
                (presence, audio, health, rule, skew, fellBack) =>
                {
                    var device = DevicePresence.Create(30, false);
                    device.Restore(
                        new DeviceObservation("cam", presence, Generators.Noon, 5, 6, Quiet.With(Capture.Audio, audio), health, [])
                        {
                            RuleVersion = rule,
                            SkewSeconds = skew,
                            ClockFellBack = fellBack,
                        },
                        1_000
                    );
                    return device;
                }
            );
        Gen.Select(states, states)
            .Sample((one, other) => Assert.Equal(one.VisibleState == other.VisibleState, one.LooksLike(other)), iter: Rounds.Of(5_000));
    }

    [Fact]
    public void No_order_of_heartbeats_makes_a_mode_other_than_the_newest_reports() =>
        Gen.Select(Gen.Select(Gen.Long[0, 3], Gen.Long[0, 5]).Array[1, 12], Gen.Int[0, 1_000_000])
            .Sample(
                (beats, shuffle) =>
                {
                    // Epoch and sequence identify a heartbeat, so its content follows from both.
                    var heartbeats = beats
                        .Select(beat => Heartbeat(beat.Item1, beat.Item2, 1, (beat.Item1 + beat.Item2) % 2 == 0 ? Quiet : Listening))
                        .ToArray();
                    var shuffled = heartbeats.OrderBy(_ => (shuffle = shuffle * 1_103_515_245 + 12_345) & 0x7fff).ToArray();
                    var (one, other) = (Last(heartbeats), Last(shuffled));
                    Assert.Equal((one.Epoch, one.Seq), (other.Epoch, other.Seq));
                    // A heartbeat that comes late can put a mode in doubt; no order makes it another mode.
                    var newest = heartbeats.MaxBy(heartbeat => (heartbeat.Epoch, heartbeat.Seq))!.Capture;
                    Assert.Equal(one.Capture, one.Capture.AgreeingWith(newest));
                    Assert.Equal(other.Capture, other.Capture.AgreeingWith(newest));
                    // The next heartbeat removes every doubt.
                    Assert.Equal(Listening, Last([.. shuffled, Heartbeat(4, 0, 1, Listening)]).Capture);

                    static (long Epoch, long Seq, CaptureReport Capture) Last(Heartbeat[] heartbeats)
                    {
                        var device = DevicePresence.Create(30, false);
                        foreach (var heartbeat in heartbeats)
                            device.ApplyHeartbeat(heartbeat, 1000);
                        var end = device.ToObservation("cam");
                        return (end.Epoch, end.Seq, end.Capture);
                    }
                },
                iter: Rounds.Of(5_000)
            );

    [Fact]
    public void A_device_is_heard_only_within_the_deadline_of_a_heartbeat()
    {
        var step = Gen.Select(Gen.Int[0, 3], Gen.Long[0, 2], Gen.Long[0, 9], Gen.Int[0, 40_000]);
        step.Array[1, 40]
            .Sample(
                steps =>
                {
                    var device = DevicePresence.Create(30, false);
                    long now = 0,
                        heard = long.MinValue;
                    var last = (-1L, -1L);
                    foreach (var (act, epoch, seq, wait) in steps)
                    {
                        now += wait;
                        if (act < 2 && device.ApplyHeartbeat(Heartbeat(epoch, seq, now / 1000.0), now) == HeartbeatOrder.Newest)
                            (heard, last) = (now, (epoch, seq));
                        else if (act == 2)
                            device.ApplyDeath(epoch, 1);
                        device.EvaluateTimeout(now, AlwaysObserving);
                        Assert.Equal(last, device.NewestSequence);
                        Assert.False(device.IsHeard && now - heard > 30_000);
                        Assert.True(device.NextCheckAtMs > now || device.NextCheckAtMs >= now);
                    }
                },
                iter: Rounds.Of(5_000)
            );
    }
}
