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
