using System.Buffers;
using CsCheck;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SurveillanceRegistry.Mqtt.Packets;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Packets;

/// <summary>The check as a whole, against MQTTnet: an encoder and a decoder that were written without it.</summary>
public sealed class PacketCheckTests
{
    /// <summary>How many random packets.</summary>
    private static readonly int Packets = Rounds.Of(10_000);

    [Fact]
    public void A_packet_begins_with_a_type_and_the_flags_of_its_type()
    {
        for (var first = 0; first < 256; first++)
        {
            var (type, flags) = (first >> 4, first & 0xF);
            var expected = type switch
            {
                0 => false,
                3 => true,
                6 or 8 or 10 => flags == 2,
                _ => flags == 0,
            };
            Assert.Equal(expected, PacketCheck.CanBegin((byte)first));
        }
    }

    [Theory]
    [InlineData(0x10, PacketCheckResult.ProtocolError)] // A second CONNECT.
    [InlineData(0x20, PacketCheckResult.ProtocolError)]
    [InlineData(0x90, PacketCheckResult.ProtocolError)]
    [InlineData(0xB0, PacketCheckResult.ProtocolError)]
    [InlineData(0xC0, PacketCheckResult.WellFormed)]
    [InlineData(0xD0, PacketCheckResult.ProtocolError)]
    [InlineData(0xE0, PacketCheckResult.WellFormed)]
    [InlineData(0xF0, PacketCheckResult.ProtocolError)]
    [InlineData(0x00, PacketCheckResult.Malformed)]
    internal void A_client_sends_only_the_packets_of_a_client(byte first, PacketCheckResult expected)
    {
        Assert.Equal(expected, PacketCheck.Check([first, 0], isVersion5: true, connectExpirySeconds: 0));
        Assert.Equal(PacketCheckResult.Malformed, PacketCheck.Check([first, 0x80, 0x00], isVersion5: true, connectExpirySeconds: 0));
    }

    private static readonly Gen<string> Text = Gen.String[Gen.Char["abcxyz/-_ é€"], 0, 12];
    private static readonly Gen<string> Topic = Gen.String[Gen.Char["abc/"], 1, 12];
    private static readonly Gen<List<MqttUserProperty>> UserProperties =
        from pairs in Gen.Select(Text, Gen.Byte[(byte)'a', (byte)'z'].Array[0, 5]).Array[0, 3]
        select pairs.Select(pair => new MqttUserProperty(pair.Item1, pair.Item2)).ToList();

    private static readonly Gen<MqttPacket> Connect =
        from id in Text.Where(id => id.Length > 0)
        from numbers in Gen.UInt.Array[4]
        from flags in Gen.Bool.Array[6]
        from qos in Gen.Enum<MqttQualityOfServiceLevel>()
        from topic in Topic
        from properties in UserProperties
        from method in Text
        select (MqttPacket)
            new MqttConnectPacket
            {
                ClientId = id,
                CleanSession = flags[0],
                KeepAlivePeriod = (ushort)numbers[0],
                SessionExpiryInterval = numbers[0],
                ReceiveMaximum = (ushort)numbers[1],
                MaximumPacketSize = numbers[2],
                TopicAliasMaximum = (ushort)numbers[3],
                RequestProblemInformation = flags[1],
                RequestResponseInformation = flags[2],
                AuthenticationMethod = flags[3] ? "m" + method : null, // MQTTnet leaves an empty one out, but not its data.
                AuthenticationData = flags[3] ? [1, 0, 255] : null,
                UserProperties = properties,
                WillFlag = flags[4],
                WillTopic = flags[4] ? topic : null,
                WillMessage = flags[4] ? [0, 1] : null,
                WillQoS = flags[4] ? qos : MqttQualityOfServiceLevel.AtMostOnce,
                WillRetain = flags[4] && flags[1],
                WillDelayInterval = flags[4] ? numbers[1] : 0,
                WillContentType = flags[4] ? method : null,
                WillUserProperties = flags[4] ? properties : null,
                Username = flags[5] ? id : null,
                Password = flags[5] ? [0, 255] : null,
            };

    private static readonly Gen<MqttPacket> Subscribe =
        from id in Gen.UShort[1, ushort.MaxValue]
        from identifier in Gen.UInt[0, 268_435_455]
        from filters in Gen.Select(Topic, Gen.Enum<MqttQualityOfServiceLevel>(), Gen.Enum<MqttRetainHandling>(), Gen.Bool).Array[1, 4]
        from properties in UserProperties
        select (MqttPacket)
            new MqttSubscribePacket
            {
                PacketIdentifier = id,
                SubscriptionIdentifier = identifier,
                UserProperties = properties,
                TopicFilters =
                [
                    .. filters.Select(filter => new MqttTopicFilter
                    {
                        Topic = filter.Item1,
                        QualityOfServiceLevel = filter.Item2,
                        RetainHandling = filter.Item3,
                        NoLocal = filter.Item4,
                        RetainAsPublished = filter.Item4,
                    }),
                ],
            };

    private static readonly Gen<MqttPacket> Others =
        from id in Gen.UShort[1, ushort.MaxValue]
        from reason in Text
        from topics in Topic.Array[1, 3]
        from properties in UserProperties
        from kind in Gen.Int[0, 6]
        select (MqttPacket)(
            kind switch
            {
                0 => new MqttPubAckPacket
                {
                    PacketIdentifier = id,
                    ReasonString = reason,
                    UserProperties = properties,
                },
                1 => new MqttPubRecPacket
                {
                    PacketIdentifier = id,
                    ReasonString = reason,
                    UserProperties = properties,
                },
                2 => new MqttPubRelPacket
                {
                    PacketIdentifier = id,
                    ReasonString = reason,
                    UserProperties = properties,
                },
                3 => new MqttPubCompPacket
                {
                    PacketIdentifier = id,
                    ReasonString = reason,
                    UserProperties = properties,
                },
                4 => new MqttUnsubscribePacket
                {
                    PacketIdentifier = id,
                    TopicFilters = [.. topics],
                    UserProperties = properties,
                },
                5 => new MqttDisconnectPacket { ReasonString = reason, UserProperties = properties },
                _ => MqttPingReqPacket.Instance,
            }
        );

    private static readonly Gen<(byte[] Bytes, bool IsVersion5)> Encoded =
        from packet in Gen.OneOf(Connect, Subscribe, Others)
        from isVersion5 in Gen.Bool
        select (Encode(packet, isVersion5), isVersion5);

    [Fact]
    public void Every_packet_that_MQTTnet_writes_conforms() =>
        Encoded.Sample(
            one => Assert.True(Check(one.Bytes, one.IsVersion5) == PacketCheckResult.WellFormed, Convert.ToHexString(one.Bytes)),
            iter: Packets
        );

    [Fact]
    public void MQTTnet_reads_every_damaged_packet_that_the_check_accepts() =>
        Gen.Select(Encoded, Gen.Select(Gen.Int[0, 200], Gen.Byte, Gen.Int[0, 2]).Array[1, 3])
            .Sample(
                (encoded, damage) =>
                {
                    var bytes = encoded.Bytes[EncodedBodyOf(encoded.Bytes)..].ToList();
                    foreach (var (at, value, act) in damage)
                    {
                        if (act == 0 && bytes.Count > at)
                            bytes.RemoveAt(at);
                        else if (act == 1)
                            bytes.Insert(Math.Min(at, bytes.Count), value);
                        else if (bytes.Count > at)
                            bytes[at] = value;
                    }

                    byte[] packet = [encoded.Bytes[0], .. RawMqttClient.Length(bytes.Count), .. bytes];
                    if (Check(packet, encoded.IsVersion5) == PacketCheckResult.WellFormed)
                        Assert.NotNull(Decode(packet, encoded.IsVersion5));
                },
                iter: Packets
            );

    [Fact]
    public void The_check_never_throws_on_any_bytes() =>
        Gen.Select(Gen.Byte, Gen.Byte.Array[0, 120], Gen.Bool)
            .Sample(
                (first, body, isVersion5) =>
                {
                    byte[] packet = [first, .. RawMqttClient.Length(body.Length), .. body];
                    Check(packet, isVersion5);
                    PublishPacket.TryRead(packet, isVersion5, out _);
                },
                iter: Packets
            );

    private static PacketCheckResult Check(byte[] packet, bool isVersion5) =>
        packet[0] == 0x10 ? ConnectCheck.Check(packet, out _) : PacketCheck.Check(packet, isVersion5, connectExpirySeconds: 60);

    private static int EncodedBodyOf(byte[] packet)
    {
        Assert.True(PacketBytes.TryVariableInteger(packet.AsSpan(1), out _, out var bytes));
        return 1 + bytes;
    }

    private static MqttPacketFormatterAdapter Formatter(bool isVersion5) =>
        new(isVersion5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311, new MqttBufferWriter(4096, 65_535));

    private static byte[] Encode(MqttPacket packet, bool isVersion5)
    {
        var buffer = Formatter(isVersion5).Encode(packet);
        return [.. buffer.Packet, .. buffer.Payload.ToArray()];
    }

    private static MqttPacket Decode(byte[] packet, bool isVersion5)
    {
        var body = EncodedBodyOf(packet);
        var level = packet[0] == 0x10 ? packet[body + 6] & 0x7F : 0;
        var received = new ReceivedMqttPacket(packet[0], new ArraySegment<byte>(packet, body, packet.Length - body), packet.Length);
        return Formatter(packet[0] == 0x10 ? level == 5 : isVersion5).Decode(received);
    }
}
