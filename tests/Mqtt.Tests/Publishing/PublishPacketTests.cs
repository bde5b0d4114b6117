using System.Buffers;
using System.Text;
using CsCheck;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SurveillanceRegistry.Mqtt.Publishing;

namespace SurveillanceRegistry.Mqtt.Tests.Publishing;

/// <summary>The PUBLISH packet as it lies in a socket: read as the library writes it, and never believed beyond its end.</summary>
public sealed class PublishPacketTests
{
    private static byte[] Encode(MqttPublishPacket packet, MqttProtocolVersion version)
    {
        var formatter = new MqttPacketFormatterAdapter(version, new MqttBufferWriter(4096, 65535));
        var buffer = formatter.Encode(packet);
        return [.. buffer.Packet, .. buffer.Payload.ToArray()];
    }

    [Fact]
    public void A_PUBLISH_is_read_as_MQTTnet_writes_it_in_both_versions()
    {
        var any =
            from topic in Gen.String[Gen.Char["abcdefghij/-0123456789é"], 1, 60]
            from payload in Gen.Byte.Array[0, 700]
            from qos in Gen.Int[0, 2]
            from id in Gen.UShort[1, ushort.MaxValue]
            from flags in Gen.Int[0, 7]
            from version in Gen.Bool
            select (topic, payload, qos, id, flags, version);
        any.Sample(
            one =>
            {
                var (topic, payload, qos, id, flags, isVersion5) = one;
                var packet = new MqttPublishPacket
                {
                    Topic = topic,
                    Payload = new ReadOnlySequence<byte>(payload),
                    QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos,
                    PacketIdentifier = qos > 0 ? id : (ushort)0,
                    Retain = (flags & 1) != 0,
                    Dup = qos > 0 && (flags & 2) != 0,
                };
                if (isVersion5 && (flags & 4) != 0)
                    (packet.ContentType, packet.ResponseTopic, packet.MessageExpiryInterval, packet.UserProperties, packet.TopicAlias) = (
                        "a/b",
                        "c",
                        7,
                        [new MqttUserProperty("n", "v"u8.ToArray())],
                        3
                    );
                Assert.True(
                    PublishPacket.TryRead(
                        Encode(packet, isVersion5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311),
                        isVersion5,
                        out var read
                    )
                );
                Assert.Equal(
                    (topic, packet.QualityOfServiceLevel, packet.Retain, packet.Dup, packet.PacketIdentifier),
                    (Encoding.UTF8.GetString(read.Topic), read.Qos, read.IsRetained, read.IsDuplicate, read.PacketId)
                );
                Assert.Equal(isVersion5 && (flags & 4) != 0, read.HasTopicAlias);
                Assert.True(read.Payload.SequenceEqual(payload));
            },
            iter: Rounds.Of(3_000)
        );
    }

    [Fact]
    public void The_packet_parser_never_throws_on_any_bytes() =>
        Gen.Select(Gen.Byte.Array[0, 80], Gen.Bool, Gen.Bool)
            .Sample(
                (bytes, isVersion5, isPublish) =>
                {
                    if (isPublish && bytes.Length > 1)
                        (bytes[0], bytes[1]) = ((byte)(0x30 | bytes[0] & 15), (byte)(bytes.Length - 2));
                    PublishPacket.TryRead(bytes, isVersion5, out _);
                },
                iter: Rounds.Of(30_000)
            );

    public static TheoryData<string, byte[]> Malformed() =>
        new()
        {
            { "nothing", [] },
            { "another packet", [0xC0, 0] },
            { "QoS 3", [0x36, 5, 0, 1, (byte)'a', 0, 1] },
            { "sent again at QoS 0", [0x38, 3, 0, 1, (byte)'a'] },
            { "packet id 0", [0x32, 5, 0, 1, (byte)'a', 0, 0] },
            { "no packet id", [0x32, 3, 0, 1, (byte)'a'] },
            { "a topic longer than the packet", [0x32, 5, 0, 9, (byte)'a', 0, 1] },
            { "an empty topic", [0x32, 4, 0, 0, 0, 1] },
            { "a wildcard", [0x32, 5, 0, 1, (byte)'#', 0, 1] },
            { "a NUL", [0x32, 5, 0, 1, 0, 0, 1] },
            { "a control character", [0x32, 5, 0, 1, 0x1F, 0, 1] },
            { "ill-formed UTF-8", [0x32, 6, 0, 2, 0xFF, 0xFE, 0, 1] },
            { "a surrogate", [0x32, 7, 0, 3, 0xED, 0xA0, 0x80, 0, 1] },
            { "less than it says", [0x32, 6, 0, 1, (byte)'a', 0, 1] },
            { "more than it says", [0x32, 4, 0, 1, (byte)'a', 0, 1] },
            { "a length in more bytes than it needs", [0x32, 0x85, 0x00, 0, 1, (byte)'a', 0, 1] },
        };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Bytes_that_are_no_PUBLISH_are_refused(string what, byte[] packet) =>
        Assert.False(PublishPacket.TryRead(packet, isVersion5: false, out _), what);

    [Theory]
    [InlineData(0x0B)] // A subscription identifier comes from servers.
    [InlineData(0x7F)]
    public void A_property_that_a_PUBLISH_cannot_have_is_refused(byte property) =>
        Assert.False(PublishPacket.TryRead([0x32, 8, 0, 1, (byte)'a', 0, 1, 2, property, 0], isVersion5: true, out _));

    [Fact]
    public void The_check_of_a_PUBLISH_allocates_nothing()
    {
        byte[] properties = [0x01, 1, 0x02, 0, 0, 0, 9, 0x03, 0, 1, (byte)'a', 0x26, 0, 1, (byte)'n', 0, 2, 0xC3, 0xA9];
        byte[] packet =
        [
            0x32,
            (byte)(26 + properties.Length),
            0,
            3,
            (byte)'a',
            (byte)'/',
            (byte)'b',
            0,
            1,
            (byte)properties.Length,
            .. properties,
        ];
        packet = [.. packet, .. new byte[18]];
        Assert.True(PublishPacket.TryRead(packet, isVersion5: true, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            PublishPacket.TryRead(packet, isVersion5: true, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
