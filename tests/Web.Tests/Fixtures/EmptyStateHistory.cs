using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>
/// A camera that was heard for the first half of the time asked for, and then not. The real past is tested in Postgres.Tests and
/// Journeys.Tests.
/// </summary>
internal sealed class EmptyStateHistory(TimeProvider time) : IStateHistoryRegister
{
    public Task<StateHistory> FindAsync(string deviceId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var seen = DeviceObservation.FromFirstHeartbeat(
            new Heartbeat(1, deviceId, 1, 1, from, null, default(CaptureReport).With(Capture.Video, Mode.Recorded), Health.Ok, "1", null)
        );
        var silent = seen with { Presence = PresenceState.Silent, Evidence = Evidence.Deadline };
        return Task.FromResult(
            StateHistory.Create(
                [new StateChange(from, seen), new StateChange(from + (to - from) / 2, silent)],
                [new ObservedPeriod(from, to)],
                from,
                to,
                time.GetUtcNow()
            )
        );
    }
}
