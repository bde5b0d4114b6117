using System.Buffers;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Sparkplug;

/// <summary>The host's side of Sparkplug: births, deaths, and clients that do not keep to the specification.</summary>
public sealed class SparkplugHostTests : SparkplugTestBase
{
    [Fact]
    public void The_death_of_a_node_is_the_death_of_its_devices()
    {
        Born(bdSeq: 7);
        Assert.Equal([Plates, Traffic], Gone(Take("NDEATH", null, metrics: BdSeq(7))));
    }

    [Fact]
    public void A_stale_death_of_an_older_connection_is_ignored_even_with_a_frozen_bdSeq()
    {
        Born(Older);
        Born(Newer);
        var answer = Take("NDEATH", null, null, Older, BdSeq(0));
        Assert.True(answer.IsLate);
        Assert.Empty(answer.Facts);
        Assert.Equal(Mode.Live, VideoOf(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live"))));
    }

    [Fact]
    public void A_death_of_the_current_connection_counts_even_with_a_frozen_bdSeq()
    {
        Born(Older);
        Born(Newer);
        Assert.Contains(Traffic, Gone(Take("NDEATH", null, null, Newer, BdSeq(0))));
    }

    [Fact]
    public void A_death_with_another_bdSeq_on_the_same_connection_is_ignored()
    {
        Born(bdSeq: 8);
        Assert.True(Take("NDEATH", null, null, Newer, BdSeq(7)).IsLate);
        Assert.Contains(Traffic, Gone(Take("NDEATH", null, null, Newer, BdSeq(8))));
    }

    [Fact]
    public void A_death_counts_only_once()
    {
        Born();
        Take("NDEATH", null, metrics: BdSeq(0));
        Assert.True(Take("NDEATH", null, metrics: BdSeq(0)).IsLate);
    }

    [Fact]
    public void The_death_of_a_device_leaves_its_node_online()
    {
        Born();
        Assert.Equal([Traffic], Gone(Take("DDEATH", 2, "traffic-1")));
        Assert.Empty(Take("NDATA", 3).Commands);
    }

    [Fact]
    public void An_alias_names_a_metric_until_the_next_birth()
    {
        Born();
        Assert.Equal(Mode.Off, VideoOf(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric(null, "off", alias: 11))));
        Take("DBIRTH", 3, "traffic-1");
        Assert.False(
            Assert
                .Single(Take("DDATA", 4, "traffic-1", Newer, VendorExamples.Metric(null, "off", alias: 11)).Facts)
                .Signals.Names(Signal.Video)
        );
    }

    [Theory]
    [InlineData("unheard-of")]
    [InlineData(null)]
    [InlineData(1)]
    public void A_value_that_the_profile_does_not_know_makes_the_mode_unknown(object? value)
    {
        Born();
        var fact = Assert.Single(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", value)).Facts);
        Assert.True(fact.Signals.Names(Signal.Video));
        Assert.Null(fact.Signals[Signal.Video]);
    }

    [Fact]
    public void A_historical_metric_says_nothing_about_the_present()
    {
        Born();
        Assert.False(
            Assert
                .Single(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "off", isHistorical: true)).Facts)
                .Signals.Names(Signal.Video)
        );
    }

    [Fact]
    public void A_message_of_an_unknown_device_counts_in_the_sequence_only()
    {
        Born();
        Assert.Empty(Take("DDATA", 2, "unknown-device", Newer, VendorExamples.Metric("Video/Mode", "off")).Facts);
        Assert.Equal(Mode.Live, VideoOf(Take("DDATA", 3, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live"))));
    }

    [Fact]
    public void A_birth_clears_what_was_known_before()
    {
        Says("NBIRTH", 0, null, BdSeq(0));
        Says("DBIRTH", 1, "plates-1", VendorExamples.Metric("Plates/Reading", false), VendorExamples.Metric("Stills/Stored", 0));
        var report = Assert.Single(Says("DBIRTH", 2, "plates-1", VendorExamples.Metric("Plates/Reading", true)).Reports);
        Assert.Equal(default(CaptureReport).With(Capture.Plates, Mode.Recorded), report.Capture);
        var reborn = Assert.Single(Says("NBIRTH", 0, null, BdSeq(0)).Reports);
        Assert.Equal((default(CaptureReport), false), (reborn.Capture, reborn.ProvesLife));
    }

    [Fact]
    public void The_end_of_a_connection_ends_only_the_nodes_born_on_it()
    {
        Born(Older);
        Assert.Empty(Host.Ended(Newer, Now).Facts);
        Born(Newer);
        Assert.Empty(Host.Ended(Older, Now).Facts);
        Assert.Contains(Traffic, Gone(Host.Ended(Newer, Now)));
    }

    [Fact]
    public void A_retained_message_is_old_because_nodes_retain_none()
    {
        var golden = VendorExamples.Goldens.First(golden => golden.Profile == VendorExamples.Node);
        Assert.True(Session.Handle(golden.Topic, new ReadOnlySequence<byte>(golden.Payload), true, Now).IsLate);
    }
}
