using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Presence.History;

/// <summary>The history of a device has no gap, and claims nothing about a time in which the registry could not observe.</summary>
public sealed class StateHistoryTests
{
    private static readonly CaptureReport Recording = default(CaptureReport).With(Capture.Video, Mode.Recorded);

    private static DateTimeOffset At(double minutes) => Generators.Noon.AddMinutes(minutes);

    private static StateChange Change(double minutes, PresenceState presence = PresenceState.Online, CaptureReport? capture = null) =>
        new(
            At(minutes),
            new DeviceObservation("cam", presence, At(minutes), 1, 1, capture ?? Recording, Health.Ok, [])
            {
                Evidence = DeviceObservation.IsHeardState(presence) ? Evidence.Heartbeat : Evidence.Deadline,
            }
        );

    private static ObservedPeriod Observed(double from, double to) => new(At(from), At(to));

    [Fact]
    public void A_history_states_presence_and_evidence_at_every_instant()
    {
        var history = StateHistory.Create(
            [Change(-5), Change(10, PresenceState.Silent), Change(20, capture: default)],
            [Observed(-60, 60)],
            At(0),
            At(30),
            At(100)
        );
        Assert.Equal(
            [(At(0), At(10)), (At(10), At(20)), (At(20), At(30))],
            history.Intervals.Select(interval => (interval.From, interval.To!.Value))
        );
        Assert.Equal(
            (PresenceState.Online, Evidence.Heartbeat),
            (history.IntervalAt(At(5))!.Presence, history.IntervalAt(At(5))!.Evidence)
        );
        Assert.Equal(
            (PresenceState.Silent, Evidence.Deadline),
            (history.IntervalAt(At(10))!.Presence, history.IntervalAt(At(10))!.Evidence)
        );
        Assert.Null(history.IntervalAt(At(30)));
    }

    [Fact]
    public void An_interval_has_the_sensors_that_were_registered_in_it()
    {
        Device Camera(params Capture[] sensors) =>
            Device.Of("cam", "facility-camera", [.. sensors], "hall", null, "police", Lifecycle.Active);
        var beyond = Change(5);
        var history = StateHistory.Create(
            [
                Change(-5),
                Change(10, PresenceState.Silent),
                Change(20) with
                {
                    Observation = beyond.Observation with { UnregisteredCaptures = CaptureSet.From(Capture.Faces) },
                },
            ],
            [Observed(-60, 60)],
            At(0),
            At(30),
            At(100)
        );
        RegisteredDevice[] registered =
        [
            new(At(-100), Camera(Capture.Video, Capture.Audio)),
            new(At(12), Camera(Capture.Video)),
            new(At(20), Camera(Capture.Video, Capture.Plates)),
        ];
        var now = Camera(Capture.Stills);

        Assert.Equal(
            ["video, audio", "video, audio", "video, plates, faces"],
            history.Intervals.Select(interval => CaptureSet.From(interval.PossibleCaptures([.. registered], now)).ToString())
        );
        // The entry of an older version does not say it; what is registered now stands for it.
        Assert.Equal([Capture.Stills], history.Intervals[0].PossibleCaptures([new RegisteredDevice(At(-100), null)], now));
    }

    [Fact]
    public void A_history_states_a_session_end_from_when_it_was_recorded()
    {
        var silent = Change(10, PresenceState.Silent);
        var history = StateHistory.Create(
            [Change(-5), silent, new StateChange(At(20), silent.Observation with { SessionEnd = SessionEnd.KeepAlive })],
            [Observed(-60, 60)],
            At(0),
            At(30),
            At(100)
        );
        Assert.Equal(
            [(At(0), null), (At(10), null), (At(20), SessionEnd.KeepAlive)],
            history.Intervals.Select(interval => (interval.From, interval.SessionEnd))
        );
    }

    [Fact]
    public void A_device_is_unknown_while_the_registry_could_not_observe()
    {
        var history = StateHistory.Create([Change(-5)], [Observed(-60, 10), Observed(15, 60)], At(0), At(30), At(100));
        Assert.Equal(
            [PresenceState.Online, PresenceState.Unknown, PresenceState.Online],
            history.Intervals.Select(interval => interval.Presence)
        );
        Assert.Equal(
            (At(10), At(15), Evidence.Registry),
            (history.Intervals[1].From, history.Intervals[1].To, history.Intervals[1].Evidence)
        );
        var shares = history.Availability(At(100));
        Assert.Equal(
            (TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(25), TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            (shares.Whole, shares.Heard, shares.NotHeard, shares.Unseen)
        );
    }

    [Fact]
    public void A_history_ends_at_the_present()
    {
        var history = StateHistory.Create([Change(0)], [Observed(-60, 10)], At(-10), At(90), now: At(10).AddSeconds(1));
        // Nothing was known before the first change.
        Assert.Equal((Evidence.Registry, At(0)), (history.Intervals[0].Evidence, history.Intervals[0].To));
        Assert.Equal((PresenceState.Online, (DateTimeOffset?)null), (history.Intervals[^1].Presence, history.Intervals[^1].To));
        Assert.Empty(StateHistory.Create([Change(0)], [], At(20), At(30), now: At(10)).Intervals);
    }

    [Fact]
    public void A_skipped_local_time_has_no_instant_and_a_repeated_one_has_two()
    {
        var city = new City("c", true, "America/Los_Angeles", ["en"], [], new RecordsPortal("r", "https://r.example", "1", 5, "law"), 90);
        Assert.Empty(StateHistory.Instants(new DateTime(2026, 3, 8, 2, 30, 0), city));
        Assert.Equal(
            [new DateTimeOffset(2026, 11, 1, 8, 30, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 1, 9, 30, 0, TimeSpan.Zero)],
            StateHistory.Instants(new DateTime(2026, 11, 1, 1, 30, 0), city)
        );
        Assert.Equal(
            [new DateTimeOffset(2026, 11, 23, 22, 5, 0, TimeSpan.Zero)],
            StateHistory.Instants(new DateTime(2026, 11, 23, 14, 5, 0), city)
        );
    }

    [Fact]
    public void A_change_from_a_clock_that_was_ahead_does_not_happen_later()
    {
        // The clock was an hour ahead when the device became silent. It was set back, and the device was heard.
        var history = StateHistory.Create(
            [Change(0), Change(65, PresenceState.Silent), Change(6, PresenceState.Online, default(CaptureReport))],
            [Observed(-60, 200)],
            At(0),
            At(90),
            At(100)
        );
        Assert.Equal(
            [(At(0), PresenceState.Online, Recording), (At(6), PresenceState.Online, default)],
            history.Intervals.Select(interval => (interval.From, interval.Presence, interval.Capture))
        );
    }

    [Fact]
    public void The_intervals_have_no_gap_and_no_overlap_and_the_shares_add_up() =>
        Gen.Select(
                Gen.Select(Gen.Double[-50, 50], Gen.Int[0, 5]).Array[0, 12],
                Gen.Double[-60, 60].Array[0, 8],
                Gen.Double[-55, 40],
                Gen.Double[1, 60]
            )
            .Sample(
                (changes, instants, from, length) =>
                {
                    // The times are in any order, because clocks are set.
                    var known = changes.Select(change => Change(change.Item1, (PresenceState)change.Item2)).ToArray();
                    var edges = instants.Order().ToArray();
                    var observed = edges.Chunk(2).Where(pair => pair.Length == 2).Select(pair => Observed(pair[0], pair[1])).ToArray();
                    var (begin, end) = (At(from), At(from + length));
                    var history = StateHistory.Create(known, observed, begin, end, now: At(200));
                    Assert.Equal((begin, end), (history.Intervals[0].From, history.Intervals[^1].To));
                    Assert.All(history.Intervals.Zip(history.Intervals.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
                    Assert.All(
                        history.Intervals,
                        interval =>
                        {
                            Assert.True(interval.From < interval.To);
                            Assert.Equal(interval, history.IntervalAt(interval.From));
                            // The device is heard only when its last recorded change says so.
                            if (interval.IsHeard)
                                Assert.True(
                                    DeviceObservation.IsHeardState(known.Last(change => change.At <= interval.From).Observation.Presence)
                                );
                        }
                    );
                    var shares = history.Availability(At(200));
                    Assert.Equal(shares.Whole, shares.Heard + shares.NotHeard + shares.Unseen);
                },
                iter: Rounds.Of(3_000)
            );
}
