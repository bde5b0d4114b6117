using System.Buffers;
using System.IO.Pipelines;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using SurveillanceRegistry.Mqtt.Packets;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Publishing.Rejections;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Reads one connection packet by packet. It hands the publishes of a signed-in client to the <see cref="PublishHandler"/> as bytes, checks
/// every other packet, and leaves it in the pipe for MQTTnet. Only the reading thread calls it.
/// </summary>
internal sealed class PacketReceiver(
    ClientConnection connection,
    PipeReader input,
    AcknowledgementWriter writer,
    ConnectionTimeouts timeouts,
    DisconnectState disconnect,
    PublishHandler publishes,
    Action<int> onOversized,
    Action<MqttConnectReasonCode> onMalformedConnect
)
{
    private const int MaxStackBytes = 1024;

    private int MaxPacketBytes => connection.ConnectPacket is null ? PacketFramer.MaxSignInBytes : PacketFramer.MaxPacketBytes;

    /// <summary>Handles publishes until a whole packet for MQTTnet is first in the pipe.</summary>
    /// <returns>Why the session ends; null when MQTTnet may read its packet.</returns>
    /// <exception cref="MqttCommunicationException">The client closed the connection.</exception>
    public async Task<DisconnectCause?> ReadToLibraryPacketAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (disconnect.Cause is { } ended) // Checked before each read: MQTTnet's own read may have consumed the cancellation.
                return ended;
            if (!writer.CanWrite)
                await writer.WaitForDrainAsync();
            var read = await input.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            if (read.IsCanceled)
            {
                input.AdvanceTo(rest.Start);
                return disconnect.Cause!;
            }

            timeouts.OnReceived();
            while (disconnect.Cause is null && PacketFramer.TryReadFrame(rest, MaxPacketBytes, out var packet))
            {
                if (connection.Session is not { } session || !PublishPacket.Is(packet.FirstSpan[0]))
                    return AdvanceToLibraryPacket(packet);
                if (await HandlePublishAsync(session, packet) is { } cause)
                {
                    input.AdvanceTo(packet.End);
                    return End(cause);
                }

                rest = rest.Slice(packet.End);
                timeouts.OnPacketCompleted();
                if (!writer.CanWrite)
                    await writer.WaitForDrainAsync();
            }

            if (CanSkip(rest, out var skipped))
            {
                if (await SkipAsync(connection.Session!, rest, skipped, cancellationToken) is { } cause)
                    return End(cause);
                continue;
            }

            var refused = FindRefusedStart(rest);
            if (refused is null)
                timeouts.OnReadCompleted(isPacketUnfinished: !rest.IsEmpty);
            input.AdvanceTo(rest.Start, rest.End);
            if (refused is not null)
                return End(refused);
            if (read.IsCompleted)
                throw new MqttCommunicationException("The client closed the connection.");
        }
    }

    /// <summary>Cancels the read that waits for bytes. Any thread may call it.</summary>
    public void CancelRead() => input.CancelPendingRead();

    /// <summary>Reads and drops bytes until the client closes the connection.</summary>
    public async Task DiscardUntilClosedAsync(CancellationToken cancellationToken)
    {
        for (var read = await input.ReadAsync(cancellationToken); !read.IsCompleted; read = await input.ReadAsync(cancellationToken))
            input.AdvanceTo(read.Buffer.End);
    }

    /// <summary>Leaves a packet in the pipe for MQTTnet, or returns why the session ends if MQTTnet must not read it.</summary>
    private DisconnectCause? AdvanceToLibraryPacket(in ReadOnlySequence<byte> packet)
    {
        if (FindFault(packet.IsSingleSegment ? packet.FirstSpan : packet.ToArray()) is { } cause)
        {
            input.AdvanceTo(packet.End);
            return End(cause);
        }

        input.AdvanceTo(packet.Start, packet.Start);
        timeouts.OnPacketCompleted();
        return null;
    }

    /// <summary>Checks a packet that is not a PUBLISH. A CONNECT that does not conform is answered here.</summary>
    /// <returns>Why the connection ends; null when MQTTnet may read the packet.</returns>
    private DisconnectCause? FindFault(ReadOnlySpan<byte> packet)
    {
        const string why = "The client sent a packet that does not conform to MQTT.";
        if (connection.Session is { } session)
            return
                PacketCheck.Check(packet, session.IsVersion5, connection.ConnectPacket!.SessionExpiryInterval)
                    is not PacketCheckResult.WellFormed
                        and var fault
                ? new DisconnectCause(fault.Disconnect(), why)
                : null;
        var result = ConnectCheck.Check(packet, out var level);
        if (result == PacketCheckResult.WellFormed)
            return null;
        onMalformedConnect(result.ConnAck());
        writer.Send(ConnectRefusal.ConnAck(result, level));
        return new DisconnectCause(null, why);
    }

    /// <summary>Hands a PUBLISH to the handler as one span. The handler keeps nothing of the bytes.</summary>
    private ValueTask<DisconnectCause?> HandlePublishAsync(Session session, in ReadOnlySequence<byte> packet)
    {
        if (packet.IsSingleSegment)
            return publishes.HandleAsync(session, packet.FirstSpan);
        var length = (int)packet.Length;
        if (length <= MaxStackBytes)
        {
            Span<byte> copy = stackalloc byte[length];
            packet.CopyTo(copy);
            return publishes.HandleAsync(session, copy);
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            packet.CopyTo(rented);
            return publishes.HandleAsync(session, rented.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>
    /// Whether these bytes begin a gateway's publish over the packet cap on a vendor's topic. The registry drops such a payload and keeps
    /// the session. False until topic and properties have arrived.
    /// </summary>
    private bool CanSkip(in ReadOnlySequence<byte> received, out SkippedPublish skipped)
    {
        skipped = default;
        if (
            connection.Session is not { Vendor: not null } gateway
            || received.Length < MaxPacketBytes
            || !PublishPacket.Is(received.FirstSpan[0])
            || PacketFramer.PacketLength(received) is not (> PacketFramer.MaxPacketBytes and var length)
        )
            return false;
        var start = ArrayPool<byte>.Shared.Rent(MaxPacketBytes);
        try
        {
            received.Slice(0, MaxPacketBytes).CopyTo(start);
            return publishes.Vendors.CanSkip(gateway, start.AsSpan(0, MaxPacketBytes), length, out skipped);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(start, clearArray: true);
        }
    }

    /// <summary>
    /// Drops the bytes of a publish as they come, and then acknowledges it. It may take longer than other packets; the client may not be
    /// silent longer than its keep-alive allows.
    /// </summary>
    private async Task<DisconnectCause?> SkipAsync(
        Session gateway,
        ReadOnlySequence<byte> received,
        SkippedPublish skipped,
        CancellationToken cancellationToken
    )
    {
        timeouts.OnPacketCompleted();
        long left = skipped.Bytes;
        while (true)
        {
            var taken = Math.Min(left, received.Length);
            input.AdvanceTo(received.GetPosition(taken));
            left -= taken;
            if (left == 0)
                return await publishes.Vendors.AcknowledgeSkippedAsync(gateway, skipped);
            var read = await input.ReadAsync(cancellationToken);
            received = read.Buffer;
            if (read.IsCanceled || disconnect.Cause is not null)
            {
                input.AdvanceTo(received.Start);
                return disconnect.Cause!;
            }

            if (read.IsCompleted && received.IsEmpty)
            {
                input.AdvanceTo(received.Start);
                throw new MqttCommunicationException("The client closed the connection.");
            }

            timeouts.OnReceived();
        }
    }

    /// <summary>Why a packet that has not come whole is refused by its first byte or its length; null when it is not.</summary>
    private DisconnectCause? FindRefusedStart(in ReadOnlySequence<byte> received)
    {
        if (received.IsEmpty)
            return null;
        if (connection.Session is null ? !ConnectCheck.CanBegin(received.FirstSpan[0]) : !PacketCheck.CanBegin(received.FirstSpan[0]))
            return new DisconnectCause(MqttDisconnectReasonCode.MalformedPacket, "The client sent a byte that begins no packet of MQTT.");
        var length = PacketFramer.PacketLength(received);
        if (length == PacketFramer.Malformed)
            return new DisconnectCause(MqttDisconnectReasonCode.MalformedPacket, "The length field of a packet is malformed.");
        if (length is null || length <= MaxPacketBytes || IsSkipPending(received))
            return null;
        onOversized(length.Value);
        return new DisconnectCause(
            MqttDisconnectReasonCode.PacketTooLarge,
            $"A packet of {length} bytes is over the cap of {MaxPacketBytes} bytes."
        );
    }

    /// <summary>Whether so little of a gateway's publish has come that its topic may not be there yet.</summary>
    private bool IsSkipPending(in ReadOnlySequence<byte> received) =>
        connection.Session is { Vendor: not null } && PublishPacket.Is(received.FirstSpan[0]) && received.Length < MaxPacketBytes;

    private DisconnectCause End(DisconnectCause cause)
    {
        disconnect.TrySet(cause);
        return cause;
    }
}
