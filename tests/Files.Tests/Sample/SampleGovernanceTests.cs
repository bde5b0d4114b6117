using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Sample;

/// <summary>The rules of the sample city on given days. They are Seattle's published rules.</summary>
public sealed class SampleGovernanceTests
{
    private static GovernanceTable Table => SampleCity.Opening.Governance.Table;

    private static GovernanceRow Row(string day, string technology, string instrument) =>
        Assert.Single(Table.On(DateOnly.Parse(day), technology), row => row.Instrument.Id == instrument);

    public static TheoryData<string, string, string, string> Statement() =>
        new()
        {
            { "In Car Video System        ", "Seattle Police Department (SPD) Manual Chapter 16.090", "in-car-video", "spd-manual-16.090" },
            { "Body-Worn Video Pilot Program ", "SPD Manual Chapter 16.091", "body-worn-video", "spd-manual-16.091" },
            { "Automatic License Plate Readers", "SPD Manual Chapter 16.170", "alpr", "spd-manual-16.170" },
            {
                "Collection of Information for Law Enforcement Purposes",
                "Seattle Municipal Code (SMC) Chapter 14.12",
                "law-enforcement-information",
                "smc-14.12"
            },
            { "Holding Cell Camera System", "SPD Manual Chapter  10.060", "holding-cell-camera", "spd-manual-10.060" },
            { "Acquisition and Use of Surveillance Equipment", "SMC Chapter 14.18", "surveillance-equipment", "smc-14.18" },
            { "Automated Traffic Safety Cameras", "SMC 11.50.570", "automated-traffic-safety-camera", "smc-11.50.570" },
        };

    [Theory]
    [MemberData(nameof(Statement))]
    public void Each_row_of_the_Citys_statement_is_kept_verbatim_and_found_on_every_day(
        string statedName,
        string governance,
        string technology,
        string instrument
    )
    {
        var named = Assert.Single(Table.Technologies, candidate => candidate.Id == technology);
        Assert.Equal(new StatementRow(statedName, governance, instrument), named.Statement);
        Assert.Equal(statedName.Trim(), named.Name);
        foreach (var day in (string[])["1900-01-01", "1979-06-01", "2013-04-15", "2017-08-31", "2020-10-01", "2026-03-31", "2099-12-31"])
            Row(day, technology, instrument);
    }

    [Fact]
    public void The_statement_has_seven_rows() => Assert.Equal(7, Table.Technologies.Count(technology => technology.Statement is not null));

    [Fact]
    public void In_April_2013_the_surveillance_chapter_is_adopted_with_an_unknown_start()
    {
        var row = Row("2013-04-15", "surveillance-equipment", "smc-14.18");
        Assert.Equal(
            ("Acquisition and Use of Surveillance Equipment", RuleStatus.Adopted, Certainty.Possible, DatePrecision.Unknown),
            (row.Version!.Title, row.Status, row.Certainty, row.Version.Effective.FromPrecision)
        );
        Assert.Equal(
            ("2013-03-18", "2013-03-26", "2013-03-27"),
            (row.Version.Passed.ToString(), row.Version.Signed.ToString(), row.Version.Filed.ToString())
        );
        Assert.Equal(RuleStatus.NotKnown, Row("2013-03-17", "surveillance-equipment", "smc-14.18").Status);
    }

    [Fact]
    public void In_April_2013_no_text_on_plate_readers_is_known()
    {
        var row = Row("2013-04-15", "alpr", "spd-manual-16.170");
        Assert.Equal((RuleStatus.NotKnown, null), (row.Status, row.Version));
    }

    [Fact]
    public void On_the_last_day_of_the_2013_version_the_next_version_is_known()
    {
        var row = Row("2017-08-31", "surveillance-equipment", "smc-14.18");
        Assert.Equal(
            ("Acquisition and Use of Surveillance Equipment", "Ordinance 125376", "2017-09-01", "2017-07-31"),
            (row.Version!.Title, row.Next!.By, row.Next.Effective.From.ToString(), row.Next.Passed.ToString())
        );
    }

    [Theory]
    [InlineData("2017-09-01", "Ordinance 125376", "2017-09-01")]
    [InlineData("2018-11-03", "Ordinance 125376", "2017-09-01")]
    [InlineData("2018-11-04", "Ordinance 125679", "2018-11-04")]
    public void The_surveillance_chapter_has_its_new_title_since_2017(string day, string by, string from)
    {
        var row = Row(day, "surveillance-equipment", "smc-14.18");
        Assert.Equal(
            (RuleStatus.InForce, Certainty.Certain, by, from, "Acquisition and Use of Surveillance Technologies"),
            (row.Status, row.Certainty, row.Version!.By, row.Version.Effective.From.ToString(), row.Version.Title)
        );
    }

    [Fact]
    public void The_body_worn_pilot_is_superseded_by_the_in_car_chapter_in_2020()
    {
        var chapter = Row("2020-10-01", "body-worn-video", "spd-manual-16.090");
        Assert.Equal(
            (RuleStatus.InForce, "In-Car and Body-Worn Video", "2020-10-01"),
            (chapter.Status, chapter.Version!.Title, chapter.Version.Effective.From.ToString())
        );
        var pilot = Row("2020-10-01", "body-worn-video", "spd-manual-16.091");
        Assert.Equal(
            (RuleStatus.Superseded, "spd-manual-16.090", DatePrecision.Unknown, "2020-10-01"),
            (pilot.Status, pilot.Version!.SupersededBy, pilot.Version.Effective.ToPrecision, pilot.Version.Effective.EndKnownBy.ToString())
        );
        Assert.Equal(RuleStatus.NotKnown, Row("2020-09-30", "body-worn-video", "spd-manual-16.090").Status);
        Assert.Equal(RuleStatus.InForce, Row("2020-09-30", "body-worn-video", "spd-manual-16.091").Status);
    }

    [Fact]
    public void On_29_March_2026_the_only_limit_of_patrol_plate_reads_is_90_days()
    {
        var row = Row("2026-03-29", "alpr", "spd-manual-16.170");
        Assert.Equal(RuleStatus.InForce, row.Status);
        Assert.Contains(new Retention(RetentionBound.Limit, 90, null, "patrol reads"), row.Rule!.Retention);
        Assert.Contains(new Retention(RetentionBound.Limit, null, RetentionEvent.EndOfShift, "parking reads"), row.Rule.Retention);
        Assert.Empty(row.DisagreesWith);
        Assert.DoesNotContain(
            Table.On(new DateOnly(2026, 3, 29), "alpr"),
            other => other.Status == RuleStatus.InForce && other.Rule!.Retention.Any(retention => retention.Days == 21)
        );
    }

    [Fact]
    public void On_31_March_2026_the_limits_of_21_and_90_days_contradict_each_other()
    {
        var (law, manual) = (Row("2026-03-31", "alpr", "laws-2026-ch-239"), Row("2026-03-31", "alpr", "spd-manual-16.170"));
        Assert.Equal((RuleStatus.InForce, "2026-03-30"), (law.Status, law.Version!.Effective.From.ToString()));
        Assert.Equal([new Retention(RetentionBound.Limit, 21, null, null, "with exceptions")], law.Rule!.Retention);
        Assert.Equal(RecordsAccessKind.Exempt, law.Rule.RecordsAccess.Access);
        Assert.Contains(new Retention(RetentionBound.Limit, 90, null, "patrol reads"), manual.Rule!.Retention);
        Assert.Equal(["spd-manual-16.170"], law.DisagreesWith);
        Assert.Equal(["laws-2026-ch-239"], manual.DisagreesWith);
    }

    [Fact]
    public void The_mayors_pause_holds_from_19_March_2026_and_is_not_printable()
    {
        var row = Row("2026-03-31", "alpr", "mayoral-action-2026-03-19");
        Assert.Equal(
            (RuleStatus.Paused, Confidence.Secondary, InstrumentKind.ExecutiveOrder, false),
            (row.Status, row.Version!.Source.Confidence, row.Instrument.Kind, row.IsPrintable)
        );
        Assert.Equal(RuleStatus.Paused, Row("2026-03-19", "alpr", row.Instrument.Id).Status);
        Assert.Equal(RuleStatus.NotKnown, Row("2026-03-18", "alpr", row.Instrument.Id).Status);
    }

    [Fact]
    public void The_holding_cell_chapter_is_renamed_in_2019_and_covers_police_lobbies()
    {
        Assert.Equal("Holding Cell Camera System", Row("2019-02-28", "holding-cell-camera", "spd-manual-10.060").Version!.Title);
        Assert.Equal("Holding Cell and Security Video", Row("2019-03-01", "holding-cell-camera", "spd-manual-10.060").Version!.Title);
        var lobby = Row("2019-03-01", "facility-camera", "spd-manual-10.060").Rule!;
        Assert.Equal([Capture.Video], lobby.Capture);
        Assert.Equal([new RequiredNotice(NoticeDuty.PostedSign)], lobby.Notice);
        Assert.True(lobby.AppliesTo("police") && !lobby.AppliesTo("facilities"));
        Assert.Equal(RuleStatus.NotKnown, Row("2019-02-28", "facility-camera", "spd-manual-10.060").Status);
    }

    [Fact]
    public void No_rule_in_force_allows_a_facility_camera_to_record_sound()
    {
        var rows = Table.On(new DateOnly(2026, 11, 23), "facility-camera");
        Assert.Contains(
            rows,
            row =>
                row.Instrument.Kind == InstrumentKind.CityStatement
                && row.Rule!.Capture.Contains(Capture.Audio)
                && row.Rule.Notice.Contains(new(NoticeDuty.PostedSign))
        );
        Assert.DoesNotContain(
            rows,
            row => row.Status == RuleStatus.InForce && row.Instrument.Authorises && row.Rule!.Capture.Contains(Capture.Audio)
        );
    }

    [Theory]
    [InlineData("automated-traffic-safety-camera", "smc-11.50.570", "2020-09-28", RuleStatus.NotKnown)]
    [InlineData("automated-traffic-safety-camera", "smc-11.50.570", "2020-09-29", RuleStatus.InForce)]
    [InlineData("traffic-camera", "ord-125936", "2019-09-22", RuleStatus.NotKnown)]
    [InlineData("traffic-camera", "ord-125936", "2024-09-15", RuleStatus.Adopted)]
    [InlineData("traffic-camera", "ord-125936", "2024-09-16", RuleStatus.InForce)]
    [InlineData("law-enforcement-information", "smc-14.12", "1978-12-31", RuleStatus.NotKnown)]
    [InlineData("law-enforcement-information", "smc-14.12", "1980-01-01", RuleStatus.InForce)]
    public void A_rule_is_in_force_from_the_first_day_that_a_source_shows(
        string technology,
        string instrument,
        string day,
        RuleStatus status
    ) => Assert.Equal(status, Row(day, technology, instrument).Status);

    [Fact]
    public void Every_text_and_every_purpose_has_a_source()
    {
        Assert.All(
            Table.Instruments.SelectMany(instrument => instrument.Versions),
            version => Assert.False(string.IsNullOrWhiteSpace(version.Source.Title))
        );
        Assert.All(Table.Technologies, technology => Assert.Equal(technology.Purpose is null, technology.PurposeSource is null));
        Assert.All(Table.Technologies, technology => Assert.True(Identifier.IsValid(technology.Id)));
    }
}
