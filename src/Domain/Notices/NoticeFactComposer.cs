using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>
/// Composes the facts of a notice, so that it never understates: <see cref="Now"/> has every capture that a covering device reports, or may
/// be making because it is not heard; <see cref="Worst"/> has every sensor.
/// </summary>
public static class NoticeFactComposer
{
    /// <summary>The captures that are, or may be, made now.</summary>
    /// <param name="day">The day in the city whose rules apply.</param>
    public static ImmutableArray<NoticeFact> Now(IEnumerable<CoveringDevice> covering, GovernanceTable table, DateOnly day) =>
        Compose(covering.SelectMany(device => ToDeviceCaptures(device, device.PossibleCaptures)), table, day);

    /// <summary>The worst case: every sensor of every covering device records, and nothing is confirmed.</summary>
    public static ImmutableArray<NoticeFact> Worst(IEnumerable<CoveringDevice> covering, GovernanceTable table, DateOnly day) =>
        Compose(
            covering
                .Where(device => device.IsInScope)
                .SelectMany(device =>
                    device.AllSensors.Select(sensor => new DeviceCapture(
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

    private static IEnumerable<DeviceCapture> ToDeviceCaptures(CoveringDevice covering, CaptureReport report) =>
        from capture in report.Captures
        let mode = report[capture]!.Value
        where mode is not Mode.Off
        let isReported = covering.Reports(capture)
        select new DeviceCapture(
            covering.Device,
            capture,
            mode,
            isReported,
            isReported ? covering.Last!.Since(capture) : covering.Last?.LastHeardAt
        );

    private static ImmutableArray<NoticeFact> Compose(IEnumerable<DeviceCapture> captures, GovernanceTable table, DateOnly day)
    {
        var facts =
            from possible in captures
            group possible by (possible.Device.Technology, possible.Capture) into fact
            orderby fact.Key.Capture, fact.Key.Technology
            select Fact(fact.Key.Technology, fact.Key.Capture, [.. fact], table, day);
        return [.. facts];
    }

    private static NoticeFact Fact(string technology, Capture capture, DeviceCapture[] captures, GovernanceTable table, DateOnly day)
    {
        var mode = captures.Max(possible => possible.Mode);
        var highest = captures.Where(possible => possible.Mode == mode).ToArray();
        var reporting = highest.Where(possible => possible.IsReported).ToArray();
        var rows = table.On(day, technology).Where(row => row.IsPrintable).OrderByDescending(row => row.Instrument.Authorises).ToArray();
        var departments = captures.Select(possible => possible.Device.Department).Distinct().ToArray();
        var governing = rows.Where(row => departments.Any(row.Rule!.AppliesTo)).ToArray();
        var permitting = governing
            .Where(row => row.Status == RuleStatus.InForce && row.Instrument.Authorises && row.Rule!.Capture.Contains(capture))
            .ToArray();
        return new NoticeFact(
            technology,
            capture,
            mode,
            reporting.Length > 0 ? FactCertainty.Reported : FactCertainty.Unknown,
            Earliest(reporting.Length > 0 ? reporting : highest),
            [.. permitting.Where(row => departments.All(row.Rule!.AppliesTo)).Select(row => row.Instrument.Id)],
            // Law before city statements, then texts that permit this capture, then texts in force: the first line is a binding text.
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
            UnderReview: !departments.All(department => permitting.Any(row => row.Rule!.AppliesTo(department)))
        )
        {
            IsAllowedToSome = departments.Any(department => permitting.Any(row => row.Rule!.AppliesTo(department))),
        };
    }

    /// <summary>The earliest of the instants; null when one device was never heard.</summary>
    private static DateTimeOffset? Earliest(DeviceCapture[] captures) =>
        captures.Any(possible => possible.Since is null) ? null : captures.Min(possible => possible.Since);

    private sealed record DeviceCapture(Device Device, Capture Capture, Mode Mode, bool IsReported, DateTimeOffset? Since);
}
