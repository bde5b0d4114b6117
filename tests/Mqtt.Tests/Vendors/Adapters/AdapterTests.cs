using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters;

/// <summary>
/// Each vendor's messages speak for registered units, say what they say and no more, and never that less is recorded than may be.
/// </summary>
public sealed class AdapterTests
{
    private static CaptureReport Unknown => default;

    private static CaptureReport Video(Mode mode) => Unknown.With(Capture.Video, mode);

    private static UnitReport Only(VendorAnswer answer)
    {
        Assert.Null(answer.Refusal);
        return Assert.Single(answer.Words);
    }

    [Fact]
    public void Every_golden_message_is_read()
    {
        foreach (var vendor in VendorExamples.Goldens.GroupBy(golden => golden.Profile))
        {
            var session = VendorExamples.Session(vendor.Key);
            foreach (var golden in vendor)
            {
                Assert.Equal(TopicDecision.Keep, session.Classify(golden.Topic));
                Assert.Null(session.Take(golden).Refusal);
            }
        }
    }

    // Frigate.

    [Fact]
    public void A_role_that_records_is_evidence_of_recording_of_everything_that_its_recordings_hold()
    {
        var word = Only(VendorExamples.Session(VendorExamples.Recorder).Take("frigate/lobby_north/status/record", "online"));
        Assert.Equal("east-precinct-lobby-1", word.Device.Id);
        Assert.Equal(Video(Mode.Recorded).With(Capture.Audio, Mode.Recorded), word.Capture);
        Assert.Equal((Health.Ok, "0", true, null), (word.Health, word.Firmware, word.IsLife, word.DeviceAt));
        Assert.Equal((VendorExamples.Connection, 1), (word.Epoch, word.Seq));
    }

    [Fact]
    public void What_is_not_said_is_left_out() =>
        Assert.Equal(
            Unknown,
            Only(VendorExamples.Session(VendorExamples.Recorder).Take("frigate/lobby_north/status/detect", "online")).Capture
        );

    [Fact]
    public void Sound_that_is_listened_to_and_may_be_stored_with_the_pictures_is_not_said_to_be_only_live()
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        Assert.Equal(Unknown, Only(session.Take("frigate/lobby_north/status/audio", "online")).Capture);
        Assert.Equal(Mode.Recorded, Only(session.Take("frigate/lobby_north/status/record", "online")).Capture[Capture.Audio]);
    }

    [Fact]
    public void Sound_for_which_no_sensor_is_registered_is_told_beside()
    {
        var word = Only(VendorExamples.Session(VendorExamples.Recorder).Take("frigate/counter/status/audio", "online"));
        Assert.Equal((Unknown.With(Capture.Audio, Mode.Live), CaptureSet.From(Capture.Audio)), (word.Capture, word.Beyond));
    }

    /// <summary>A camera of which the register knows no microphone, in front of a recorder that stores sound.</summary>
    private static VendorStateMachine WithoutMicrophone(long connection = VendorExamples.Connection) =>
        new(
            VendorExamples.Tables[VendorExamples.Recorder],
            id => VendorExamples.Devices.First(device => device.Id == id) with { Sensors = [Capture.Video] },
            connection
        );

    [Fact]
    public void Sound_that_is_listened_to_and_may_be_stored_is_named_although_no_sensor_is_registered_for_it()
    {
        var session = WithoutMicrophone();
        var listening = Only(session.Take("frigate/lobby_north/status/audio", "online"));
        // Whether it is stored only the recorder can tell.
        Assert.Equal((Unknown, CaptureSet.From(Capture.Audio)), (listening.Capture, listening.Beyond));
        var recording = Only(session.Take("frigate/lobby_north/status/record", "online"));
        Assert.Equal(
            (Video(Mode.Recorded).With(Capture.Audio, Mode.Recorded), CaptureSet.From(Capture.Audio)),
            (recording.Capture, recording.Beyond)
        );
    }

    [Theory]
    [InlineData("offline")]
    [InlineData("no such word")]
    public void Sound_that_was_told_of_is_not_forgotten_when_the_listener_is_down(string payload)
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/counter/status/audio", "online");
        var word = Only(session.Take("frigate/counter/status/audio", payload));
        Assert.Equal((Unknown, CaptureSet.From(Capture.Audio)), (word.Capture, word.Beyond));
        session.Take("frigate/available", "offline");
        Assert.Equal(CaptureSet.From(Capture.Audio), Only(session.Take("frigate/counter/status/detect", "online")).Beyond);
    }

    [Fact]
    public void A_microphone_that_nobody_told_of_is_not_made_up()
    {
        var session = WithoutMicrophone();
        Assert.Equal(default, Only(session.Take("frigate/lobby_north/status/detect", "online")).Beyond);
        Assert.Equal(default, Only(session.Take("frigate/lobby_north/status/audio", "offline")).Beyond);
    }

    [Fact]
    public void A_word_that_was_not_kept_is_said_again_by_the_next_message_whatever_that_is_about()
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/lobby_north/status/record", "online");
        Assert.Equal(Unknown, Only(session.Take("frigate/lobby_north/status/record", "offline")).Capture);
        Assert.Empty(session.Take("frigate/lobby_north/status/record", "offline").Words); // It says nothing new.
        session.RemoveUnit("east-precinct-lobby-1");
        Assert.Equal(Unknown, Only(session.Take("frigate/lobby_north/status/record", "offline")).Capture);
        Assert.Empty(session.Take("frigate/lobby_north/status/record", "offline").Words);
    }

    [Theory]
    [InlineData("offline")]
    [InlineData("no such word")]
    [InlineData("")]
    public void A_role_that_is_down_says_nothing_is_known_and_never_off(string payload)
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/lobby_north/status/record", "online");
        var word = Only(session.Take("frigate/lobby_north/status/record", payload));
        Assert.Equal((Unknown, false), (word.Capture, word.IsLife));
    }

    [Theory]
    [InlineData("recordings/state", "OFF")]
    [InlineData("recordings/state", "ON")]
    [InlineData("audio/state", "OFF")]
    [InlineData("enabled/state", "OFF")]
    public void A_switch_is_a_wish_and_proves_nothing(string switched, string payload)
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
    public void With_the_recorder_every_camera_that_it_was_heard_of_is_gone(string payload, bool isPlanned)
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
        Assert.Empty(answer.Words);
        Assert.Empty(session.Take("frigate/available", payload, isRetained: true).Deaths);
    }

    [Fact]
    public void The_recorder_s_life_is_no_camera_s_life()
    {
        var answer = VendorExamples.Session(VendorExamples.Recorder).Take("frigate/available", "online");
        Assert.Empty(answer.Words);
        Assert.Null(answer.Refusal);
    }

    [Fact]
    public void A_camera_that_was_turned_off_in_the_recorder_is_gone_on_purpose_and_not_off()
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/lobby_north/status/record", "online");
        var answer = session.Take("frigate/lobby_north/status/record", "disabled");
        Assert.Equal(new UnitDeath("east-precinct-lobby-1", VendorExamples.Connection, true), Assert.Single(answer.Deaths));
        Assert.Equal(Unknown, Only(session.Take("frigate/lobby_north/status/detect", "online")).Capture);
    }

    [Fact]
    public void Statistics_show_life_health_version_and_skew_of_cameras_that_are_known()
    {
        var answer = VendorExamples
            .Session(VendorExamples.Recorder)
            .Take(VendorExamples.Goldens.Single(golden => golden.Topic == "frigate/stats"));
        var word = Only(answer);
        Assert.Equal(("east-precinct-lobby-1", "0.16.2", Health.Ok, true), (word.Device.Id, word.Firmware, word.Health, word.IsLife));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1763913599), word.DeviceAt);
        Assert.True(answer.Dropped >= 12, "Everything else is counted.");
    }

    [Fact]
    public void A_camera_without_pictures_is_not_alive_by_statistics()
    {
        var word = Only(
            VendorExamples
                .Session(VendorExamples.Recorder)
                .Take(
                    "frigate/stats",
                    """{"cameras":{"lobby_north":{"camera_fps":0.0,"connection_quality":"unusable"}},"service":{"version":"0.16.2-4d58206"}}"""
                )
        );
        Assert.Equal((Health.Fault, false, "0"), (word.Health, word.IsLife, word.Firmware));
    }

    // Axis.

    [Theory]
    [InlineData("axis/ACCC8E000001/event/tns:onvif/Device/tns:axis/Status/SystemReady")]
    [InlineData("axis/ACCC8E000001/event/onvif:Device/axis:Status/SystemReady")]
    [InlineData("axis/ACCC8E000001/event/Device/Status/SystemReady")]
    public void A_camera_s_events_are_read_with_namespaces_and_without(string topic)
    {
        var word = Only(
            VendorExamples
                .Session(VendorExamples.Camera)
                .Take(topic, """{"timestamp":1763913600123,"message":{"source":{},"data":{"ready":"0"}}}""")
        );
        Assert.Equal(("rainier-and-alder-traffic-1", Health.Degraded, true), (word.Device.Id, word.Health, word.IsLife));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1763913600123), word.DeviceAt);
    }

    [Fact]
    public void A_camera_s_own_recording_is_evidence_and_its_end_is_none_of_the_contrary()
    {
        var session = VendorExamples.Session(VendorExamples.Camera);
        const string topic = "axis/ACCC8E000001/event/tns:axis/Storage/Recording";
        Assert.Equal(Video(Mode.Recorded), Only(session.Take(topic, """{"message":{"data":{"recording":"1"}}}""")).Capture);
        Assert.Equal(Unknown, Only(session.Take(topic, """{"message":{"data":{"recording":"0"}}}""")).Capture);
    }

    [Fact]
    public void A_unit_is_as_well_as_its_worst_part()
    {
        var session = VendorExamples.Session(VendorExamples.Camera);
        Assert.Equal(
            Health.Degraded,
            Only(session.Take("axis/ACCC8E000001/event/tns:axis/Storage/Alert", """{"message":{"data":{"alert":"1"}}}""")).Health
        );
        Assert.Equal(
            Health.Fault,
            Only(session.Take("axis/ACCC8E000001/event/tns:axis/Storage/Disruption", """{"message":{"data":{"disruption":"1"}}}""")).Health
        );
        Assert.Equal(
            Health.Degraded,
            Only(session.Take("axis/ACCC8E000001/event/tns:axis/Storage/Disruption", """{"message":{"data":{"disruption":"0"}}}""")).Health
        );
    }

    [Fact]
    public void A_camera_s_will_ends_its_life()
    {
        var session = VendorExamples.Session(VendorExamples.Camera);
        Assert.True(Only(session.Take("axis/ACCC8E000001/event/connection", """{"connected":true}""")).IsLife);
        Assert.Equal(
            "rainier-and-alder-traffic-1",
            Assert.Single(session.Take("axis/ACCC8E000001/event/connection", """{"connected":false}""").Deaths).DeviceId
        );
    }

    // ONVIF.

    [Theory]
    [InlineData("\"Active\"", Mode.Recorded)]
    [InlineData("\"PartiallyActive\"", null)]
    [InlineData("\"Idle\"", null)]
    [InlineData("\"Error\"", null)]
    [InlineData("\"active\"", null)]
    [InlineData("true", null)]
    public void A_job_that_is_active_records_and_one_that_is_not_proves_nothing(string state, Mode? mode)
    {
        var session = VendorExamples.Session(VendorExamples.Garage);
        session.Take("city/garage-1/onvif-ej/Monitoring/ProcessorUsage/&cpu", """{"Data":{"Value":3}}""");
        var words = session
            .Take(
                "city/garage-1/onvif-ej/RecordingConfig/JobState/&job-1",
                $$$"""{"UtcTime":"2026-11-23T19:59:59Z","Source":{},"Data":{"State":{{{state}}}}}"""
            )
            .Words;
        Assert.All(words, word => Assert.Equal(mode, word.Capture[Capture.Video]));
        Assert.Equal(mode is not null, words.Any(word => word.Capture != Unknown));
    }

    [Theory]
    [InlineData("true", Health.Fault)]
    [InlineData("\"true\"", Health.Fault)]
    [InlineData("\"1\"", Health.Fault)]
    [InlineData("1", Health.Fault)]
    [InlineData("false", Health.Ok)]
    public void Flags_are_read_with_quotes_and_without(string flag, Health health) =>
        Assert.Equal(
            health,
            Only(
                VendorExamples
                    .Session(VendorExamples.Garage)
                    .Take("city/garage-1/onvif-ej/VideoSource/SignalLoss/&1", $$$"""{"Data":{"State":{{{flag}}}}}""")
            ).Health
        );

    [Fact]
    public void A_property_that_is_deleted_is_not_known_any_more()
    {
        var session = VendorExamples.Session(VendorExamples.Garage);
        session.Take("city/garage-1/onvif-ej/RecordingConfig/JobState/&job-1", """{"Data":{"State":"Active"}}""");
        Assert.Equal(Unknown, Only(session.Take("city/garage-1/onvif-ej/RecordingConfig/JobState/&job-1", "", isRetained: true)).Capture);
    }

    // Availability topics.

    [Fact]
    public void Words_of_a_profile_speak_for_units_that_only_say_whether_they_are_there()
    {
        var session = VendorExamples.Session(VendorExamples.Bridge);
        Assert.True(Only(session.Take("amcrest2mqtt/000000001/status", "online")).IsLife);
        Assert.Equal(Video(Mode.Recorded), Only(session.Take("amcrest2mqtt/000000001/recording", """{"state":"ON"}""")).Capture);
        Assert.Equal(Unknown, Only(session.Take("amcrest2mqtt/000000001/recording", """{"state":"PAUSED"}""")).Capture);
        Assert.Equal(
            "2.800.0",
            Only(session.Take("amcrest2mqtt/000000001/config", """{"sw_version":"2.800.0","host":"10.0.0.7"}""")).Firmware
        );
        Assert.Equal(
            "city-hall-lobby-3",
            Assert.Single(session.Take("amcrest2mqtt/000000001/status", "offline", isRetained: true).Deaths).DeviceId
        );
    }

    // Everybody.

    [Fact]
    public void What_is_retained_never_shows_life_nor_less_than_recording()
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        var word = Only(session.Take("frigate/lobby_north/status/record", "online", isRetained: true));
        Assert.Equal((false, Mode.Recorded, null), (word.IsLife, word.Capture[Capture.Video], word.DeviceAt));
        Assert.Empty(
            VendorExamples.Session(VendorExamples.Recorder).Take("frigate/counter/status/audio", "online", isRetained: true).Words
        );
        Assert.Empty(VendorExamples.Session(VendorExamples.Recorder).Take("frigate/available", "offline", isRetained: true).Deaths);
    }

    [Fact]
    public void The_end_of_the_connection_is_the_end_of_everybody_who_was_heard_on_it()
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take("frigate/lobby_north/status/record", "online");
        Assert.Equal(
            new UnitDeath("east-precinct-lobby-1", VendorExamples.Connection, false),
            Assert.Single(session.Ended(VendorExamples.Now).Deaths)
        );
        Assert.Empty(session.Ended(VendorExamples.Now).Deaths);
    }

    [Fact]
    public void Nobody_speaks_for_a_device_that_is_not_registered_behind_the_gateway()
    {
        var session = new VendorStateMachine(VendorExamples.Tables[VendorExamples.Recorder], _ => null, 1);
        Assert.Empty(session.Take("frigate/lobby_north/status/record", "online").Words);
        Assert.Empty(session.Ended(VendorExamples.Now).Deaths);
    }

    [Theory]
    [InlineData(VendorExamples.Recorder, "frigate/somebody/status/record")]
    [InlineData(VendorExamples.Recorder, "frigate/lobby_north/birdseye/state")]
    [InlineData(VendorExamples.Recorder, "other/lobby_north/status/record")]
    [InlineData(VendorExamples.Recorder, "frigate")]
    [InlineData(VendorExamples.Recorder, "frigate/")]
    [InlineData(VendorExamples.Recorder, "")]
    [InlineData(VendorExamples.Camera, "axis/ACCC8E000002/event/connection")]
    [InlineData(VendorExamples.Garage, "city/garage-1/onvif-ej/Media/ConfigurationChanged")]
    [InlineData(VendorExamples.Node, "spBv1.0/Harbor/NBIRTH/another-edge")]
    [InlineData(VendorExamples.Node, "spBv1.0/Harbor/NBIRTH/bridge-edge/traffic-1")]
    [InlineData(VendorExamples.Node, "spBv1.0/Harbor/DDATA/bridge-edge")]
    [InlineData(VendorExamples.Bridge, "amcrest2mqtt/000000001/storage/used_percent")]
    [InlineData(VendorExamples.Bridge, "amcrest2mqtt/000000001")]
    public void A_topic_of_nobody_is_not_read(string profile, string topic) =>
        Assert.Equal(VendorRefusal.NotMapped, VendorExamples.Session(profile).Take(topic, "online").Refusal);

    [Fact]
    public void A_forbidden_topic_is_refused_whoever_it_is_of() =>
        Assert.All(
            VendorExamples.Forbidden,
            one =>
            {
                Assert.Equal(TopicDecision.RefuseUnread, VendorExamples.Session(one.Profile).Classify(one.Topic));
                Assert.Equal(VendorRefusal.Forbidden, VendorExamples.Session(one.Profile).Take(one.Topic, "anything").Refusal);
            }
        );

    [Theory]
    [InlineData("""{"message":{"data":{"ready":"1","ready":"0"}}}""")]
    [InlineData("""{"message":{"data":{"ready":"1"}}}{}""")]
    [InlineData("""{"message":{"data":{"ready":"1"}}""")]
    [InlineData("""[]""")]
    [InlineData("""ready""")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}""")]
    public void A_payload_that_is_no_such_payload_is_refused(string payload) =>
        Assert.Equal(
            VendorRefusal.Shape,
            VendorExamples.Session(VendorExamples.Camera).Take("axis/ACCC8E000001/event/Device/Status/SystemReady", payload).Refusal
        );

    [Fact]
    public void A_payload_that_is_too_long_is_refused()
    {
        Assert.Equal(
            VendorRefusal.Shape,
            VendorExamples
                .Session(VendorExamples.Camera)
                .Take("axis/ACCC8E000001/event/Device/Status/SystemReady", new string(' ', 4096) + "{}")
                .Refusal
        );
        Assert.Equal(
            VendorRefusal.Shape,
            VendorExamples
                .Session(VendorExamples.Recorder)
                .Take("frigate/lobby_north/status/record", "online" + new string(' ', 64))
                .Refusal
        );
    }
}
