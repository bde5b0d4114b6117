using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Presence;

public sealed class DeviceObservationTests
{
    private static readonly CaptureReport Quiet = default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off);
    private static readonly CaptureReport Listening = Quiet.With(Capture.Audio, Mode.Recorded);

    private static DeviceObservation Seen(double atSeconds, CaptureReport? report = null, PresenceState presence = PresenceState.Online) =>
        new("cam", presence, Generators.Noon.AddSeconds(atSeconds), 1, 1, report ?? Quiet, Health.Ok, default);

    [Fact]
    public void An_observation_states_since_when_each_sensor_is_in_its_mode()
    {
        var listening = Seen(20, Listening).MergedWith(Seen(10, Listening).MergedWith(Seen(0).MergedWith(null)));
        Assert.Equal(Generators.Noon, listening.Since(Capture.Video));
        Assert.Equal(Generators.Noon.AddSeconds(10), listening.Since(Capture.Audio));
        Assert.Null(listening.Since(Capture.Plates));
    }

    [Fact]
    public void A_mode_holds_since_the_return_of_a_device_that_was_not_heard()
    {
        var silent = Seen(0, presence: PresenceState.Silent).MergedWith(Seen(0).MergedWith(null));
        Assert.Equal(Generators.Noon, silent.Since(Capture.Video));
        Assert.Equal(Generators.Noon.AddSeconds(100), Seen(100).MergedWith(silent).Since(Capture.Video));
    }

    [Fact]
    public void An_unregistered_capture_stays_whatever_is_reported_later()
    {
        var named = (Seen(0) with { UnregisteredCaptures = CaptureSet.From(Capture.Audio) }).MergedWith(null);
        var later = Seen(10).MergedWith(Seen(5, presence: PresenceState.Disconnected).MergedWith(named));
        Assert.Equal(CaptureSet.From(Capture.Audio), later.UnregisteredCaptures);
        Assert.True(named.DiffersFrom(Seen(0)));
    }

    [Fact]
    public void The_last_knock_stays_whatever_is_observed_later()
    {
        var knocked = (Seen(0) with { KnocksAt = Generators.Noon.AddMinutes(5) }).MergedWith(null);
        Assert.Equal(knocked.KnocksAt, Seen(10).MergedWith(knocked).KnocksAt);
        Assert.Equal(knocked.KnocksAt, (Seen(10) with { KnocksAt = Generators.Noon }).MergedWith(knocked).KnocksAt);
        Assert.Null(Seen(10).MergedWith(Seen(0)).KnocksAt);
    }

    [Fact]
    public void An_older_observation_derives_its_unregistered_captures()
    {
        var old = Json.Read(
            """
            {"deviceId":"cam","presence":"online","lastHeardAt":"2026-11-23T20:00:00+00:00","epoch":1,"seq":1,
            "capture":{"video":"recorded","audio":"recorded"},"health":"ok","modeSince":[]}
            """
        );
        Assert.Equal((Generators.Noon, null), (old.LastHeardAt, old.UnregisteredCaptures));
        Assert.Equal(CaptureSet.From(Capture.Audio), old.WithDerivedUnregistered([Capture.Video]).UnregisteredCaptures);
        Assert.Equal(default(CaptureSet), Seen(0).MergedWith(null).WithDerivedUnregistered([Capture.Video]).UnregisteredCaptures);
    }

    [Fact]
    public void An_observation_of_1970_is_of_a_device_that_was_never_heard()
    {
        var old = Json.Read(
            """
            {"deviceId":"cam","presence":"unknown","lastHeardAt":"1970-01-01T00:00:00+00:00","epoch":1,"seq":1,
            "capture":{"video":"recorded"},"health":"ok","modeSince":["1970-01-01T00:00:00+00:00",null,null,null,null,null],
            "evidence":"heartbeat"}
            """
        );
        Assert.Null(old.LastHeardAt);
    }

    [Fact]
    public void An_observation_reads_as_it_was_written()
    {
        foreach (
            var written in new[]
            {
                Seen(0).MergedWith(null),
                (Seen(0) with { UnregisteredCaptures = CaptureSet.From(Capture.Audio, Capture.Location), LastHeardAt = null }).MergedWith(
                    null
                ),
            }
        )
        {
            var read = Json.Read(System.Text.Json.JsonSerializer.Serialize(written, Domain.Json.Options));
            Assert.False(read.DiffersFrom(written));
            Assert.Equal((written.LastHeardAt, written.UnregisteredCaptures), (read.LastHeardAt, read.UnregisteredCaptures));
        }
    }

    private static class Json
    {
        public static DeviceObservation Read(string text) =>
            System.Text.Json.JsonSerializer.Deserialize<DeviceObservation>(text, Domain.Json.Options)!;
    }

    [Fact]
    public void An_observation_differs_when_a_notice_a_page_or_a_rule_would_show_it()
    {
        var first = Seen(0);
        Assert.False((first with { Seq = 2, LastHeardAt = Generators.Noon.AddSeconds(10), SkewSeconds = 59 }).DiffersFrom(first));
        Assert.All(
            [
                first with
                {
                    Presence = PresenceState.Late,
                },
                first with
                {
                    Evidence = Evidence.Registry,
                },
                first with
                {
                    Capture = Listening,
                },
                first with
                {
                    Health = Health.Fault,
                },
                first with
                {
                    RuleVersion = 7,
                },
                first with
                {
                    SkewSeconds = -60,
                },
                first with
                {
                    ClockFellBack = true,
                },
                first with
                {
                    KnocksAt = Generators.Noon,
                },
            ],
            other => Assert.True(other.DiffersFrom(first))
        );
    }
}
