using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Tests.Policies.Rules;

public sealed class GovernanceTableTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

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
    public void Says_not_known_before_the_first_text_it_holds_and_never_that_there_was_no_rule()
    {
        var row = Table(("manual", [Version(1, From("2019-02-01"))])).On(new DateOnly(2013, 4, 15)).Single();
        Assert.Equal((RuleStatus.NotKnown, null, null), (row.Status, row.Version, row.Rule));
        Assert.False(row.IsPrintable);
    }

    [Fact]
    public void Says_not_known_before_the_day_by_which_a_source_shows_a_text_in_force()
    {
        var table = Table(("code", [Version(1, new EffectivePeriod(null, FromKnownBy: LawDate.Parse("2020-09-29")))]));
        Assert.Equal(RuleStatus.NotKnown, table.On(new DateOnly(1850, 1, 1)).Single().Status);
        Assert.Equal(RuleStatus.NotKnown, table.On(new DateOnly(2020, 9, 28)).Single().Status);
        Assert.Equal(RuleStatus.InForce, table.On(new DateOnly(2020, 9, 29)).Single().Status);
    }

    [Fact]
    public void Shows_a_text_that_was_passed_already_as_scheduled_beside_the_one_that_holds()
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
    public void Calls_a_text_superseded_when_another_took_its_place_and_ended_when_none_did()
    {
        var table = Table(("old", [Version(1, From("2016", "2020"), supersededBy: "new")]), ("gone", [Version(1, From("2016", "2020"))]));
        Assert.Equal([RuleStatus.Superseded, RuleStatus.Ended], table.On(Today).Select(row => row.Status));
    }

    [Fact]
    public void Lets_two_texts_that_state_other_limits_for_the_same_data_name_each_other()
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
    public void Prints_nothing_as_law_that_was_only_reported_or_is_unsure()
    {
        var table = Table(
            ("told", [Version(1, From("2019"), confidence: Confidence.Secondary)]),
            ("guessed", [Version(1, From("2019"), confidence: Confidence.Unsure)])
        );
        Assert.All(table.On(Today), row => Assert.False(row.IsPrintable));
        Assert.Empty(table.Governing("alpr", "police", Today));
    }

    [Fact]
    public void Keeps_its_values_through_json()
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
