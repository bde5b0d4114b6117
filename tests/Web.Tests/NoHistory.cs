using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Web.Tests;

/// <summary>A camera that was heard for the first half of the time asked for, and then not. The real past is tested in Postgres.Tests and Journeys.Tests.</summary>
internal sealed class NoHistory(TimeProvider time) : IStateHistory
{
    public Task<StateHistory> OfAsync(string deviceId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var seen = DeviceObservation.First(new Heartbeat(1, deviceId, 1, 1, from, null, default(CaptureReport).With(Capture.Video, Mode.Recorded), Health.Ok, "1", null));
        var silent = seen with { Presence = PresenceState.Silent, Evidence = Evidence.Deadline };
        return Task.FromResult(StateHistory.Of([new StateChange(from, seen), new StateChange(from + (to - from) / 2, silent)], [new WatchPeriod(from, to)], from, to, time.GetUtcNow()));
    }
}
