using System.Collections.Immutable;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Tests.Fixtures;

/// <summary>Generates random rules, devices and presence, for properties that must hold for any city.</summary>
internal static class Generators
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 20, 0, 0, TimeSpan.Zero);
    public static readonly DateOnly Today = new(2026, 11, 23);

    private static readonly string[] Technologies = [.. DeviceKind.All.Select(kind => kind.Technology).Distinct()];
    private static readonly string[] Departments = ["police", "transportation"];

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    public static readonly Gen<Capture> Capture = OneOf(Enum.GetValues<Capture>());
    public static readonly Gen<ImmutableArray<Capture>> Sensors = Capture
        .Array[1, 4]
        .Select(sensors => sensors.Distinct().ToImmutableArray());

    public static readonly Gen<LawDate> LawDate =
        from day in Gen.Int[0, 100_000].Select(days => new DateOnly(1900, 1, 1).AddDays(days))
        from precision in Gen.Int[0, 2]
        select Domain.Policies.Law.LawDate.Parse(
            day.ToString(
                precision switch
                {
                    0 => "yyyy",
                    1 => "yyyy-MM",
                    _ => "yyyy-MM-dd",
                },
                System.Globalization.CultureInfo.InvariantCulture
            )
        );

    private static readonly Gen<CaptureReport> Report =
        from sensors in Sensors
        from modes in OneOf(Enum.GetValues<Mode>()).Array[4]
        select sensors
            .Select((sensor, i) => (sensor, modes[i]))
            .Aggregate(default(CaptureReport), (report, next) => report.With(next.sensor, next.Item2));

    private static readonly Gen<DeviceObservation> Observation =
        from presence in OneOf(Enum.GetValues<PresenceState>())
        from report in Report
        from secondsAgo in Gen.Int[0, 100_000]
        from evidence in OneOf(Enum.GetValues<Evidence>())
        from unregistered in Gen.Int[0, 63].Select(bits => new CaptureSet(bits))
        from provesLife in Gen.Bool
        select DeviceObservation.FromFirstHeartbeat(
            new Heartbeat(1, "x", 1, 1, Noon.AddSeconds(-secondsAgo), null, report, Health.Ok, "1.0", null)
            {
                UnregisteredCaptures = unregistered,
                ProvesLife = provesLife || DeviceObservation.IsHeardState(presence),
            }
        ) with
        {
            Presence = presence,
            Evidence = evidence,
        };

    private static readonly Gen<CoveringDevice> Device =
        from kind in OneOf([.. DeviceKind.All])
        from sensors in Sensors
        from lifecycle in OneOf(Enum.GetValues<Lifecycle>())
        from department in OneOf(Departments)
        from heard in Gen.Bool
        from last in Observation
        select new CoveringDevice(
            Domain.Devices.Device.Of("x", kind.Id, sensors, "lobby", null, department, lifecycle),
            heard ? last : null
        );

    public static readonly Gen<ImmutableArray<CoveringDevice>> Covering = Device
        .Array[0, 8]
        .Select(devices =>
            devices
                .Select(
                    (covering, i) =>
                        covering with
                        {
                            Device = covering.Device with { Id = $"device-{i}" },
                            Last = covering.Last is null ? null : covering.Last with { DeviceId = $"device-{i}" },
                        }
                )
                .ToImmutableArray()
        );

    private static readonly Gen<Rule> Rule =
        from technology in OneOf(Technologies)
        from captures in Sensors
        from limit in Gen.Int[0, 400]
        from scoped in Gen.Bool
        from pauses in Gen.Bool
        select new Rule(
            technology,
            captures,
            [new Retention(RetentionBound.Limit, limit)],
            [],
            new RecordsAccess(RecordsAccessKind.NotKnown),
            scoped ? ["police"] : [],
            pauses && limit % 5 == 0
        );

    private static readonly Gen<Instrument> Instrument =
        from kind in OneOf(Enum.GetValues<InstrumentKind>())
        from start in LawDate
        from known in Gen.Bool
        from confidence in OneOf(Enum.GetValues<Confidence>())
        from rules in Rule.Array[1, 4]
        select new Instrument(
            "i",
            kind,
            "Manual 1",
            "the Department",
            [
                new InstrumentVersion(
                    1,
                    "Title",
                    new EffectivePeriod(known ? start : null),
                    null,
                    null,
                    null,
                    null,
                    null,
                    new Source("read", null, Today, confidence),
                    [.. rules.DistinctBy(rule => rule.Technology)]
                ),
            ]
        );

    public static readonly Gen<GovernanceSnapshot> Governance = Instrument
        .Array[0, 6]
        .Select(instruments =>
            Snapshot([.. instruments.Select((instrument, i) => instrument with { Id = $"instrument-{i}", Citation = $"Manual {i}" })])
        );

    public static GovernanceSnapshot Snapshot(ImmutableArray<Instrument> instruments) =>
        new(
            new City(
                "Anytown",
                true,
                "America/Los_Angeles",
                ["en", "es"],
                [new Department("police", "Police", "555-0100"), new Department("transportation", "Roads", "555-0101")],
                new RecordsPortal("Records", "https://records.example", "555-0199", 5, "Records Act"),
                90
            ),
            new GovernanceTable([.. Technologies.Select(id => new Technology(id, id, null, null, null))], instruments),
            [TestWording("en"), TestWording("es")],
            KnownChapters.None
        );

    /// <summary>A wording in which each text consists of its placeholders, so that a test can look for their values.</summary>
    private static Wording TestWording(string language) =>
        new(
            language,
            "ltr",
            language == "en",
            WordingKeys.Required.ToImmutableSortedDictionary(key => key.Key, key => TestText(key.Key, key.Value), StringComparer.Ordinal)
        );

    private static string TestText(string key, ImmutableArray<string> placeholders)
    {
        if (key == "format.time")
            return "yyyy-MM-dd HH:mm";
        if (key.StartsWith("format.", StringComparison.Ordinal))
            return "yyyy-MM-dd";
        return placeholders.IsEmpty ? key : string.Join(' ', placeholders.Select(placeholder => "{" + placeholder + "}"));
    }
}
