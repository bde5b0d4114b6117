using System.Buffers;
using System.Text;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Sparkplug;

/// <summary>The bytes of Sparkplug payloads, read and written.</summary>
public sealed class SparkplugPayloadTests : SparkplugTestBase
{
    [Fact]
    public void The_decoder_reads_messages_of_Eclipse_Tahu()
    {
        var answers = VendorExamples.Goldens.Where(golden => golden.Profile == VendorExamples.Node).Select(Session.Take).ToArray();
        Assert.Empty(answers[0].Reports);
        var birth = Assert.Single(answers[1].Reports);
        Assert.Equal(
            (Traffic, default(CaptureReport).With(Capture.Video, Mode.Recorded), Health.Ok, "4.2.1", true),
            (birth.Device.Id, birth.Capture, birth.Health, birth.Firmware, birth.ProvesLife)
        );
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1763913600001), birth.DeviceAt);
        Assert.Equal(Mode.Live, Assert.Single(answers[2].Reports).Capture[Capture.Video]);
        Assert.Equal(new UnitDeath(Traffic, VendorExamples.Connection, false), Assert.Single(answers[3].Deaths));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("08")]
    [InlineData("12ff")]
    [InlineData("12ffffffff0f")]
    [InlineData("0a01ff1800")]
    [InlineData("188002")]
    [InlineData("1202088112031800")]
    public void A_payload_of_another_shape_is_refused(string hex) =>
        Assert.Equal(
            VendorRefusal.Shape,
            Session
                .Handle("spBv1.0/Harbor/DDATA/bridge-edge/traffic-1", new ReadOnlySequence<byte>(Convert.FromHexString(hex)), false, Now)
                .Refusal
        );

    [Fact]
    public void A_field_that_reaches_beyond_its_metric_is_refused()
    {
        // A metric of 3 bytes whose name says that it has 5.
        byte[] payload = [0x12, 3, 0x0A, 5, (byte)'H', (byte)'e', (byte)'a', (byte)'l', (byte)'t', 0x18, 0];
        Assert.Equal(
            VendorRefusal.Shape,
            Session.Handle("spBv1.0/Harbor/DDATA/bridge-edge/traffic-1", new ReadOnlySequence<byte>(payload), false, Now).Refusal
        );
    }

    [Fact]
    public void Eclipse_Tahu_reads_the_registry_s_rebirth_request()
    {
        // sparkplug-payload 1.0.3 decodes these bytes to {"timestamp":1763913600000,"metrics":[{"name":"Node
        // Control/Rebirth","timestamp":1763913600000,"type":"Boolean","value":true}]}.
        var command = SparkplugHostMessages.Rebirth("Harbor/bridge-edge", DateTimeOffset.FromUnixTimeMilliseconds(1763913600000));
        Assert.Equal(
            "088098c68bab3312210a144e6f646520436f6e74726f6c2f52656269727468188098c68bab33200b7001",
            Convert.ToHexStringLower(command.Payload.AsSpan())
        );
    }

    [Fact]
    public void The_registry_announces_itself_retained_with_its_timestamp()
    {
        var state = Assert.Single(Session.Begun(Now).Messages);
        Assert.Equal(("spBv1.0/STATE/registry", true), (state.Topic, state.IsRetained));
        Assert.Equal($$"""{"online":true,"timestamp":{{Now.ToUnixTimeMilliseconds()}}}""", Encoding.UTF8.GetString(state.Payload.AsSpan()));
    }
}
