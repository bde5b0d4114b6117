using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>
/// Composes the facts of a notice. The promise is kept here: every capture that a covering unit reports, or may be making because it
/// is not heard, stands in <see cref="Now"/>; every sensor there is stands in <see cref="Worst"/>.
/// </summary>
public static class NoticeFactComposer
{
    /// <summary>What is, or may be, captured now.</summary>
    /// <param name="day">The day in the city whose rules hold.</param>
    public static ImmutableArray<NoticeFact> Now(IEnumerable<CoveringDevice> covering, GovernanceTable table, DateOnly day) =>
        Compose(covering.SelectMany(device => Captures(device, device.MayCapture)), table, day);

    /// <summary>The worst case: every sensor of every covering unit recording, nothing confirmed.</summary>
    public static ImmutableArray<NoticeFact> Worst(IEnumerable<CoveringDevice> covering, GovernanceTable table, DateOnly day) =>
        Compose(
            covering
                .Where(device => device.IsInScope)
                .SelectMany(device =>
                    device.AllSensors.Select(sensor => new PossibleCapture(
                        device.Device,
                        sensor,
                        Mode.Recorded,
                        IsReported: false,
                        device.Last is { IsHeard: false } last ? last.LastHeardAt : null
                    ))
                ),
            table,
            day
        );

    private static IEnumerable<PossibleCapture> Captures(CoveringDevice covering, CaptureReport report) =>
        from capture in report.Captures
        let mode = report[capture]!.Value
        where mode is not Mode.Off
        let heard = covering.Reports(capture)
        select new PossibleCapture(
            covering.Device,
            capture,
            mode,
            heard,
            heard ? covering.Last!.Since(capture) : covering.Last?.LastHeardAt
        );

    private static ImmutableArray<NoticeFact> Compose(IEnumerable<PossibleCapture> takings, GovernanceTable table, DateOnly day)
    {
        var facts =
            from taking in takings
            group taking by (taking.Device.Technology, taking.Capture) into fact
            orderby fact.Key.Capture, fact.Key.Technology
            select Fact(fact.Key.Technology, fact.Key.Capture, [.. fact], table, day);
        return [.. facts];
    }

    private static NoticeFact Fact(string technology, Capture capture, PossibleCapture[] takings, GovernanceTable table, DateOnly day)
    {
        var mode = takings.Max(taking => taking.Mode);
        var highest = takings.Where(taking => taking.Mode == mode).ToArray();
        var reporting = highest.Where(taking => taking.IsReported).ToArray();
        // Law before statements: who reads one line reads the one that binds.
        var rows = table.On(day, technology).Where(row => row.IsPrintable).OrderByDescending(row => row.Instrument.Authorises).ToArray();
        var departments = takings.Select(taking => taking.Device.Department).Distinct().ToArray();
        var governing = rows.Where(row => departments.Any(row.Rule!.AppliesTo)).ToArray();
        var allowing = governing
            .Where(row => row.Status == RuleStatus.InForce && row.Instrument.Authorises && row.Rule!.Capture.Contains(capture))
            .ToArray();
        return new NoticeFact(
            technology,
            capture,
            mode,
            reporting.Length > 0 ? FactCertainty.Reported : FactCertainty.Unknown,
            Earliest(reporting.Length > 0 ? reporting : highest),
            [.. allowing.Where(row => departments.All(row.Rule!.AppliesTo)).Select(row => row.Instrument.Id)],
            // For the same reason, what allows this before what bounds it, and what holds before what was only adopted.
            [
                .. governing
                    .OrderByDescending(row => row.Instrument.Authorises)
                    .ThenByDescending(row => row.Rule!.Capture.Contains(capture))
                    .ThenByDescending(row => row.Status == RuleStatus.InForce)
                    .Select(row => new GoverningText(
                        row.Instrument.Id,
                        row.Instrument.Citation,
                        row.Version!.Title,
                        row.Version.Effective.From
                    )),
            ],
            [
                .. governing.SelectMany(row =>
                    row.Rule!.Retention.Select(stated => new StatedRetention(row.Instrument.Id, row.Instrument.Citation, stated))
                ),
            ],
            UnderReview: !departments.All(department => allowing.Any(row => row.Rule!.AppliesTo(department)))
        );
    }

    /// <summary>The earliest of the instants; null as soon as one unit was never heard.</summary>
    private static DateTimeOffset? Earliest(PossibleCapture[] takings) =>
        takings.Any(taking => taking.Since is null) ? null : takings.Min(taking => taking.Since);

    private sealed record PossibleCapture(Device Device, Capture Capture, Mode Mode, bool IsReported, DateTimeOffset? Since);
}
