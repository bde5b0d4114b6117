using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Presence.ExpectedStates;

/// <summary>A text that says what is expected.</summary>
/// <param name="Instrument">Id of the instrument.</param>
/// <param name="Version">Number of its version.</param>
public sealed record ExpectedRule(string Instrument, int Version);

/// <summary>What is allowed, and which texts say so; not yet numbered.</summary>
/// <param name="Capture">For each registered sensor: recorded where a rule in force allows it, else off.</param>
public sealed record ExpectedStateDraft(CaptureReport Capture, ImmutableArray<ExpectedRule> Rules)
{
    /// <summary>
    /// What the rules in force on a day let units take in that are alike in technology, department and sensors. A statement by the City
    /// describes and allows nothing. A unit that is paused, planned or removed is expected to take in nothing.
    /// </summary>
    public static ExpectedStateDraft Create(
        string technology,
        string department,
        ImmutableArray<Capture> sensors,
        bool isActive,
        GovernanceTable table,
        DateOnly day
    )
    {
        ArgumentNullException.ThrowIfNull(table);
        var allowing = isActive
            ? table
                .Governing(technology, department, day)
                .Where(row => row.Status == RuleStatus.InForce && row.Instrument.Authorises)
                .ToArray()
            : [];
        var capture = sensors.Aggregate(
            default(CaptureReport),
            (report, sensor) => report.With(sensor, allowing.Any(row => row.Rule!.Capture.Contains(sensor)) ? Mode.Recorded : Mode.Off)
        );
        return new ExpectedStateDraft(
            capture,
            [
                .. allowing
                    .Select(row => new ExpectedRule(row.Instrument.Id, row.Version!.Number))
                    .OrderBy(rule => rule.Instrument, StringComparer.Ordinal),
            ]
        );
    }
}

/// <summary>What one unit's rules let it do, as it is told (contract, topic <c>expected</c>).</summary>
/// <param name="Version">Grows by one whenever what is expected of the unit, or a rule behind it, changes.</param>
public sealed record ExpectedState(int Version, CaptureReport Capture, ImmutableArray<ExpectedRule> Rules)
{
    /// <summary>
    /// Where a unit differs from what is expected of it: each sensor that takes in more than is allowed. Taking in less than is allowed is
    /// no
    /// difference: a rule permits and does not command.
    /// </summary>
    public ImmutableArray<Capture> ExceededBy(DeviceObservation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        return [.. observation.Capture.Captures.Where(capture => observation.Capture[capture] > (Capture[capture] ?? Mode.Off))];
    }

    /// <summary>Whether a unit says that it applies another version than this; false for one that never says which.</summary>
    public bool IsBehind(DeviceObservation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        return observation.RuleVersion is { } applied && applied != Version;
    }
}
