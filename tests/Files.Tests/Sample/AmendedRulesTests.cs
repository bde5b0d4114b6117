using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Sample;

/// <summary>What happened to real rules, which a simpler table could not hold.</summary>
public sealed class AmendedRulesTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    private static GovernanceTable Table => SampleCity.Opening.Governance.Table;

    private static Instrument Instrument(string id) => Assert.Single(Table.Instruments, instrument => instrument.Id == id);

    private static GovernanceRow Row(string technology, string instrument, string day = "2026-11-23") =>
        Assert.Single(Table.On(DateOnly.Parse(day), technology), row => row.Instrument.Id == instrument);

    [Fact]
    public void Every_row_of_the_statement_links_to_the_page_of_the_instrument_it_cites() =>
        Assert.All(
            Table.Technologies.Where(technology => technology.Statement is not null),
            technology =>
            {
                var cited = Assert.Single(Citation.FindIn(technology.Statement!.Governance));
                Assert.Equal(
                    "/instruments/" + technology.Statement.Instrument,
                    cited.Link(id => Table.Instruments.Any(instrument => instrument.Id == id))
                );
            }
        );

    [Fact]
    public void Every_instrument_with_a_citation_has_one_address() =>
        Assert.All(
            Table.Instruments,
            instrument =>
            {
                if (Citation.TryParse(instrument.Citation, out var citation))
                    Assert.Equal("/instruments/" + instrument.Id, citation.Link(id => Table.Instruments.Any(other => other.Id == id)));
                else
                    Assert.True(instrument.Kind is InstrumentKind.CityStatement or InstrumentKind.ExecutiveOrder, instrument.Citation);
            }
        );

    [Theory]
    [InlineData("smc-14.12", "1979", DatePrecision.Year)]
    [InlineData("red-light-camera-pilot", "2006-07", DatePrecision.Month)]
    [InlineData("master-list-2025-09", "2025-09", DatePrecision.Month)]
    [InlineData("rcw-10.109", "2016-06-09", DatePrecision.Day)]
    [InlineData("ord-127044", "", DatePrecision.Unknown)]
    public void A_date_is_only_as_exact_as_its_source(string instrument, string from, DatePrecision precision)
    {
        var effective = Instrument(instrument).Versions[0].Effective;
        Assert.Equal((from, precision), (effective.From.ToString(), effective.FromPrecision));
    }

    [Fact]
    public void An_ordinance_may_have_been_passed_in_a_month_without_a_known_day() =>
        Assert.Equal(
            ("2025-05", DatePrecision.Month),
            (Instrument("ord-127213").Versions[0].Passed.ToString(), Instrument("ord-127213").Versions[0].Passed!.Value.Precision)
        );

    [Fact]
    public void One_ordinance_governs_two_technologies_and_several_texts_govern_one()
    {
        Assert.Equal(["alpr", "traffic-camera"], Instrument("ord-125936").Versions.Single().Rules.Select(rule => rule.Technology).Order());
        var kinds = Table
            .On(Today, "alpr")
            .Where(row => row.IsPrintable && row.Rule!.AppliesTo("police"))
            .Select(row => row.Instrument.Kind)
            .ToHashSet();
        Assert.Superset(
            new HashSet<InstrumentKind> { InstrumentKind.ManualChapter, InstrumentKind.Ordinance, InstrumentKind.StateLaw },
            kinds
        );
    }

    [Fact]
    public void A_limit_of_30_days_and_a_practice_of_5_days_do_not_contradict()
    {
        var (limit, practice) = (Row("public-cctv", "ord-127110"), Row("public-cctv", "spd-cctv-page"));
        Assert.Equal([new Retention(RetentionBound.Limit, 30)], limit.Rule!.Retention);
        Assert.Equal([new Retention(RetentionBound.Practice, 5, null, null, "on the camera")], practice.Rule!.Retention);
        Assert.True(limit.Instrument.Authorises && !practice.Instrument.Authorises);
        Assert.Empty(limit.DisagreesWith.AddRange(practice.DisagreesWith));
    }

    [Fact]
    public void A_version_has_separate_days_of_passing_signing_filing_effect_and_reading()
    {
        var (first, last) = (Instrument("smc-14.18").Versions[0], Instrument("smc-14.18").Versions[^1]);
        Assert.Equal(
            ("2013-03-18", "2013-03-26", "2013-03-27", null),
            (first.Passed.ToString(), first.Signed.ToString(), first.Filed.ToString(), first.Effective.From)
        );
        Assert.Equal(
            ("2018-09-24", "2018-11-04", new DateOnly(2026, 11, 23)),
            (last.Passed.ToString(), last.Effective.From.ToString(), last.Source.ReadOn)
        );
        Assert.Equal(
            ("2017-11-30", "2024-09-16"),
            (Instrument("master-list").Versions[0].Filed.ToString(), Instrument("master-list").Versions[1].Filed.ToString())
        );
    }

    [Theory]
    [InlineData("spd-manual-10.060", "Holding Cell Camera System", "Holding Cell and Security Video")]
    [InlineData("spd-manual-16.090", "In-Car Video", "In-Car and Body-Worn Video")]
    [InlineData("smc-14.18", "Acquisition and Use of Surveillance Equipment", "Acquisition and Use of Surveillance Technologies")]
    public void A_chapter_changes_its_title_and_keeps_its_number(string instrument, string before, string now) =>
        Assert.Equal((before, now), (Instrument(instrument).Versions[0].Title, Instrument(instrument).Versions[^1].Title));

    [Theory]
    [InlineData("alpr", "master-list-2025-09", "transportation")]
    [InlineData("holding-cell-camera", "master-list-2025-09", "police")]
    public void A_delisted_technology_still_has_a_row_because_devices_may_remain(string technology, string instrument, string department)
    {
        var row = Row(technology, instrument);
        Assert.False(row.Instrument.Authorises);
        Assert.True(row.Rule!.Capture.IsEmpty);
        Assert.Equal(Confidence.Secondary, row.Version!.Source.Confidence);
        Assert.False(row.IsPrintable);
        Assert.True(row.Rule.AppliesTo(department));
        Assert.Contains("no longer listed", row.Rule.Note, StringComparison.Ordinal);
        Assert.Matches("remain|still have devices", row.Rule.Note!);
    }

    [Fact]
    public void Two_statements_on_facial_recognition_stand_beside_each_other()
    {
        var (emergencies, cameras) = (
            Row("facial-recognition", "city-privacy-statement-emergency"),
            Row("facial-recognition", "spd-facial-recognition")
        );
        Assert.Equal(
            (Confidence.Sourced, Confidence.Secondary),
            (emergencies.Version!.Source.Confidence, cameras.Version!.Source.Confidence)
        );
        Assert.All([emergencies, cameras], row => Assert.Equal(InstrumentKind.CityStatement, row.Instrument.Kind));
        Assert.Equal([Capture.Faces], emergencies.Rule!.Capture);
        Assert.Empty(cameras.Rule!.Capture);
        Assert.Contains("emergency", emergencies.Rule.Note, StringComparison.Ordinal);
        Assert.Contains("CCTV", cameras.Rule.Note, StringComparison.Ordinal);
        Assert.Contains(cameras.Instrument.Id, emergencies.Rule.Note, StringComparison.Ordinal);
        Assert.Contains(emergencies.Instrument.Id, cameras.Rule.Note, StringComparison.Ordinal);
        // Neither is a law, so no rule allows a device to analyse faces.
        Assert.DoesNotContain(Table.On(Today), row => row.Instrument.Authorises && row.Rule?.Capture.Contains(Capture.Faces) == true);
    }

    [Fact]
    public void The_state_law_on_traffic_cameras_is_superseded_by_another_section()
    {
        Assert.Equal(RuleStatus.InForce, Row("automated-traffic-safety-camera", "rcw-46.63.170", "2005-07-24").Status);
        Assert.Equal(
            (RuleStatus.Superseded, "rcw-46.63.220"),
            (
                Row("automated-traffic-safety-camera", "rcw-46.63.170").Status,
                Row("automated-traffic-safety-camera", "rcw-46.63.170").Version!.SupersededBy
            )
        );
        Assert.Contains(
            new RequiredNotice(NoticeDuty.SignBeforeActivation, 30),
            Row("automated-traffic-safety-camera", "rcw-46.63.220").Rule!.Notice
        );
    }

    [Fact]
    public void State_law_keeps_body_worn_recordings_60_days_and_requires_spoken_notice()
    {
        Assert.Equal([new Retention(RetentionBound.Minimum, 60)], Row("body-worn-video", "rcw-42.56").Rule!.Retention);
        Assert.Equal([new RequiredNotice(NoticeDuty.Spoken)], Row("body-worn-video", "rcw-10.109").Rule!.Notice);
        Assert.Equal(RuleStatus.NotKnown, Row("body-worn-video", "rcw-10.109", "2016-06-08").Status);
    }

    [Fact]
    public void An_interview_room_may_record_sound_and_a_holding_cell_may_not()
    {
        bool Allows(string technology) =>
            Table
                .On(Today, technology)
                .Any(row => row.Status == RuleStatus.InForce && row.Instrument.Authorises && row.Rule!.Capture.Contains(Capture.Audio));
        Assert.True(Allows("interview-room-camera"));
        Assert.False(Allows("holding-cell-camera"));
        Assert.Equal(RetentionEvent.EndOfSentence, Assert.Single(Row("interview-room-camera", "rcw-10.122").Rule!.Retention).Event);
    }

    [Fact]
    public void A_rule_without_a_sourced_text_is_not_printable()
    {
        Assert.All(
            ["cb-121052", "cb-121053", "cb-121179", "rtcc-launch", "cb-120026"],
            id => Assert.NotEqual(Confidence.Sourced, Instrument(id).Versions.Single().Source.Confidence)
        );
        Assert.Equal(
            (Confidence.Unsure, Confidence.Unsure),
            (Instrument("cb-121052").Versions[0].Source.Confidence, Instrument("cb-121179").Versions[0].Source.Confidence)
        );
        Assert.All(
            Table.On(Today).Where(row => row.Version?.Source.Confidence != Confidence.Sourced),
            row => Assert.False(row.IsPrintable)
        );
    }

    [Fact]
    public void The_pause_stops_plate_readers_and_not_the_existing_public_cameras()
    {
        Assert.Equal("alpr", Assert.Single(Table.On(Today), row => row.Status == RuleStatus.Paused).Technology.Id);
        Assert.False(Row("public-cctv", "mayoral-action-2026-03-19").Rule!.Pauses);
    }

    [Fact]
    public void Every_kind_of_device_has_a_printable_text_of_its_technology() =>
        Assert.All(DeviceKind.All, kind => Assert.Contains(Table.On(Today, kind.Technology), row => row.IsPrintable));

    [Fact]
    public void Telephone_calls_are_listed_as_out_of_scope()
    {
        var outside = Assert.Single(SampleCity.Opening.Governance.City.OutOfScope);
        Assert.Contains("telephone calls", outside.Name, StringComparison.Ordinal);
        Assert.Equal(Confidence.Sourced, outside.Source.Confidence);
        var city = System.Text.Json.JsonSerializer.Deserialize<City>(
            System.Text.Json.JsonSerializer.Serialize(SampleCity.Opening.Governance.City, Json.Options),
            Json.Options
        )!;
        Assert.Equal(outside, Assert.Single(city.OutOfScope));
    }
}
