using System.Buffers;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors;

/// <summary>A message that could not be read may have said anything. What its topic reports is not known any more.</summary>
public sealed class VendorStateMachineTests
{
    private const string Record = "frigate/lobby_north/status/record",
        Active = """{"UtcTime":"2026-11-23T19:59:59Z","Source":{"RecordingJobToken":"job-1"},"Data":{"State":"Active"}}""";

    private static readonly string TooLong = new('x', 70_000);

    [Theory]
    [InlineData(VendorExamples.Recorder, Record, "online", null)]
    [InlineData(VendorExamples.Garage, "city/garage-1/onvif-ej/RecordingConfig/JobState/&job-1", Active, "{")]
    [InlineData(VendorExamples.Garage, "city/garage-1/onvif-ej/RecordingConfig/JobState/&job-1", Active, null)]
    [InlineData(VendorExamples.Bridge, "amcrest2mqtt/000000001/recording", """{"state":"ON"}""", "[]")]
    [InlineData(VendorExamples.Bridge, "amcrest2mqtt/000000001/recording", """{"state":"ON"}""", null)]
    public void A_lost_message_leaves_what_its_topic_reports_in_doubt(string profile, string topic, string recording, string? lost)
    {
        var session = VendorExamples.Session(profile);
        Assert.Equal(Mode.Recorded, Assert.Single(session.Take(topic, recording).Reports).Capture[Capture.Video]);

        var answer = session.Take(topic, lost ?? TooLong);
        Assert.Equal(VendorRefusal.Shape, answer.Refusal);
        var doubt = Assert.Single(answer.Reports);
        Assert.Equal((default, false), (doubt.Capture, doubt.ProvesLife));
        Assert.Empty(session.Take(topic, lost ?? TooLong).Reports); // It is in doubt already.

        Assert.Equal(Mode.Recorded, Assert.Single(session.Take(topic, recording).Reports).Capture[Capture.Video]);
        Assert.Equal(default, Assert.Single(session.Lose(topic, VendorExamples.Now).Reports).Capture); // Unread.
    }

    [Fact]
    public void A_lost_message_puts_in_doubt_what_an_earlier_connection_reported()
    {
        var doubt = Assert.Single(VendorExamples.Session(VendorExamples.Recorder).Take(Record, TooLong).Reports);
        Assert.Equal((default, false), (doubt.Capture, doubt.ProvesLife));
    }

    [Fact]
    public void A_lost_message_on_a_topic_that_reports_no_mode_leaves_no_doubt()
    {
        var session = VendorExamples.Session(VendorExamples.Recorder);
        session.Take(Record, "online");
        Assert.Empty(session.Take("frigate/stats", "{").Reports);
        Assert.Empty(session.Lose("frigate/events", VendorExamples.Now).Reports);
        Assert.Empty(session.Lose("frigate/another/status/record", VendorExamples.Now).Reports);
    }

    [Theory]
    [InlineData("NDATA/bridge-edge")]
    [InlineData("DDATA/bridge-edge/traffic-1")]
    [InlineData("DBIRTH/bridge-edge/plates-1")]
    public void A_lost_Sparkplug_message_puts_every_unit_of_its_node_in_doubt(string topic)
    {
        var session = VendorExamples.Session(VendorExamples.Node);
        Take("NBIRTH/bridge-edge", VendorExamples.Sparkplug(0, VendorExamples.Metric("bdSeq", 0)));
        var born = Take("DBIRTH/bridge-edge/traffic-1", VendorExamples.Sparkplug(1, VendorExamples.Metric("Video/Mode", "off")));
        Assert.Equal(Mode.Off, Assert.Single(born.Reports).Capture[Capture.Video]);

        var lost = Take(topic, [0xFF]);
        Assert.Equal(VendorRefusal.Shape, lost.Refusal);
        Assert.All(lost.Reports, report => Assert.Equal((default, false), (report.Capture, report.ProvesLife)));
        Assert.Contains(lost.Reports, report => report.Device.Id == "harbor-bridge-traffic-1");
        Assert.Contains(lost.Messages, message => message.Topic == "spBv1.0/Harbor/NCMD/bridge-edge");

        // Until the births come, nothing that counts on the lost message is believed.
        var data = Take("DDATA/bridge-edge/traffic-1", VendorExamples.Sparkplug(3, VendorExamples.Metric("Video/Mode", "off")));
        Assert.All(data.Reports, report => Assert.Equal(default, report.Capture));

        VendorAnswer Take(string name, byte[] payload) =>
            session.Handle("spBv1.0/Harbor/" + name, new ReadOnlySequence<byte>(payload), false, VendorExamples.Now);
    }
}
