using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Tests.Presence;

public sealed class A_device_observation
{
    private static readonly CaptureReport Quiet = default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off);
    private static readonly CaptureReport Listening = Quiet.With(Capture.Audio, Mode.Recorded);

    private static DeviceObservation Seen(double atSeconds, CaptureReport? report = null, PresenceState presence = PresenceState.Online) =>
        new("cam", presence, Any.Noon.AddSeconds(atSeconds), 1, 1, report ?? Quiet, Health.Ok, default);

    [Fact]
    public void Knows_since_when_each_sensor_is_in_its_mode()
    {
        var listening = Seen(20, Listening).Following(Seen(10, Listening).Following(Seen(0).Following(null)));
        Assert.Equal(Any.Noon, listening.Since(Capture.Video));
        Assert.Equal(Any.Noon.AddSeconds(10), listening.Since(Capture.Audio));
        Assert.Null(listening.Since(Capture.Plates));
    }

    [Fact]
    public void Does_not_claim_the_time_in_which_nothing_was_heard()
    {
        var silent = Seen(0, presence: PresenceState.Silent).Following(Seen(0).Following(null));
        Assert.Equal(Any.Noon, silent.Since(Capture.Video));
        Assert.Equal(Any.Noon.AddSeconds(100), Seen(100).Following(silent).Since(Capture.Video));
    }

    [Fact]
    public void Keeps_what_was_ever_named_beyond_the_register_whatever_is_told_later()
    {
        var named = (Seen(0) with { Beyond = CaptureSet.Of(Capture.Audio) }).Following(null);
        var later = Seen(10).Following(Seen(5, presence: PresenceState.Disconnected).Following(named));
        Assert.Equal(CaptureSet.Of(Capture.Audio), later.Beyond);
        Assert.True(named.DiffersFrom(Seen(0)));
    }

    [Fact]
    public void That_was_written_down_before_named_beyond_the_register_what_it_told_and_the_register_has_not()
    {
        var old = Json.Read("""{"deviceId":"cam","presence":"online","lastHeardAt":"2026-11-23T20:00:00+00:00","epoch":1,"seq":1,"capture":{"video":"recorded","audio":"recorded"},"health":"ok","modeSince":[]}""");
        Assert.Equal((Any.Noon, null), (old.LastHeardAt, old.Beyond));
        Assert.Equal(CaptureSet.Of(Capture.Audio), old.Beside([Capture.Video]).Beyond);
        Assert.Equal(default(CaptureSet), Seen(0).Following(null).Beside([Capture.Video]).Beyond);
    }

    [Fact]
    public void That_was_written_down_as_of_1970_is_of_a_unit_that_was_never_heard()
    {
        var old = Json.Read("""{"deviceId":"cam","presence":"unknown","lastHeardAt":"1970-01-01T00:00:00+00:00","epoch":1,"seq":1,"capture":{"video":"recorded"},"health":"ok","modeSince":["1970-01-01T00:00:00+00:00",null,null,null,null,null],"evidence":"heartbeat"}""");
        Assert.Null(old.LastHeardAt);
    }

    [Fact]
    public void Reads_as_it_was_written()
    {
        foreach (var written in new[] { Seen(0).Following(null), (Seen(0) with { Beyond = CaptureSet.Of(Capture.Audio, Capture.Location), LastHeardAt = null }).Following(null) })
        {
            var read = Json.Read(System.Text.Json.JsonSerializer.Serialize(written, Domain.Json.Options));
            Assert.False(read.DiffersFrom(written));
            Assert.Equal((written.LastHeardAt, written.Beyond), (read.LastHeardAt, read.Beyond));
        }
    }

    private static class Json
    {
        public static DeviceObservation Read(string text) => System.Text.Json.JsonSerializer.Deserialize<DeviceObservation>(text, Domain.Json.Options)!;
    }

    [Fact]
    public void Makes_a_difference_when_a_notice_a_page_or_a_rule_would_see_one()
    {
        var first = Seen(0);
        Assert.False((first with { Seq = 2, LastHeardAt = Any.Noon.AddSeconds(10), SkewSeconds = 59 }).DiffersFrom(first));
        Assert.All(
            [
                first with { Presence = PresenceState.Late }, first with { Evidence = Evidence.Registry }, first with { Capture = Listening }, first with { Health = Health.Fault },
                first with { RuleVersion = 7 }, first with { SkewSeconds = -60 }, first with { ClockFellBack = true },
            ],
            other => Assert.True(other.DiffersFrom(first)));
    }
}
