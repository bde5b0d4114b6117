using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Presence.ExpectedStates;

/// <summary>An expected state without a version number yet: what is permitted, and which rules permit it.</summary>
/// <param name="Capture">For each registered sensor: recorded when a rule in force permits it, else off.</param>
public sealed record ExpectedStateDraft(CaptureReport Capture, ImmutableArray<ExpectedRule> Rules)
{
    /// <summary>The build of the rules below: a state that another build worked out may rightly be another.</summary>
    public static string RulesBuild { get; } = typeof(ExpectedStateDraft).Module.ModuleVersionId.ToString();

    /// <summary>
    /// What the rules in force on a day permit devices with the same technology, department and sensors to capture. A statement by the City
    /// describes and permits nothing. A device that is not active is expected to capture nothing.
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
        GovernanceRow[] permitting = isActive
            ?
            [
                .. table
                    .Governing(technology, department, day)
                    .Where(row => row is { Status: RuleStatus.InForce, Instrument.Authorises: true }),
            ]
            : [];
        var capture = sensors.Aggregate(
            default(CaptureReport),
            (report, sensor) => report.With(sensor, permitting.Any(row => row.Rule!.Capture.Contains(sensor)) ? Mode.Recorded : Mode.Off)
        );
        return new ExpectedStateDraft(
            capture,
            [
                .. permitting
                    .Select(row => new ExpectedRule(row.Instrument.Id, row.Version!.Number))
                    .OrderBy(rule => rule.Instrument, StringComparer.Ordinal),
            ]
        );
    }
}
