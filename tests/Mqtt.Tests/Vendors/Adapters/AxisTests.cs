using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using static SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters.AdapterReports;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters;

/// <summary>Events of Axis cameras prove life, health and recording.</summary>
public sealed class AxisTests
{
    [Theory]
    [InlineData("axis/ACCC8E000001/event/tns:onvif/Device/tns:axis/Status/SystemReady")]
    [InlineData("axis/ACCC8E000001/event/onvif:Device/axis:Status/SystemReady")]
    [InlineData("axis/ACCC8E000001/event/Device/Status/SystemReady")]
    public void Events_of_a_camera_are_read_with_namespaces_and_without(string topic)
    {
        var report = Only(
            VendorExamples
                .Session(VendorExamples.Camera)
                .Take(topic, """{"timestamp":1763913600123,"message":{"source":{},"data":{"ready":"0"}}}""")
        );
        Assert.Equal(("rainier-and-alder-traffic-1", Health.Degraded, true), (report.Device.Id, report.Health, report.ProvesLife));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1763913600123), report.DeviceAt);
    }

    [Fact]
    public void A_camera_s_own_recording_proves_recording_and_its_end_proves_nothing()
    {
        var session = VendorExamples.Session(VendorExamples.Camera);
        const string topic = "axis/ACCC8E000001/event/tns:axis/Storage/Recording";
        Assert.Equal(Video(Mode.Recorded), Only(session.Take(topic, """{"message":{"data":{"recording":"1"}}}""")).Capture);
        Assert.Equal(Unknown, Only(session.Take(topic, """{"message":{"data":{"recording":"0"}}}""")).Capture);
    }

    [Fact]
    public void A_device_is_as_healthy_as_its_worst_part()
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
    public void The_will_of_a_camera_is_its_death()
    {
        var session = VendorExamples.Session(VendorExamples.Camera);
        Assert.True(Only(session.Take("axis/ACCC8E000001/event/connection", """{"connected":true}""")).ProvesLife);
        Assert.Equal(
            "rainier-and-alder-traffic-1",
            Assert.Single(session.Take("axis/ACCC8E000001/event/connection", """{"connected":false}""").Deaths).DeviceId
        );
    }
}
