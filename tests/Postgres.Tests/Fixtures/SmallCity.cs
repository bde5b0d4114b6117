using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>The content of a small city's files: a manual in two versions, a lobby with a camera, a patrol with a plate reader.</summary>
internal static class SmallCity
{
    public const string Lobby = "lobby",
        Camera = "lobby-cam-1",
        Reader = "patrol-reader-1";

    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 20, 0, 0, TimeSpan.Zero);

    private static readonly Source Read = new(
        "The manual, as published",
        "https://city.example/manual",
        new DateOnly(2026, 11, 23),
        Confidence.Sourced
    );

    /// <summary>The file of the inventory, which says how many mobile devices there are.</summary>
    public static readonly OpeningFile Inventory = new("devices/sample-city.yaml", new string('b', 64)) { IsPrivate = true };

    public static Opening Opening { get; } =
        new(
            new GovernanceSnapshot(
                new City(
                    "Smallville",
                    true,
                    "America/Los_Angeles",
                    ["en", "es"],
                    [new Department("police", "Police", "555-0100")],
                    new RecordsPortal("Records", "https://records.example", "555-0199", 5, "Records Act"),
                    90
                ),
                new GovernanceTable(
                    [
                        new Technology("facility-camera", "Cameras", "Safety of visitors", Read, null),
                        new Technology("alpr", "Automatic License Plate Readers", null, null, new StatementRow("ALPR ", "", "16.170")),
                    ],
                    [
                        VersionIdentity.Complete(Manual(Until("2019-03-01"), From("2019-03-01")), []),
                        new Instrument("statement", InstrumentKind.CityStatement, "Statement", "the City", []),
                    ]
                ),
                [Words("en"), Words("es")],
                KnownChapters.None
            ),
            [
                new Place("gate", "Gate", "2 Main St", "the gate"),
                new Place(Lobby, "Lobby", "1 Main St", "the public lobby and its entrance"),
            ],
            [new Kiosk("kiosk-1", Lobby), new Kiosk("kiosk-2", Lobby, Removed: true)],
            [
                Device.Of(Camera, "facility-camera", [Capture.Video, Capture.Audio], Lobby, null, "police", Lifecycle.Active),
                Device.Of(Reader, "alpr-patrol", [Capture.Plates, Capture.Stills], null, "patrol", "police", Lifecycle.Active),
            ],
            [new OpeningFile("policies/city.yaml", new string('a', 64)), Inventory]
        );

    public static EffectivePeriod From(string from) => new(LawDate.Parse(from));

    public static EffectivePeriod Until(string to) => new(null, FromKnownBy: LawDate.Parse("2010-07-12"), To: LawDate.Parse(to));

    /// <summary>The same city with other periods for the versions of its manual.</summary>
    public static Opening With(params EffectivePeriod[] periods) =>
        Opening with
        {
            Governance = Opening.Governance with { Table = new GovernanceTable(Opening.Governance.Table.Technologies, [Manual(periods)]) },
        };

    /// <summary>The same city with other texts.</summary>
    public static Opening With(params Instrument[] texts) =>
        Opening with
        {
            Governance = Opening.Governance with { Table = new GovernanceTable(Opening.Governance.Table.Technologies, [.. texts]) },
        };

    /// <summary>The same city with other devices.</summary>
    public static Opening With(IEnumerable<Device> devices) => Opening with { Devices = [.. devices] };

    /// <summary>How Domain values are compared here: by the one JSON form that all floors share.</summary>
    public static string Text<T>(T value) => System.Text.Json.JsonSerializer.Serialize(value, Json.Options);

    private static Instrument Manual(params EffectivePeriod[] periods) =>
        new(
            "manual-1.1",
            InstrumentKind.ManualChapter,
            "Manual 1.1",
            "the Department",
            [
                .. periods.Select(
                    (period, i) =>
                        new InstrumentVersion(
                            i + 1,
                            "Cameras",
                            period,
                            LawDate.Parse("2006-07"),
                            null,
                            null,
                            "Ordinance 1",
                            null,
                            Read,
                            [
                                new Rule(
                                    "facility-camera",
                                    [Capture.Video],
                                    [new Retention(RetentionBound.Limit, 90, null, "footage", "with exceptions")],
                                    [new RequiredNotice(NoticeDuty.PostedSign)],
                                    new RecordsAccess(RecordsAccessKind.Conditions, "On request."),
                                    ["police"]
                                ),
                            ]
                        )
                ),
            ]
        );

    private static Wording Words(string language) =>
        new(
            language,
            "ltr",
            language == "en",
            ImmutableSortedDictionary<string, string>.Empty.Add("scope.line", "«Señal» — what is registered here")
        );
}
