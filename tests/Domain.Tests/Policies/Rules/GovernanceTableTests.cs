using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Tests.Policies.Rules;

public sealed class GovernanceTableTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    [Fact]
    public void A_text_that_waits_for_an_event_is_adopted_and_is_printed_on_no_sign()
    {
        var waiting = Version(2, new EffectivePeriod(null) { Condition = "the mayor ends the pause" }, 21);
        var alone = Table(("law", [waiting with { Number = 1 }])).On(DateOnly.MaxValue).Single();
        Assert.Equal(
            (RuleStatus.Adopted, true, false, false),
            (
                alone.Status,
                alone.IsWaiting,
                alone.IsPrintable,
                (alone with { Rule = alone.Rule! with { Capture = [], Retention = [] } }).IsBackground
            )
        );
        Assert.Same(alone, alone.AsUpcoming());
        Assert.Empty(Table(("law", [waiting with { Number = 1 }])).Governing("alpr", "police", Today));
        var row = Table(("law", [Version(1, From("2019-02-01"), 90), waiting])).On(DateOnly.MaxValue).Single();
        Assert.Equal((RuleStatus.InForce, 90, 2), (row.Status, row.Rule!.Retention[0].Days, row.Next!.Number));
        Assert.Equal((RuleStatus.Adopted, 21), (row.AsUpcoming()!.Status, row.AsUpcoming()!.Rule!.Retention[0].Days));
        // It says nothing of today, so that it contradicts nothing.
        var both = Table(("law", [Version(1, From("2019-02-01"), 90)]), ("order", [waiting with { Number = 1 }])).On(Today);
        Assert.All(both, one => Assert.Empty(one.DisagreesWith));
        // Of two texts to come, the one with a day is told first.
        var dated = Version(2, From("2030-01-01"), 60);
        row = Table(("law", [Version(1, From("2019-02-01", "2030-01-01")), dated, waiting with { Number = 3 }])).On(Today).Single();
        Assert.Equal((2, RuleStatus.Scheduled), (row.Next!.Number, row.AsUpcoming()!.Status));
    }

    private static InstrumentVersion Version(
        int number,
        EffectivePeriod period,
        int? days = null,
        string? dataClass = null,
        string? supersededBy = null,
        Confidence confidence = Confidence.Sourced
    ) =>
        new(
            number,
            "Title " + number,
            period,
            null,
            null,
            null,
            null,
            supersededBy,
            new Source("read", null, Today, confidence),
            [
                new Rule(
                    "alpr",
                    [Capture.Plates],
                    days is null ? [] : [new Retention(RetentionBound.Limit, days, null, dataClass)],
                    [],
                    new RecordsAccess(RecordsAccessKind.NotKnown),
                    []
                ),
            ]
        );

    private static GovernanceTable Table(params (string Id, InstrumentVersion[] Versions)[] instruments) =>
        new(
            [new Technology("alpr", "Plate readers", null, null, null)],
            [
                .. instruments.Select(instrument => new Instrument(
                    instrument.Id,
                    InstrumentKind.ManualChapter,
                    instrument.Id,
                    "the Department",
                    [.. instrument.Versions]
                )),
            ]
        );

    private static EffectivePeriod From(string day, string? to = null) =>
        new(LawDate.Parse(day), To: to is null ? null : LawDate.Parse(to));

    [Fact]
    public void A_day_before_the_first_known_text_is_not_known()
    {
        var row = Table(("manual", [Version(1, From("2019-02-01"))])).On(new DateOnly(2013, 4, 15)).Single();
        Assert.Equal((RuleStatus.NotKnown, null, null), (row.Status, row.Version, row.Rule));
        Assert.False(row.IsPrintable);
    }

    [Fact]
    public void A_day_before_a_source_shows_the_text_in_force_is_not_known()
    {
        var table = Table(("code", [Version(1, new EffectivePeriod(null, FromKnownBy: LawDate.Parse("2020-09-29")))]));
        Assert.Equal(RuleStatus.NotKnown, table.On(new DateOnly(1850, 1, 1)).Single().Status);
        Assert.Equal(RuleStatus.NotKnown, table.On(new DateOnly(2020, 9, 28)).Single().Status);
        Assert.Equal(RuleStatus.InForce, table.On(new DateOnly(2020, 9, 29)).Single().Status);
    }

    [Fact]
    public void A_passed_text_is_shown_as_next_beside_the_text_in_force()
    {
        var table = Table(
            (
                "code",
                [Version(1, From("2013-03-18", "2017-09-01")), Version(2, From("2017-09-01")) with { Passed = LawDate.Parse("2017-07-31") }]
            )
        );
        var before = table.On(new DateOnly(2017, 8, 31)).Single();
        Assert.Equal((1, 2), (before.Version!.Number, before.Next!.Number));
        Assert.Null(table.On(new DateOnly(2017, 7, 30)).Single().Next);
        Assert.Equal(
            (2, RuleStatus.InForce),
            (table.On(new DateOnly(2017, 9, 1)).Single().Version!.Number, table.On(new DateOnly(2017, 9, 1)).Single().Status)
        );
    }

    [Fact]
    public void A_replaced_text_is_superseded_and_any_other_past_text_is_ended()
    {
        var table = Table(("old", [Version(1, From("2016", "2020"), supersededBy: "new")]), ("gone", [Version(1, From("2016", "2020"))]));
        Assert.Equal([RuleStatus.Superseded, RuleStatus.Ended], table.On(Today).Select(row => row.Status));
    }

    [Fact]
    public void Two_texts_with_different_limits_for_the_same_data_disagree()
    {
        var table = Table(
            ("manual", [Version(1, From("2019"), 90, "patrol reads")]),
            ("state", [Version(1, From("2026-03-30"), 21)]),
            ("parking", [Version(1, From("2019"), 1, "parking reads")])
        );
        var rows = table.On(new DateOnly(2026, 3, 31)).ToDictionary(row => row.Instrument.Id, row => row.DisagreesWith);
        Assert.Equal(["state"], rows["manual"]);
        Assert.Equal(["manual", "parking"], rows["state"]);
        Assert.All(table.On(new DateOnly(2026, 3, 29)), row => Assert.Empty(row.DisagreesWith));
    }

    [Fact]
    public void A_text_with_no_known_first_day_and_one_that_is_in_force_disagree()
    {
        var table = Table(
            ("manual", [Version(1, From("2019"), 90, "Patrol Reads")]),
            ("state", [Version(1, new EffectivePeriod(null), 21, "patrol reads")])
        );
        Assert.All(table.On(Today), row => Assert.Single(row.DisagreesWith));
    }

    [Fact]
    public void A_text_that_was_only_reported_or_is_unsure_is_not_printed_as_law()
    {
        var table = Table(
            ("told", [Version(1, From("2019"), confidence: Confidence.Secondary)]),
            ("guessed", [Version(1, From("2019"), confidence: Confidence.Unsure)])
        );
        Assert.All(table.On(Today), row => Assert.False(row.IsPrintable));
        Assert.Empty(table.Governing("alpr", "police", Today));
    }

    [Fact]
    public void A_governance_table_reads_from_the_json_that_it_wrote()
    {
        var table = Table(("manual", [Version(1, From("2019-02", "2026"), 90)]));
        var read = System.Text.Json.JsonSerializer.Deserialize<GovernanceTable>(
            System.Text.Json.JsonSerializer.Serialize(table, Json.Options),
            Json.Options
        )!;
        Assert.Equal(
            System.Text.Json.JsonSerializer.Serialize(table, Json.Options),
            System.Text.Json.JsonSerializer.Serialize(read, Json.Options)
        );
        Assert.Equal(table.Instruments[0].Versions[0].Effective, read.Instruments[0].Versions[0].Effective);
    }
}
