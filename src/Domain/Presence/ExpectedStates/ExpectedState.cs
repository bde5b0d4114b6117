using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence.ExpectedStates;

/// <summary>What a device's rules permit it to do, as it is published to the device (contract, topic <c>expected</c>).</summary>
/// <param name="Version">Grows by one whenever the expected state of the device, or a rule behind it, changes.</param>
public sealed record ExpectedState(int Version, CaptureReport Capture, ImmutableArray<ExpectedRule> Rules)
{
    /// <summary>
    /// The sensors that capture more than is permitted. A sensor that captures less is not among them: a rule permits and does not command.
    /// </summary>
    public ImmutableArray<Capture> ExceededBy(DeviceObservation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        // A capture that it named and reports nothing of may be recorded.
        return
        [
            .. observation
                .Capture.Captures.Union((observation.UnregisteredCaptures ?? default).Captures)
                .Order()
                .Where(capture => (observation.Capture[capture] ?? Mode.Recorded) > (Capture[capture] ?? Mode.Off)),
        ];
    }

    /// <summary>Whether a device reports that it applies another version than this; false for one that never reports a version.</summary>
    public bool IsBehind(DeviceObservation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        return observation.RuleVersion is { } applied && applied != Version;
    }
}
