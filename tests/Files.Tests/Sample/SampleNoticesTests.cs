using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Files.Tests.Fixtures;
using Capture = SurveillanceRegistry.Domain.Devices.Capture;

namespace SurveillanceRegistry.Files.Tests.Sample;

/// <summary>The notices of the sample city, with its wordings.</summary>
public sealed partial class SampleNoticesTests
{
    private static readonly DateTimeOffset HeardAt = new(2026, 11, 23, 23, 5, 0, TimeSpan.Zero);
    internal static readonly DateOnly Today = new(2026, 11, 23);
    internal static readonly Place Lobby = SampleCity.Opening.Places.First(place => place.Id == "east-precinct-lobby");

    internal static readonly Gen<CoveringDevice> AnyDevice =
        from kind in OneOf([.. DeviceKind.All])
        from department in OneOf([.. SampleCity.Opening.Governance.City.Departments.Select(department => department.Id)])
        from modes in OneOf(Enum.GetValues<Mode>()).Array[6]
        from sensors in OneOf(Enum.GetValues<Capture>()).Array[1, 4]
        from presence in OneOf(Enum.GetValues<PresenceState>())
        from lifecycle in OneOf(Enum.GetValues<Lifecycle>())
        from wasHeard in Gen.Bool
        let device = Device.Of("camera-1", kind.Id, [.. sensors.Distinct()], "east-precinct-lobby", null, department, lifecycle)
        select wasHeard ? Observed(device, presence, capture => modes[(int)capture]) : new CoveringDevice(device, null);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    internal static CoveringDevice Observed(Device device, PresenceState presence, Func<Capture, Mode> mode) =>
        new(
            device,
            DeviceObservation.FromFirstHeartbeat(
                new Heartbeat(
                    1,
                    device.Id,
                    1,
                    1,
                    HeardAt,
                    null,
                    device.Sensors.Aggregate(default(CaptureReport), (report, sensor) => report.With(sensor, mode(sensor))),
                    Health.Ok,
                    "1.0",
                    null
                )
            ) with
            {
                Presence = presence,
            }
        );

    internal static NoticeContent Compose(params CoveringDevice[] devices) =>
        NoticeComposer.Compose(Lobby, [.. devices], SampleCity.Opening.Governance, Today, "https://city.example");

    internal static string Item(NoticeContent content, string language, string item) =>
        content.Now.Languages[language].FirstLayer.Single(line => line.Item == item).Text;

    internal static IEnumerable<string> Sentences(NoticeText text) =>
        text
            .Facts.SelectMany(fact => (string[])[fact.Line, fact.CertaintyLine, fact.ExceedsLine, fact.RuleLine, fact.RetentionLine])
            .Where(sentence => sentence.Length > 0)
            .Concat(text.FirstLayer.Concat(text.SecondLayer).Select(item => item.Text))
            .Concat(ViewSentences(text.FirstView));

    internal static IEnumerable<string> ViewSentences(FirstView view) =>
        view
            .Rows.SelectMany(row => row.States)
            .SelectMany(state => (string[])[state.Text, state.Detail, state.Exceeds])
            .Where(sentence => sentence.Length > 0)
            .Prepend(view.Headline)
            .Concat(view.Items.Where(item => item.Item != "more").Select(item => item.Text));

    [Fact]
    public void Every_notice_fills_its_placeholders_and_has_whole_sentences_said_once() =>
        AnyDevice.Array[0, 5].Sample(devices => AssertWholeSentences(Compose(devices)), iter: Rounds.Of(300));

    [Theory]
    [InlineData(
        "with exceptions for evidence",
        "21 days, with exceptions for evidence (",
        "21 días; en inglés: “with exceptions for evidence” ("
    )]
    [InlineData("with exceptions", "21 days, with exceptions (", "21 días, con excepciones (")]
    public void An_English_note_of_a_period_is_said_to_be_English_where_it_has_no_translation(string note, string english, string spanish)
    {
        var (content, _) = Stating($"limit 21 days | | {note}");
        Assert.Contains(english, content.Now.Languages["en"].Facts[0].RetentionLine, StringComparison.Ordinal);
        Assert.Contains(spanish, content.Now.Languages["es"].Facts[0].RetentionLine, StringComparison.Ordinal);
    }

    /// <summary>The notice of the lobby where every rule states one retention.</summary>
    private static (NoticeContent Content, GovernanceSnapshot Governance) Stating(string stated)
    {
        Assert.True(RuleText.TryRead(stated, out Retention retention));
        var governance = SampleCity.Opening.Governance;
        var instruments = governance.Table.Instruments.Select(instrument =>
            instrument with
            {
                Versions =
                [
                    .. instrument.Versions.Select(version =>
                        version with
                        {
                            Rules = [.. version.Rules.Select(rule => rule with { Retention = [retention] })],
                        }
                    ),
                ],
            }
        );
        var changed = governance with { Table = new GovernanceTable(governance.Table.Technologies, [.. instruments]) };
        var camera = SampleCity.Opening.Devices.First(device => device.Place == Lobby.Id);
        var device = Observed(camera, PresenceState.Online, _ => Mode.Recorded);
        return (NoticeComposer.Compose(Lobby, [device], changed, Today, "https://city.example"), changed);
    }

    [Theory]
    [InlineData("limit 6 months", "Kept at most 6 months (", "Se conserva como máximo 6 meses (", "\"days\":null,\"months\":6,")]
    [InlineData("minimum 1 year", "Kept at least 1 year (", "Se conserva al menos 1 año (", "\"days\":null,\"years\":1,")]
    [InlineData("practice 1 month", "In practice kept 1 month (", "En la práctica se conserva 1 mes (", "\"days\":null,\"months\":1,")]
    public void A_period_of_months_or_years_is_printed_as_the_law_states_it(string stated, string english, string spanish, string payload)
    {
        var (content, changed) = Stating(stated);
        Assert.Contains(english, content.Now.Languages["en"].Facts[0].RetentionLine, StringComparison.Ordinal);
        Assert.Contains(spanish, content.Now.Languages["es"].Facts[0].RetentionLine, StringComparison.Ordinal);
        var signed = Encoding.UTF8.GetString(NoticePayload.Write(content, changed, 1, HeardAt, null));
        Assert.Contains(payload, signed, StringComparison.Ordinal);
    }

    private static void AssertWholeSentences(NoticeContent content)
    {
        NoticeText[] texts = [.. content.Now.Languages.Values, .. content.Worst.Languages.Values];
        foreach (var sentence in texts.SelectMany(Sentences))
        {
            Assert.DoesNotMatch(@"[{}]|\.\.|  | \.|,,|: :", sentence);
            Assert.False(char.IsLower(sentence[0]), sentence);
        }

        var items = texts.SelectMany(text => text.FirstLayer).Where(item => item.Item is "rule" or "retention" or "who");
        foreach (var item in items)
            Assert.Equal(SentenceEnd().Split(item.Text), SentenceEnd().Split(item.Text).Distinct());
    }

    [Fact]
    public void A_lobby_is_told_that_its_cameras_record_sound_which_no_rule_allows()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-lobby-1");
        var content = Compose(Observed(camera, PresenceState.Online, _ => Mode.Recorded));
        Assert.Equal(
            "Video: recorded (Facility security cameras). Reported since 3:05 PM, November 23, 2026. "
                + "Audio: recorded (Facility security cameras). Reported since 3:05 PM, November 23, 2026.",
            Item(content, "en", "now")
        );
        Assert.Equal(
            "Video: con grabación (Cámaras de seguridad de instalaciones). Informado desde el 23 de noviembre de 2026, 15:05 h. "
                + "Audio: con grabación (Cámaras de seguridad de instalaciones). Informado desde el 23 de noviembre de 2026, 15:05 h.",
            Item(content, "es", "now")
        );
        Assert.Equal(
            "SPD Manual 10.060, Holding Cell and Security Video, in effect since March 1, 2019. "
                + "City Privacy Statement, Video cameras; its effective date is not known. "
                + "Audio: no registered rule allows this; it is under review.",
            Item(content, "en", "rule")
        );
        Assert.Equal("Sound, including conversations, is captured or may be captured here.", Item(content, "en", "surprise"));
        Assert.Empty(content.Missing);
    }

    [Fact]
    public void An_intersection_is_told_both_limits_for_plate_reads_and_their_technology()
    {
        var content = Compose([
            .. SampleCity
                .Opening.Devices.Where(device => device.Place == "rainier-and-alder")
                .Select(device => Observed(device, PresenceState.Online, _ => Mode.Recorded)),
        ]);
        Assert.Contains(
            "Automatic license plate readers: Kept at most 21 days, with exceptions (Laws of 2026 ch. 239). "
                + "Kept at most 90 days for patrol reads (SPD Manual 16.170).",
            Item(content, "en", "retention"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Some records are exempt from public disclosure (Laws of 2026 ch. 239).",
            Item(content, "en", "access"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            content.Now.Languages["en"].SecondLayer,
            item =>
                item.Text.StartsWith(
                    "Laws of 2026 ch. 239 and SPD Manual 16.170 differ on how long recordings are kept.",
                    StringComparison.Ordinal
                )
        );
        Assert.DoesNotContain(content.Now.Languages["en"].FirstLayer, item => item.Text.Contains("Mayor", StringComparison.Ordinal));
    }

    [Fact]
    public void The_first_layer_of_a_school_zone_names_the_laws_and_no_amending_ordinance()
    {
        var content = Compose([
            .. SampleCity
                .Opening.Devices.Where(device => device.Place == "alder-school-zone")
                .Select(device => Observed(device, PresenceState.Online, _ => Mode.Recorded)),
        ]);
        Assert.Equal(
            "SMC 11.50.570, Automated Traffic Safety Cameras; its effective date is not known. "
                + "RCW 46.63.220, Automated traffic safety cameras; its effective date is not known.",
            Item(content, "en", "rule")
        );
        Assert.Contains(
            content.Now.Languages["en"].SecondLayer,
            item => item.Text.StartsWith("Ordinance 126183, ", StringComparison.Ordinal)
        );
        Assert.Contains(content.Now.Facts.Single().GovernedBy, text => text.Instrument == "ord-126183");
        Assert.Equal("smc-11.50.570", content.Now.Facts.Single().GovernedBy[0].Instrument);
    }

    [Fact]
    public void A_silent_camera_may_be_recording_and_the_notice_says_since_when()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-holding-1");
        Assert.Equal(
            "Video may be recorded (Holding cell cameras). No report since 3:05 PM, November 23, 2026.",
            Item(Compose(Observed(camera, PresenceState.Silent, _ => Mode.Off)), "en", "now")
        );
        Assert.Equal(
            "Video may be recorded (Holding cell cameras). At least one device has never reported.",
            Item(Compose(new CoveringDevice(camera, null)), "en", "now")
        );
    }

    [Fact]
    public void A_place_without_devices_is_told_that_unregistered_ones_may_be_present()
    {
        Assert.Equal("No City device is registered for this place. Others may be present.", Item(Compose(), "en", "what"));
        Assert.Contains("Sample data, not a notice of any city.", Item(Compose(), "en", "scope"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_English_wording_is_reviewed_and_the_Spanish_one_is_not_yet() =>
        Assert.Equal(
            [("en", true), ("es", false)],
            SampleCity.Opening.Governance.Wordings.Select(wording => (wording.Language, wording.Reviewed))
        );

    [Fact]
    public void Every_wording_names_every_technology_purpose_class_and_note()
    {
        var table = SampleCity.Opening.Governance.Table;
        var retention = table
            .Instruments.SelectMany(instrument => instrument.Versions)
            .SelectMany(version => version.Rules)
            .SelectMany(rule => rule.Retention)
            .ToArray();
        string[] keys =
        [
            .. table.Technologies.Select(technology => "technology." + technology.Id),
            .. table.Technologies.Where(technology => technology.Purpose is not null).Select(technology => "purpose." + technology.Id),
            .. retention.Where(stated => stated.DataClass is not null).Select(stated => "class." + stated.DataClass!.Replace(' ', '-')),
            .. retention.Where(stated => stated.Note is not null).Select(stated => "note." + stated.Note!.Replace(' ', '-')),
        ];
        Assert.All(SampleCity.Opening.Governance.Wordings, wording => Assert.Empty(keys.Except(wording.Texts.Keys)));
    }

    [GeneratedRegex(@"(?<=\.) ")]
    private static partial Regex SentenceEnd();
}
