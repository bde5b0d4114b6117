using System.Text.RegularExpressions;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Files.Tests.Fixtures;
using Capture = SurveillanceRegistry.Domain.Devices.Capture;

namespace SurveillanceRegistry.Files.Tests.Sample;

/// <summary>The words of the checkout, as people in the street read them.</summary>
public sealed partial class SampleNoticesTests
{
    private static readonly DateTimeOffset Heard = new(2026, 11, 23, 23, 5, 0, TimeSpan.Zero);
    private static readonly Place Lobby = SampleCity.Opening.Places.First(place => place.Id == "east-precinct-lobby");

    private static readonly Gen<CoveringDevice> AnyDevice =
        from kind in One([.. DeviceKind.All])
        from department in One([.. SampleCity.Opening.Governance.City.Departments.Select(department => department.Id)])
        from modes in One(Enum.GetValues<Mode>()).Array[6]
        from sensors in One(Enum.GetValues<Capture>()).Array[1, 4]
        from presence in One(Enum.GetValues<PresenceState>())
        from wasHeard in Gen.Bool
        let device = new Device("camera-1", kind.Id, [.. sensors.Distinct()], "east-precinct-lobby", null, department, Lifecycle.Active)
        select wasHeard ? Seen(device, presence, capture => modes[(int)capture]) : new CoveringDevice(device, null);

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(at => values[at]);

    private static CoveringDevice Seen(Device device, PresenceState presence, Func<Capture, Mode> mode) =>
        new(
            device,
            DeviceObservation.First(
                new Heartbeat(
                    1,
                    device.Id,
                    1,
                    1,
                    Heard,
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

    private static NoticeContent Compose(params CoveringDevice[] devices) =>
        NoticeComposer.Compose(Lobby, [.. devices], SampleCity.Opening.Governance, new DateOnly(2026, 11, 23), "https://city.example");

    private static string Item(NoticeContent content, string language, string item) =>
        content.Now.Languages[language].FirstLayer.Single(line => line.Item == item).Text;

    private static IEnumerable<string> Sentences(NoticeText text) =>
        text
            .Facts.SelectMany(words => (string[])[words.Line, words.CertaintyLine, words.RuleLine, words.RetentionLine])
            .Concat(text.FirstLayer.Concat(text.SecondLayer).Select(item => item.Text));

    [Fact]
    public void Leave_no_place_unfilled_say_nothing_twice_and_begin_with_a_capital_whatever_the_facts() =>
        AnyDevice
            .Array[0, 5]
            .Sample(
                devices =>
                {
                    var content = Compose(devices);
                    foreach (
                        var sentence in new[] { content.Now, content.Worst }.SelectMany(face => face.Languages.Values).SelectMany(Sentences)
                    )
                    {
                        Assert.DoesNotMatch(@"[{}]|\.\.|  | \.|,,|: :", sentence);
                        Assert.True(sentence.Length > 0 && !char.IsLower(sentence[0]), sentence);
                        Assert.DoesNotMatch("(?i)nothing is (being )?recorded|no se graba nada", sentence);
                    }

                    foreach (
                        var item in new[] { content.Now, content.Worst }
                            .SelectMany(face => face.Languages.Values)
                            .SelectMany(text => text.FirstLayer)
                            .Where(item => item.Item is "rule" or "retention" or "who")
                    )
                        Assert.Equal(Stops().Split(item.Text), Stops().Split(item.Text).Distinct());
                },
                iter: 300
            );

    [Fact]
    public void Tell_a_lobby_that_its_cameras_record_sound_which_no_rule_allows()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-lobby-1");
        var content = Compose(Seen(camera, PresenceState.Online, _ => Mode.Recorded));
        Assert.Equal(
            "Video: recorded (Facility security cameras). Reported since 3:05 PM, November 23, 2026. Audio: recorded (Facility security cameras). Reported since 3:05 PM, November 23, 2026.",
            Item(content, "en", "now")
        );
        Assert.Equal(
            "Video: con grabación (Cámaras de seguridad de instalaciones). Informado desde el 23 de noviembre de 2026, 15:05 h. Audio: con grabación (Cámaras de seguridad de instalaciones). Informado desde el 23 de noviembre de 2026, 15:05 h.",
            Item(content, "es", "now")
        );
        Assert.Equal(
            "SPD Manual 10.060, Holding Cell and Security Video, in effect since March 1, 2019. City Privacy Statement, Video cameras; its effective date is not known. Audio: no registered rule allows all of it; this is under review.",
            Item(content, "en", "rule")
        );
        Assert.Equal("Sound, including conversations, is captured or may be captured here.", Item(content, "en", "surprise"));
        Assert.Empty(content.Missing);
    }

    [Fact]
    public void Tell_an_intersection_both_limits_for_plate_reads_and_of_which_technology_they_speak()
    {
        var content = Compose([
            .. SampleCity
                .Opening.Devices.Where(device => device.Place == "rainier-and-alder")
                .Select(device => Seen(device, PresenceState.Online, _ => Mode.Recorded)),
        ]);
        Assert.Contains(
            "Automatic license plate readers: Kept at most 21 days, with exceptions (Laws of 2026 ch. 239). Kept at most 90 days for patrol reads (SPD Manual 16.170).",
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
            item => item.Text.StartsWith("Laws of 2026 ch. 239 and SPD Manual 16.170 state different limits.", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(content.Now.Languages["en"].FirstLayer, item => item.Text.Contains("Mayor", StringComparison.Ordinal));
    }

    [Fact]
    public void Tell_a_school_zone_the_texts_that_bind_there_and_leave_the_ordinances_that_amended_them_for_those_who_want_to_know_more()
    {
        var content = Compose([
            .. SampleCity
                .Opening.Devices.Where(device => device.Place == "alder-school-zone")
                .Select(device => Seen(device, PresenceState.Online, _ => Mode.Recorded)),
        ]);
        Assert.Equal(
            "SMC 11.50.570, Automated Traffic Safety Cameras; its effective date is not known. RCW 46.63.220, Automated traffic safety cameras; its effective date is not known.",
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
    public void Say_may_be_recorded_of_a_camera_that_is_not_heard_and_since_when()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-holding-1");
        Assert.Equal(
            "Video may be recorded (Holding cell cameras). Not heard from since 3:05 PM, November 23, 2026.",
            Item(Compose(Seen(camera, PresenceState.Silent, _ => Mode.Off)), "en", "now")
        );
        Assert.Equal(
            "Video may be recorded (Holding cell cameras). At least one device has never reported.",
            Item(Compose(new CoveringDevice(camera, null)), "en", "now")
        );
    }

    [Fact]
    public void Say_of_a_place_without_devices_that_none_is_registered_and_others_may_be_present()
    {
        Assert.Equal("No City device is registered for this place. Others may be present.", Item(Compose(), "en", "what"));
        Assert.Contains("Sample data, not a notice of any city.", Item(Compose(), "en", "scope"), StringComparison.Ordinal);
    }

    [Fact]
    public void Are_marked_as_reviewed_in_English_and_not_yet_in_Spanish() =>
        Assert.Equal(
            [("en", true), ("es", false)],
            SampleCity.Opening.Governance.Wordings.Select(wording => (wording.Language, wording.Reviewed))
        );

    [Fact]
    public void Name_every_technology_purpose_class_and_note_in_every_language()
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
    private static partial Regex Stops();
}
