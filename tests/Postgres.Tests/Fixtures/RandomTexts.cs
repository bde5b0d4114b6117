using System.Globalization;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>Generates texts of law whose dates lie so close together that they often contradict each other.</summary>
internal static class RandomTexts
{
    private static readonly Source Read = new("The law", null, new DateOnly(2026, 11, 23), Confidence.Sourced);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static readonly Gen<LawDate?> Date =
        from known in Gen.Int[0, 2]
        from day in Gen.Int[0, 800].Select(days => new DateOnly(2019, 1, 1).AddDays(days))
        from form in OneOf("yyyy", "yyyy-MM", "yyyy-MM-dd")
        select known == 0 ? (LawDate?)null : LawDate.Parse(day.ToString(form, CultureInfo.InvariantCulture));

    private static readonly Gen<EffectivePeriod> Period =
        from dates in Date.Array[5]
        from ended in Gen.Bool
        select new EffectivePeriod(
            dates[0],
            dates[0] is null ? dates[1] : null,
            dates[0] is null ? dates[2] : null,
            dates[3],
            dates[3] is null && ended && dates[4] is not null,
            dates[3] is null && ended ? dates[4] : null
        );

    private static readonly Gen<Rule> Rule =
        from technology in OneOf("facility-camera", "alpr")
        from days in Gen.Int[-1, 3]
        select new Rule(
            technology,
            [Capture.Video],
            [new Retention(RetentionBound.Limit, days)],
            [],
            new RecordsAccess(RecordsAccessKind.NotKnown),
            ["police"]
        );

    private static readonly Gen<InstrumentVersion> Version =
        from period in Period
        from passed in Date
        from rules in Rule.Array[1, 2]
        from title in OneOf("Cameras", "Cámaras, “§ 3”", "Line\u000bbreak", "")
        from quiet in Gen.Int[0, 3]
        select new InstrumentVersion(
            1,
            quiet > 0 ? "Cameras" : title,
            period,
            passed,
            null,
            null,
            null,
            null,
            Read,
            [.. rules.DistinctBy(rule => rule.Technology)]
        );

    public static readonly Gen<Instrument> Instrument = Version
        .Array[1, 2]
        .Select(versions => new Instrument(
            "text",
            InstrumentKind.Ordinance,
            "Ordinance 1",
            "City Council",
            [.. versions.Select((version, i) => version with { Number = i + 1 })]
        ));
}
