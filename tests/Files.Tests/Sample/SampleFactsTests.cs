using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Files.Tests.Fixtures;
using static SurveillanceRegistry.Files.Tests.Sample.SampleNoticesTests;
using Capture = SurveillanceRegistry.Domain.Devices.Capture;

namespace SurveillanceRegistry.Files.Tests.Sample;

/// <summary>What the sample city's notices say of certain and uncertain captures, of what nothing allows, and of fleets.</summary>
public sealed class SampleFactsTests
{
    [Fact]
    public void A_camera_that_transmits_live_stands_beside_one_that_may_be_recording()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-holding-1");
        var content = Compose(Observed(camera, PresenceState.Online, _ => Mode.Live), new CoveringDevice(camera, null));
        Assert.Equal(
            "Video: transmitted live (Holding cell cameras). Reported since 3:05 PM, November 23, 2026. "
                + "Video may be recorded (Holding cell cameras). At least one device has never reported.",
            Item(content, "en", "now")
        );
        Assert.Equal(
            "Video: con transmisión en vivo (Cámaras de celdas de detención). Informado desde el 23 de noviembre de 2026, 15:05 h. "
                + "Video: es posible que haya grabación (Cámaras de celdas de detención). Al menos un dispositivo nunca ha informado.",
            Item(content, "es", "now")
        );
    }

    [Fact]
    public void Sound_that_no_rule_allows_is_marked_in_one_plain_phrase()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-lobby-1");
        var content = Compose(Observed(camera, PresenceState.Online, _ => Mode.Recorded));
        Assert.Equal(["", "No rule allows this."], content.Now.Languages["en"].Facts.Select(fact => fact.ExceedsLine));
        Assert.Equal(["", "Ninguna norma lo permite."], content.Now.Languages["es"].Facts.Select(fact => fact.ExceedsLine));
        Assert.Equal([(false, false), (true, true)], content.Now.Facts.Select(fact => (fact.UnderReview, fact.Exceeds)));
    }

    [Fact]
    public void A_paused_camera_that_records_is_marked_as_not_allowed()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-holding-1");
        var paused = Observed(camera with { Lifecycle = Lifecycle.Paused }, PresenceState.Online, _ => Mode.Recorded);
        var content = Compose(paused, Observed(camera, PresenceState.Online, _ => Mode.Recorded));
        Assert.Equal((false, true), (content.Now.Facts.Single().UnderReview, content.Now.Facts.Single().Exceeds));
        Assert.Equal(
            "Not allowed now: the registered status of a device here is “paused”.",
            content.Now.Languages["en"].Facts.Single().ExceedsLine
        );
        Assert.Equal(
            "No está permitido ahora: el estado registrado de un dispositivo de este lugar es «en pausa».",
            content.Now.Languages["es"].Facts.Single().ExceedsLine
        );
    }

    [Fact]
    public void A_place_whose_devices_are_off_is_told_what_they_can_capture()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-lobby-1");
        var content = Compose(Observed(camera, PresenceState.Online, _ => Mode.Off));
        Assert.Empty(content.Now.Facts);
        Assert.Equal(
            "Facility security cameras here can capture video and audio. Their last reports say that this is off.",
            Item(content, "en", "what")
        );
        Assert.Equal(
            "Video and audio: reported as off (Facility security cameras). This can change at any time.",
            Item(content, "en", "now")
        );
        Assert.Equal(Item(content, "en", "what"), Item(content, "en", "surprise"));
        Assert.StartsWith("SPD Manual 10.060, ", Item(content, "en", "rule"), StringComparison.Ordinal);
        Assert.Empty(content.Missing);
    }

    [Fact]
    public void A_microphone_that_is_off_is_named_beside_the_picture_that_is_recorded()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-lobby-1");
        var content = Compose(Observed(camera, PresenceState.Online, capture => capture == Capture.Audio ? Mode.Off : Mode.Recorded));
        Assert.Equal(
            "City devices here capture, or may be capturing, video. "
                + "Facility security cameras here can capture audio. Their last reports say that this is off.",
            Item(content, "en", "what")
        );
        Assert.Equal(
            "Facility security cameras here can capture audio. Their last reports say that this is off.",
            Item(content, "en", "surprise")
        );
    }

    [Fact]
    public void A_microphone_that_is_off_is_named_beside_a_fleet_that_may_record_sound()
    {
        var camera = SampleCity.Opening.Devices.First(device => device.Id == "east-precinct-lobby-1");
        var content = NoticeComposer.Compose(
            Lobby,
            [Observed(camera, PresenceState.Online, capture => capture == Capture.Audio ? Mode.Off : Mode.Recorded)],
            SampleCity.Opening.Governance,
            Today,
            "https://city.example",
            [new PlaceFleet("body-worn-east", "body-worn-video", "police", [Capture.Video, Capture.Audio])]
        );
        Assert.Equal(
            "City devices here capture, or may be capturing, video and audio. "
                + "Facility security cameras here can capture audio. Their last reports say that this is off.",
            Item(content, "en", "what")
        );
    }

    [Fact]
    public void A_fleet_that_works_from_a_precinct_is_told_as_a_fleet_without_a_time()
    {
        var fleet = new PlaceFleet("body-worn-east", "body-worn-video", "police", [Capture.Video, Capture.Audio]);
        var content = NoticeComposer.Compose(Lobby, [], SampleCity.Opening.Governance, Today, "https://city.example", [fleet]);
        Assert.All(
            content.Now.Facts.Concat(content.Worst.Facts),
            fact =>
                Assert.Equal(
                    ("body-worn-east", Mode.Recorded, FactCertainty.Unknown, null),
                    (fact.Fleet, fact.Mode, fact.Certainty, fact.Since)
                )
        );
        Assert.Equal(
            "Video and audio may be recorded (Body-worn video). "
                + "Sample City Police Department: people who work from here carry or drive these devices. "
                + "Any of the devices may be recording.",
            Item(content, "en", "now")
        );
        Assert.Equal("Sound, including conversations, is captured or may be captured here.", Item(content, "en", "surprise"));
        Assert.Contains(
            content.Now.Languages["en"].SecondLayer,
            item => item.Text == "Body-worn video: the fleet body-worn-east works from here."
        );
    }
}
