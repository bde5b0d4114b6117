using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using static SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters.AdapterReports;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters;

/// <summary>Devices that publish only their availability are read by the words of their profile.</summary>
public sealed class AvailabilityTopicsTests
{
    [Fact]
    public void Words_of_a_profile_apply_to_units_that_only_publish_their_availability()
    {
        var session = VendorExamples.Session(VendorExamples.Bridge);
        Assert.True(Only(session.Take("amcrest2mqtt/000000001/status", "online")).ProvesLife);
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
}
