using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using static SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters.AdapterReports;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters;

/// <summary>Every adapter reads messages for registered devices only, and never reports that less is recorded than may be.</summary>
public sealed class AdapterTests
{
    [Fact]
    public void Every_golden_message_is_read()
    {
        foreach (var vendor in VendorExamples.Goldens.GroupBy(golden => golden.Profile))
        {
            var session = VendorExamples.Session(vendor.Key);
            foreach (var golden in vendor)
            {
                Assert.Equal(TopicDecision.Read, session.Classify(golden.Topic));
                Assert.Null(session.Take(golden).Refusal);
            }
        }
    }

    [Fact]
    public void A_retained_message_never_proves_life_and_never_reports_less_than_recording()
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        var report = Only(session.Take("frigate/lobby_north/status/record", "online", isRetained: true));
        Assert.Equal((false, Mode.Recorded, null), (report.ProvesLife, report.Capture[Capture.Video], report.DeviceAt));
        Assert.Empty(
            VendorExamples.Session(VendorExamples.Recorder).Take("frigate/counter/status/audio", "online", isRetained: true).Reports
        );
        Assert.Empty(VendorExamples.Session(VendorExamples.Recorder).Take("frigate/available", "offline", isRetained: true).Deaths);
    }

    [Fact]
    public void The_end_of_a_connection_is_the_death_of_every_unit_heard_on_it()
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
    public void A_gateway_cannot_publish_for_a_device_that_is_not_behind_it()
    {
        var session = new VendorStateMachine(VendorExamples.Tables[VendorExamples.Recorder], _ => null, 1);
        Assert.Empty(session.Take("frigate/lobby_north/status/record", "online").Reports);
        Assert.Empty(session.Ended(VendorExamples.Now).Deaths);
    }

    [Theory]
    [InlineData(VendorExamples.Recorder, "frigate/unknown/status/record")]
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
    public void A_topic_of_an_unknown_unit_is_not_read(string profile, string topic) =>
        Assert.Equal(VendorRefusal.NotMapped, VendorExamples.Session(profile).Take(topic, "online").Refusal);

    [Fact]
    public void A_forbidden_topic_is_refused_whatever_unit_it_names() =>
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
    public void A_payload_of_another_shape_is_refused(string payload) =>
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
