using System.Collections.Immutable;
using System.Text.Json;
using Google.Protobuf;
using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

/// <summary>A message that the registry sends to a gateway.</summary>
/// <param name="Qos">The QoS at which it is published. A subscription may lower it.</param>
public sealed record VendorMessage(string Topic, ImmutableArray<byte> Payload, bool IsRetained, MqttQualityOfServiceLevel Qos);

/// <summary>Encodes the messages that a Sparkplug host sends (Eclipse Sparkplug 3.0 chapters 5 and 6).</summary>
public static class SparkplugHostMessages
{
    private const int BooleanType = 11;

    /// <summary>Creates the command that asks a node for its births again.</summary>
    /// <param name="node">The node as <c>group/edge</c>.</param>
    public static VendorMessage Rebirth(string node, DateTimeOffset at)
    {
        var slash = node.IndexOf('/', StringComparison.Ordinal);
        var timestamp = (ulong)at.ToUnixTimeMilliseconds();
        var metric = Encode(output =>
        {
            WriteField(output, 1, WireFormat.WireType.LengthDelimited, () => output.WriteString("Node Control/Rebirth"));
            WriteField(output, 3, WireFormat.WireType.Varint, () => output.WriteUInt64(timestamp));
            WriteField(output, 4, WireFormat.WireType.Varint, () => output.WriteUInt32(BooleanType));
            WriteField(output, 14, WireFormat.WireType.Varint, () => output.WriteBool(true));
        });
        var payload = Encode(output =>
        {
            WriteField(output, 1, WireFormat.WireType.Varint, () => output.WriteUInt64(timestamp));
            WriteField(output, 2, WireFormat.WireType.LengthDelimited, () => output.WriteBytes(ByteString.CopyFrom(metric)));
        });
        return new VendorMessage(
            $"spBv1.0/{node[..slash]}/NCMD/{node[(slash + 1)..]}",
            [.. payload],
            IsRetained: false,
            MqttQualityOfServiceLevel.AtMostOnce
        );
    }

    /// <summary>
    /// Creates the retained STATE message by which nodes see whether the registry is online. The offline one is its will, with the same
    /// timestamp.
    /// </summary>
    /// <param name="host">The host id of the profile.</param>
    /// <param name="at">When the session began.</param>
    public static VendorMessage State(string host, bool isOnline, DateTimeOffset at) =>
        new(
            $"spBv1.0/STATE/{host}",
            [.. JsonSerializer.SerializeToUtf8Bytes(new { online = isOnline, timestamp = at.ToUnixTimeMilliseconds() })],
            IsRetained: true,
            MqttQualityOfServiceLevel.AtLeastOnce
        );

    private static byte[] Encode(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            write(output);
        return bytes.ToArray();
    }

    private static void WriteField(CodedOutputStream output, int field, WireFormat.WireType type, Action write)
    {
        output.WriteTag(field, type);
        write();
    }
}
