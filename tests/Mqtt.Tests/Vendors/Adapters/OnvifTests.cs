using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using static SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters.AdapterReports;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters;

/// <summary>Events of ONVIF devices prove health and recording.</summary>
public sealed class OnvifTests
{
    [Theory]
    [InlineData("\"Active\"", Mode.Recorded)]
    [InlineData("\"PartiallyActive\"", null)]
    [InlineData("\"Idle\"", null)]
    [InlineData("\"Error\"", null)]
    [InlineData("\"active\"", null)]
    [InlineData("true", null)]
    public void An_active_job_records_and_an_inactive_one_proves_nothing(string state, Mode? mode)
    {
        var session = VendorExamples.Session(VendorExamples.Garage);
        session.Take("city/garage-1/onvif-ej/Monitoring/ProcessorUsage/&cpu", """{"Data":{"Value":3}}""");
        var reports = session
            .Take(
                "city/garage-1/onvif-ej/RecordingConfig/JobState/&job-1",
                $$$"""{"UtcTime":"2026-11-23T19:59:59Z","Source":{},"Data":{"State":{{{state}}}}}"""
            )
            .Reports;
        Assert.All(reports, report => Assert.Equal(mode, report.Capture[Capture.Video]));
        Assert.Equal(mode is not null, reports.Any(report => report.Capture != Unknown));
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
    public void A_deleted_property_is_no_longer_known()
    {
        var session = VendorExamples.Session(VendorExamples.Garage);
        session.Take("city/garage-1/onvif-ej/RecordingConfig/JobState/&job-1", """{"Data":{"State":"Active"}}""");
        Assert.Equal(Unknown, Only(session.Take("city/garage-1/onvif-ej/RecordingConfig/JobState/&job-1", "", isRetained: true)).Capture);
    }
}
