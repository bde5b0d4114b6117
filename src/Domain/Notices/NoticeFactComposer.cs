using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>
/// Composes the facts of a notice, so that it never understates: <see cref="Now"/> has every capture that a covering device reports, or may
/// be making because it is not heard; <see cref="Worst"/> has every sensor. A fleet whose people work from the place may always be making
/// every capture: what its single devices do is not public.
/// </summary>
public static class NoticeFactComposer
{
    /// <summary>
    /// The captures that are, or may be, made now. What devices report and what other devices may be doing are facts of their own: neither
    /// makes the other more or less certain.
    /// </summary>
    /// <param name="day">The day in the city whose rules apply.</param>
    public static ImmutableArray<NoticeFact> Now(
        IEnumerable<CoveringDevice> covering,
        IEnumerable<PlaceFleet> fleets,
        GovernanceTable table,
        DateOnly day
    ) => Compose(covering.SelectMany(device => OfDevice(device, device.PossibleCaptures)).Concat(fleets.SelectMany(OfFleet)), table, day);

    /// <summary>The worst case: every sensor of every covering device and fleet records, and nothing is confirmed.</summary>
    public static ImmutableArray<NoticeFact> Worst(
        IEnumerable<CoveringDevice> covering,
        IEnumerable<PlaceFleet> fleets,
        GovernanceTable table,
        DateOnly day
    ) => Compose(covering.Where(device => device.IsInScope).SelectMany(WorstOfDevice).Concat(fleets.SelectMany(OfFleet)), table, day);

    private static IEnumerable<PossibleCapture> OfDevice(CoveringDevice covering, CaptureReport report) =>
        from capture in report.Captures
        let mode = report[capture]!.Value
        where mode is not Mode.Off
        select covering.Reports(capture)
            ? PossibleCapture.Of(covering, capture, mode, FactCertainty.Reported, covering.Last!.Since(capture))
            : Unreported(covering, capture, mode);

    /// <summary>
    /// A capture whose mode is not known. Of a device that is heard it has no time: the time of its last report grows with each report, and
    /// none of them says anything of this capture.
    /// </summary>
    private static PossibleCapture Unreported(CoveringDevice covering, Capture capture, Mode mode)
    {
        var reportsOthers = covering is { IsElsewhere: false, Last.IsHeard: true };
        return PossibleCapture.Of(covering, capture, mode, FactCertainty.Unknown, reportsOthers ? null : covering.LastHeardHereAt) with
        {
            IsUnstated = reportsOthers,
        };
    }

    private static IEnumerable<PossibleCapture> WorstOfDevice(CoveringDevice covering) =>
        covering.AllSensors.Select(sensor =>
            PossibleCapture.Of(
                covering,
                sensor,
                Mode.Recorded,
                FactCertainty.Unknown,
                covering.Last is { IsHeard: false } || covering.IsElsewhere ? covering.LastHeardHereAt : null
            )
        );

    private static IEnumerable<PossibleCapture> OfFleet(PlaceFleet fleet) =>
        fleet.Captures.Select(capture => new PossibleCapture(
            new FactKey(fleet.Id, capture, fleet.Technology, FactCertainty.Unknown),
            Mode.Recorded,
            Since: null,
            fleet.Department,
            Lifecycle.Active,
            IsRegistered: true
        ));

    private static ImmutableArray<NoticeFact> Compose(IEnumerable<PossibleCapture> captures, GovernanceTable table, DateOnly day)
    {
        // Devices of the place before fleets; what is certain before what is not.
        var facts =
            from possible in captures
            group possible by possible.Key into fact
            orderby fact.Key.Fleet ?? "", fact.Key.Capture, fact.Key.Technology, fact.Key.Certainty
            select Fact(fact.Key, [.. fact], table.On(day, fact.Key.Technology).Where(row => row.IsPrintable));
        return [.. facts];
    }

    private static NoticeFact Fact(FactKey key, PossibleCapture[] captures, IEnumerable<GovernanceRow> rows)
    {
        var mode = captures.Max(possible => possible.Mode);
        var departments = captures.Select(possible => possible.Department).Distinct().ToArray();
        var governing = rows.Where(row => departments.Any(row.Rule!.AppliesTo))
            .OrderByDescending(row => row.Instrument.Authorises)
            .ToArray();
        var permitting = governing
            .Where(row => row.Status == RuleStatus.InForce && row.Instrument.Authorises && row.Rule!.Capture.Contains(key.Capture))
            .ToArray();
        return new NoticeFact(
            key.Technology,
            key.Capture,
            mode,
            key.Certainty,
            Earliest(captures.Where(possible => possible.Mode == mode && !possible.IsUnstated).Select(possible => possible.Since)),
            [.. permitting.Where(row => departments.All(row.Rule!.AppliesTo)).Select(row => row.Instrument.Id)],
            // Law before city statements, then texts that permit this capture, then texts in force: the first line is a binding text.
            [
                .. governing
                    .OrderByDescending(row => row.Instrument.Authorises)
                    .ThenByDescending(row => row.Rule!.Capture.Contains(key.Capture))
                    .ThenByDescending(row => row.Status == RuleStatus.InForce)
                    .Select(Text),
            ],
            [.. governing.SelectMany(Retention)],
            UnderReview: !departments.All(IsPermitted)
        )
        {
            Fleet = key.Fleet,
            FleetDepartment = key.Fleet is null ? null : departments[0],
            IsAllowedToSome = departments.Any(IsPermitted),
            InactiveStatuses = [.. captures.Select(possible => possible.Status).Where(IsInactive).Distinct().Order()],
            IsUnregistered = captures.Any(possible => !possible.IsRegistered),
            IsUnstated = captures.All(possible => possible.IsUnstated),
            WithdrawnSince = Earliest(captures.Select(possible => possible.WithdrawnSince)),
        };

        bool IsPermitted(string department) => permitting.Any(row => row.Rule!.AppliesTo(department));
    }

    private static GoverningText Text(GovernanceRow row) =>
        new(row.Instrument.Id, row.Instrument.Citation, row.Version!.Title, row.Version.Effective.From);

    private static IEnumerable<StatedRetention> Retention(GovernanceRow row) =>
        row.Rule!.Retention.Select(stated => new StatedRetention(row.Instrument.Id, row.Instrument.Citation, stated));

    private static bool IsInactive(Lifecycle status) => status is not Lifecycle.Active;

    /// <summary>The earliest of the instants; null when one device has none.</summary>
    private static DateTimeOffset? Earliest(IEnumerable<DateTimeOffset?> instants) =>
        instants.ToArray() is var all && all.Contains(null) ? null : all.Min();

    /// <summary>What a fact is about. Captures with equal values are one fact.</summary>
    private sealed record FactKey(string? Fleet, Capture Capture, string Technology, FactCertainty Certainty);

    /// <summary>A capture that a device or a fleet makes, or may be making.</summary>
    /// <param name="Status">The registered status of the device.</param>
    /// <param name="IsRegistered">Whether the register names the sensor.</param>
    private sealed record PossibleCapture(
        FactKey Key,
        Mode Mode,
        DateTimeOffset? Since,
        string Department,
        Lifecycle Status,
        bool IsRegistered
    )
    {
        /// <summary>Since when the register says that it is gone; null when the register names it.</summary>
        public DateTimeOffset? WithdrawnSince { get; init; }

        /// <summary>Whether the device is heard and reports nothing of this capture.</summary>
        public bool IsUnstated { get; init; }

        public static PossibleCapture Of(
            CoveringDevice covering,
            Capture capture,
            Mode mode,
            FactCertainty certainty,
            DateTimeOffset? since
        ) =>
            new(
                new FactKey(null, capture, covering.Device.Technology, certainty),
                mode,
                since,
                covering.Device.Department,
                covering.Device.Lifecycle,
                covering.Device.Sensors.Contains(capture)
            )
            {
                WithdrawnSince = covering.WithdrawnSince(capture),
            };
    }
}
