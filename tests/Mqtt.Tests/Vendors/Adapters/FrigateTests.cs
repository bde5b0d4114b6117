using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors;
using static SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters.AdapterReports;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters;

/// <summary>Status topics of Frigate's roles prove recording, and never that a camera is off.</summary>
public sealed class FrigateTests
{
    [Fact]
    public void A_role_that_records_proves_recording_of_all_captures_in_its_recordings()
    {
        var report = Only(VendorExamples.Session(VendorExamples.Recorder).Take("frigate/lobby_north/status/record", "online"));
        Assert.Equal("east-precinct-lobby-1", report.Device.Id);
        Assert.Equal(Video(Mode.Recorded).With(Capture.Audio, Mode.Recorded), report.Capture);
        Assert.Equal((Health.Ok, "0", true, null), (report.Health, report.Firmware, report.ProvesLife, report.DeviceAt));
        Assert.Equal((VendorExamples.Connection, 1), (report.Epoch, report.Seq));
    }

    [Fact]
    public void A_capture_that_no_message_names_is_left_out() =>
        Assert.Equal(
            Unknown,
            Only(VendorExamples.Session(VendorExamples.Recorder).Take("frigate/lobby_north/status/detect", "online")).Capture
        );

    [Fact]
    public void Audio_that_may_be_stored_with_the_video_is_not_reported_as_live_only()
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        Assert.Equal(Unknown, Only(session.Take("frigate/lobby_north/status/audio", "online")).Capture);
        Assert.Equal(Mode.Recorded, Only(session.Take("frigate/lobby_north/status/record", "online")).Capture[Capture.Audio]);
    }

    [Fact]
    public void Audio_without_a_registered_sensor_is_reported_as_unregistered()
    {
        var report = Only(VendorExamples.Session(VendorExamples.Recorder).Take("frigate/counter/status/audio", "online"));
        Assert.Equal(
            (Unknown.With(Capture.Audio, Mode.Live), CaptureSet.From(Capture.Audio)),
            (report.Capture, report.UnregisteredCaptures)
        );
    }

    /// <summary>A camera of which the register knows no microphone, in front of a recorder that stores sound.</summary>
    private static VendorStateMachine WithoutMicrophone(long connection = VendorExamples.Connection) =>
        new(
            VendorExamples.Tables[VendorExamples.Recorder],
            id => VendorExamples.Devices.First(device => device.Id == id) with { Sensors = [Capture.Video] },
            connection
        );

    [Fact]
    public void Audio_that_may_be_stored_is_named_although_no_sensor_is_registered()
    {
        var session = WithoutMicrophone();
        var listening = Only(session.Take("frigate/lobby_north/status/audio", "online"));
        // Whether it is stored only the recorder can tell.
        Assert.Equal((Unknown, CaptureSet.From(Capture.Audio)), (listening.Capture, listening.UnregisteredCaptures));
        var recording = Only(session.Take("frigate/lobby_north/status/record", "online"));
        Assert.Equal(
            (Video(Mode.Recorded).With(Capture.Audio, Mode.Recorded), CaptureSet.From(Capture.Audio)),
            (recording.Capture, recording.UnregisteredCaptures)
        );
    }

    [Theory]
    [InlineData("offline")]
    [InlineData("no such word")]
    public void Reported_audio_is_still_reported_when_the_listener_is_down(string payload)
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/counter/status/audio", "online");
        var report = Only(session.Take("frigate/counter/status/audio", payload));
        Assert.Equal((Unknown, CaptureSet.From(Capture.Audio)), (report.Capture, report.UnregisteredCaptures));
        session.Take("frigate/available", "offline");
        Assert.Equal(CaptureSet.From(Capture.Audio), Only(session.Take("frigate/counter/status/detect", "online")).UnregisteredCaptures);
    }

    [Fact]
    public void A_microphone_that_no_message_named_is_not_reported()
    {
        var session = WithoutMicrophone();
        Assert.Equal(default, Only(session.Take("frigate/lobby_north/status/detect", "online")).UnregisteredCaptures);
        Assert.Equal(default, Only(session.Take("frigate/lobby_north/status/audio", "offline")).UnregisteredCaptures);
    }

    [Fact]
    public void A_report_that_was_not_stored_is_repeated_with_the_next_message()
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/lobby_north/status/record", "online");
        Assert.Equal(Unknown, Only(session.Take("frigate/lobby_north/status/record", "offline")).Capture);
        Assert.Empty(session.Take("frigate/lobby_north/status/record", "offline").Reports); // The report is the same.
        session.RepeatReport("east-precinct-lobby-1");
        Assert.Equal(Unknown, Only(session.Take("frigate/lobby_north/status/record", "offline")).Capture);
        Assert.Empty(session.Take("frigate/lobby_north/status/record", "offline").Reports);
    }

    [Theory]
    [InlineData("offline")]
    [InlineData("no such word")]
    [InlineData("")]
    public void A_role_that_is_down_makes_the_mode_unknown_and_never_off(string payload)
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/lobby_north/status/record", "online");
        var report = Only(session.Take("frigate/lobby_north/status/record", payload));
        Assert.Equal((Unknown, false), (report.Capture, report.ProvesLife));
    }

    [Theory]
    [InlineData("recordings/state", "OFF")]
    [InlineData("recordings/state", "ON")]
    [InlineData("audio/state", "OFF")]
    [InlineData("enabled/state", "OFF")]
    public void A_switch_is_a_setting_and_proves_nothing(string switched, string payload)
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/lobby_north/status/record", "online");
        Assert.Equal(VendorRefusal.NotMapped, session.Take($"frigate/lobby_north/{switched}", payload, isRetained: true).Refusal);
        Assert.Equal(
            Video(Mode.Recorded).With(Capture.Audio, Mode.Recorded),
            Only(session.Take("frigate/lobby_north/status/detect", "online")).Capture
        );
    }

    [Theory]
    [InlineData("offline", false)]
    [InlineData("stopped", true)]
    public void The_death_of_the_recorder_is_the_death_of_every_camera_that_was_heard(string payload, bool isPlanned)
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/lobby_north/status/detect", "online");
        session.Take("frigate/counter/status/record", "online");
        var answer = session.Take("frigate/available", payload, isRetained: true);
        Assert.Equal(
            [
                new UnitDeath("east-precinct-lobby-1", VendorExamples.Connection, isPlanned),
                new UnitDeath("city-hall-lobby-1", VendorExamples.Connection, isPlanned),
            ],
            answer.Deaths
        );
        Assert.Empty(answer.Reports);
        Assert.Empty(session.Take("frigate/available", payload, isRetained: true).Deaths);
    }

    [Fact]
    public void The_recorder_being_online_does_not_make_a_camera_online()
    {
        var answer = VendorExamples.Session(VendorExamples.Recorder).Take("frigate/available", "online");
        Assert.Empty(answer.Reports);
        Assert.Null(answer.Refusal);
    }

    [Fact]
    public void A_camera_that_is_disabled_in_the_recorder_has_a_planned_stop_and_is_not_off()
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/lobby_north/status/record", "online");
        var answer = session.Take("frigate/lobby_north/status/record", "disabled");
        Assert.Equal(new UnitDeath("east-precinct-lobby-1", VendorExamples.Connection, true), Assert.Single(answer.Deaths));
        Assert.Equal(Unknown, Only(session.Take("frigate/lobby_north/status/detect", "online")).Capture);
    }

    [Fact]
    public void Statistics_report_life_health_version_and_skew_of_known_cameras()
    {
        var answer = VendorExamples
            .Session(VendorExamples.Recorder)
            .Take(VendorExamples.Goldens.Single(golden => golden.Topic == "frigate/stats"));
        var report = Only(answer);
        Assert.Equal(
            ("east-precinct-lobby-1", "0.16.2", Health.Ok, true),
            (report.Device.Id, report.Firmware, report.Health, report.ProvesLife)
        );
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1763913599), report.DeviceAt);
        Assert.True(answer.Dropped >= 12, "Everything else is counted.");
    }

    [Fact]
    public void Statistics_do_not_prove_life_of_a_camera_without_frames()
    {
        var report = Only(
            VendorExamples
                .Session(VendorExamples.Recorder)
                .Take(
                    "frigate/stats",
                    """{"cameras":{"lobby_north":{"camera_fps":0.0,"connection_quality":"unusable"}}"""
                        + ""","service":{"version":"0.16.2-4d58206"}}"""
                )
        );
        Assert.Equal((Health.Fault, false, "0"), (report.Health, report.ProvesLife, report.Firmware));
    }
}
