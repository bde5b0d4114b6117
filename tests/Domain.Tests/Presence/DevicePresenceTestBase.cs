using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Presence;

/// <summary>One device, on a monotonic clock in seconds.</summary>
public abstract class DevicePresenceTestBase
{
    private protected static readonly CaptureReport Quiet = default(CaptureReport)
        .With(Capture.Video, Mode.Recorded)
        .With(Capture.Audio, Mode.Off);
    private protected static readonly CaptureReport Listening = Quiet.With(Capture.Audio, Mode.Recorded);

    private protected const long AlwaysObserving = long.MinValue / 2;

    private protected DevicePresence Device = DevicePresence.Create(deadlineSeconds: 30, silenceIsNormal: false);

    private protected static Heartbeat Heartbeat(
        long epoch,
        long seq,
        double at = 0,
        CaptureReport? report = null,
        Health health = Health.Ok,
        long session = 1
    ) => new(1, "cam", epoch, seq, Generators.Noon.AddSeconds(at), null, report ?? Quiet, health, "1.0", null, session);

    private protected HeartbeatOrder Apply(long epoch, long seq, double at, long session = 1, Health health = Health.Ok) =>
        Device.ApplyHeartbeat(Heartbeat(epoch, seq, at, health: health, session: session), (long)(at * 1000));

    private protected (PresenceState, Evidence) StateAt(double seconds, double observingSince = double.NaN)
    {
        Device.EvaluateTimeout((long)(seconds * 1000), double.IsNaN(observingSince) ? AlwaysObserving : (long)(observingSince * 1000));
        return (Device.Presence, Device.ToObservation("cam").Evidence);
    }
}
