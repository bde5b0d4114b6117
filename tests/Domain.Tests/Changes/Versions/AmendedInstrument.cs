using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes.Versions;

/// <summary>An ordinance with one text since 2018, which lets plate readers keep patrol reads for 90 days.</summary>
internal static class AmendedInstrument
{
    public static readonly Source Read = new("The text", null, Generators.Today, Confidence.Sourced);

    public static readonly Instrument Ordinance = new(
        "ord-990300",
        InstrumentKind.Ordinance,
        "Ordinance 990300",
        "City Council",
        [Version(1, "Text of 2018", "2018-02-01", 90) with { Id = "text-of-2018" }]
    );

    public static InstrumentVersion Version(int number, string title, string from, int days, string? to = null) =>
        new(
            number,
            title,
            new EffectivePeriod(LawDate.Parse(from), To: to is null ? null : LawDate.Parse(to)),
            null,
            null,
            null,
            null,
            null,
            Read,
            [
                new Rule(
                    "alpr",
                    [],
                    [new Retention(RetentionBound.Limit, days, null, "patrol reads")],
                    [],
                    new RecordsAccess(RecordsAccessKind.NotKnown),
                    []
                ),
            ]
        );

    public static Instrument With(params ImmutableArray<InstrumentVersion> versions) => Ordinance with { Versions = versions };

    public static InstrumentVersion Days(this InstrumentVersion version, int days) =>
        version with
        {
            Rules = [version.Rules[0] with { Retention = [version.Rules[0].Retention[0] with { Days = days }] }],
        };

    public static InstrumentVersion Access(this InstrumentVersion version) =>
        version with
        {
            Rules = [version.Rules[0] with { RecordsAccess = new RecordsAccess(RecordsAccessKind.Exempt, "s. 5") }],
        };

    /// <summary>The version with one more rule: how long a camera's recordings are kept.</summary>
    public static InstrumentVersion Camera(this InstrumentVersion version, int days) =>
        version with
        {
            Rules =
            [
                version.Rules[0],
                version.Rules[0] with
                {
                    Technology = "facility-camera",
                    Retention = [new Retention(RetentionBound.Limit, days)],
                },
            ],
        };

    /// <summary>The title, the first and last day, and the limit of each version.</summary>
    public static string[] Lines(Instrument instrument) =>
        [
            .. instrument.Versions.Select(version =>
                $"{version.Number} {version.Title} {version.Effective.From}..{version.Effective.To} {version.Rules[0].Retention[0].Days}"
            ),
        ];
}
