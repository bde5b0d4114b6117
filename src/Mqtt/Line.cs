using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// The connection of one device. It stands before the library's own and lets through one whole packet at a time, none longer than its cap:
/// the library would collect as much as a length field asks for (256 MB, before anybody signed in), and would wait for the rest of
/// a packet on a connection that has hung up already.
/// </summary>
internal sealed class Line(PipeReader input, IMqttChannelAdapter inner, Action<int> onTooLong) : IMqttChannelAdapter
{
    /// <summary>The longest first packet in bytes: id, secret and will fit well.</summary>
    public const int MaxSignInBytes = 4 * 1024;

    /// <summary>The longest packet in bytes. What is longer than a heartbeat and shorter than this is read, so that it can be refused with its own code.</summary>
    public const int MaxPacketBytes = 64 * 1024;

    /// <summary>How long a device may take to hear why its session ends.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(1);

    private const int MaxLengthBytes = 4;

    /// <summary>How the device signed in; null before. The library keeps the will to itself.</summary>
    public MqttConnectPacket? SignIn { get; private set; }

    public async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        await WaitForWholePacketAsync(SignIn is null ? MaxSignInBytes : MaxPacketBytes, cancellationToken);
        var packet = await inner.ReceivePacketAsync(cancellationToken);
        if (packet is MqttConnectPacket connect)
        {
            SignIn ??= connect;
            // A taken-over session would keep the device and the protocol version of the connection before.
            connect.CleanSession = true;
        }

        return packet;
    }

    /// <summary>Ends the line before its next packet, because the registry goes down.</summary>
    public void Close() => input.CancelPendingRead();

    private async Task WaitForWholePacketAsync(int cap, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var arrived = read.Buffer;
            var length = LengthOf(arrived);
            var isWhole = length <= arrived.Length && length <= cap;
            input.AdvanceTo(arrived.Start, isWhole ? arrived.Start : arrived.End);
            if (read.IsCanceled)
                throw await FarewellAsync(MqttDisconnectReasonCode.ServerShuttingDown, "The registry goes down.", cancellationToken);
            if (isWhole)
                return;
            if (length > cap)
            {
                onTooLong(length.Value);
                throw await FarewellAsync(MqttDisconnectReasonCode.PacketTooLarge, $"A packet of {length} bytes is over the cap of {cap} bytes.", cancellationToken);
            }

            if (read.IsCompleted)
                throw new MqttCommunicationException("The device hung up.");
        }
    }

    /// <summary>
    /// Tells the device why its session ends, if its version of MQTT can, and gives it a moment to hear it: closing at once would reset the
    /// connection under what it still sends. Returns what then ends the session.
    /// </summary>
    private async Task<MqttCommunicationException> FarewellAsync(MqttDisconnectReasonCode reason, string why, CancellationToken cancellationToken)
    {
        var end = new MqttCommunicationException(why);
        if (SignIn is null || PacketFormatterAdapter.ProtocolVersion != MqttProtocolVersion.V500)
            return end;
        using var farewell = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        farewell.CancelAfter(LongestFarewell);
        try
        {
            await inner.SendPacketAsync(new MqttDisconnectPacket { ReasonCode = reason }, farewell.Token);
            for (var rest = await input.ReadAsync(farewell.Token); !rest.IsCompleted; rest = await input.ReadAsync(farewell.Token))
                input.AdvanceTo(rest.Buffer.End);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It had its moment.
        }

        return end;
    }

    /// <summary>The whole length in bytes of the packet that begins here (MQTT 5.0 section 2.1.4), or null while it cannot be known.</summary>
    private static int? LengthOf(ReadOnlySequence<byte> arrived)
    {
        var reader = new SequenceReader<byte>(arrived);
        if (!reader.TryRead(out _))
            return null;
        var length = 0;
        for (var i = 0; i < MaxLengthBytes; i++)
        {
            if (!reader.TryRead(out var part))
                return null;
            length |= (part & 0x7F) << (7 * i);
            if ((part & 0x80) == 0)
                return (int)reader.Consumed + length;
        }

        throw new MqttProtocolViolationException("No packet has such a length.");
    }

    public long BytesReceived => inner.BytesReceived;
    public long BytesSent => inner.BytesSent;
    public X509Certificate2? ClientCertificate => inner.ClientCertificate;
    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;
    public EndPoint LocalEndPoint => inner.LocalEndPoint;
    public bool IsSecureConnection => inner.IsSecureConnection;
    public MqttPacketFormatterAdapter PacketFormatterAdapter => inner.PacketFormatterAdapter;
    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);
    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);
    public void ResetStatistics() => inner.ResetStatistics();
    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken) => inner.SendPacketAsync(packet, cancellationToken);
    public void Dispose() => inner.Dispose();
}
