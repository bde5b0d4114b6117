using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Sparkplug;

/// <summary>The host restores the order of messages, and asks for births after a gap.</summary>
public sealed class SparkplugHostOrderTests : SparkplugTestBase
{
    [Fact]
    public void Seq_wraps_from_255_to_0_without_a_gap()
    {
        Take("NBIRTH", 254, null, Newer, BdSeq(0));
        Take("DBIRTH", 255, "traffic-1");
        Assert.Equal(Mode.Recorded, VideoOf(Take("DDATA", 0, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "recorded"))));
        Assert.Equal(Mode.Live, VideoOf(Take("DDATA", 1, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live"))));
    }

    [Fact]
    public void A_message_that_overtook_another_waits_for_it_over_the_wrap_too()
    {
        Take("NBIRTH", 253, null, Newer, BdSeq(0));
        Take("DBIRTH", 254, "traffic-1");
        Assert.Empty(Take("DDATA", 0, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live")).Facts);
        var both = Take("DDATA", 255, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "recorded"));
        Assert.Equal([Mode.Recorded, Mode.Live], both.Facts.Select(fact => fact.Signals[Signal.Video]));
        Assert.Null(Host.TickAt);
    }

    [Fact]
    public void A_message_that_overtook_another_waits_for_it()
    {
        Born();
        var early = Take("DDATA", 3, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live"));
        Assert.Empty(early.Facts);
        Assert.Equal(Now + SparkplugHost.ReorderWindow, Host.TickAt);
        var both = Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "recorded"));
        Assert.Equal([Mode.Recorded, Mode.Live], both.Facts.Select(fact => fact.Signals[Signal.Video]));
        Assert.Null(Host.TickAt);
        Assert.Equal(Mode.Off, VideoOf(Take("DDATA", 4, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "off"))));
    }

    [Fact]
    public void A_missing_message_makes_everything_unknown_and_causes_a_rebirth_request()
    {
        Says("NBIRTH", 0, null, BdSeq(0));
        Says("DBIRTH", 1, "traffic-1", VendorExamples.Metric("Video/Mode", "off"));
        Says("DBIRTH", 2, "plates-1", VendorExamples.Metric("Plates/Reading", false));
        Says("DDATA", 4, "traffic-1", VendorExamples.Metric("Health", 0));
        var early = Session.Tick(Now + SparkplugHost.ReorderWindow - TimeSpan.FromTicks(1));
        Assert.Empty(early.Reports);
        Assert.Empty(early.Messages);
        Now += SparkplugHost.ReorderWindow;
        var answer = Session.Tick(Now);
        AsksForBirths(answer.Messages);
        Assert.All(answer.Reports, report => Assert.Equal(default, report.Capture));
        Assert.Equal(
            [(Plates, false), (Traffic, false), (Traffic, true)],
            answer.Reports.Select(report => (report.Device.Id, report.ProvesLife))
        );

        // Until the births come, a device that publishes is online, and its mode is unknown.
        var lost = Assert.Single(Says("DDATA", 5, "traffic-1", VendorExamples.Metric("Video/Mode", "off")).Reports);
        Assert.Equal((default(CaptureReport), true), (lost.Capture, lost.ProvesLife));
        Says("NBIRTH", 0, null, BdSeq(0));
        Assert.Equal(
            Mode.Off,
            Assert.Single(Says("DBIRTH", 1, "traffic-1", VendorExamples.Metric("Video/Mode", "off")).Reports).Capture[Capture.Video]
        );
    }

    [Fact]
    public void A_rebirth_request_is_repeated_but_not_too_often()
    {
        Born();
        Take("DDATA", 3, "traffic-1");
        Now += SparkplugHost.ReorderWindow;
        AsksForBirths(Host.Tick(Now).Commands);
        Assert.Empty(Take("DDATA", 4, "traffic-1").Commands);
        Assert.Empty(Host.Tick(Now).Commands);
        Now += SparkplugHost.RebirthInterval;
        AsksForBirths(Host.Tick(Now).Commands);
        Born();
        Assert.Null(Host.TickAt);
    }

    [Fact]
    public void The_host_does_not_wait_at_a_gap_that_no_reordering_explains()
    {
        Born();
        AsksForBirths(Take("DDATA", 100, "traffic-1").Commands);
    }

    [Fact]
    public void The_host_does_not_wait_when_the_reorder_buffer_is_full()
    {
        Born();
        for (var at = 0; at < SparkplugHost.MaxReordered; at++)
            Assert.Empty(Take("DDATA", 3 + at, "traffic-1").Commands);
        AsksForBirths(Take("DDATA", 3 + SparkplugHost.MaxReordered, "traffic-1").Commands);
    }

    [Fact]
    public void A_repeated_message_is_ignored()
    {
        Born();
        Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live"));
        Assert.True(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live")).IsLate);
    }

    /// <summary>A node that does not count its messages on may say anything with the number of the last one.</summary>
    [Fact]
    public void A_message_with_the_last_number_that_says_something_else_makes_everything_unknown()
    {
        Born();
        Assert.Equal(Mode.Off, VideoOf(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "off"))));
        var other = Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "recorded"));
        Assert.False(other.IsLate);
        Assert.All(other.Facts, fact => Assert.Equal((true, default), (fact.IsWhole, fact.Signals)));
        Assert.Contains(other.Facts, fact => fact.DeviceId == Traffic);
        AsksForBirths(other.Commands);
    }

    [Fact]
    public void A_node_whose_birth_was_missed_gets_a_rebirth_request()
    {
        AsksForBirths(Take("DDATA", 17, "traffic-1", Newer, VendorExamples.Metric(null, "off", alias: 11)).Commands);
        Assert.Empty(Take("DDATA", 18, "traffic-1").Commands);
    }

    [Fact]
    public void Data_of_a_device_before_its_birth_is_ignored_and_causes_a_rebirth_request()
    {
        Take("NBIRTH", 0, null, Newer, BdSeq(0));
        var answer = Take("DDATA", 1, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "off"));
        AsksForBirths(answer.Commands);
        Assert.False(Assert.Single(answer.Facts).Signals.Names(Signal.Video));
    }
}
