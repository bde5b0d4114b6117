using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>Why a session ends from our side; without a code nothing is said.</summary>
/// <param name="IsServerFault">The registry could not do its part: nobody died of it.</param>
internal sealed record DisconnectCause(MqttDisconnectReasonCode? Reason, string Why, bool IsServerFault = false);

/// <summary>
/// The connection of one client. It stands between the socket and the library and lets through one whole packet at a time, none longer than
/// its cap: the library would collect as much as a length field asks for (256 MB, before anybody signed in). What a signed-in client
/// publishes never reaches the library: it goes to the inlet as bytes, any number at once, and the acknowledgements leave from here in
/// the order in which the publishes came (MQTT 5.0 section 4.6).
/// </summary>
internal sealed class ClientConnection(
    ConnectionContext connection,
    IMqttChannelAdapter inner,
    PublishHandler inlet,
    Limits limits,
    TimeProvider time,
    Action<int> onTooLong
) : IMqttChannelAdapter
{
    /// <summary>The longest first packet in bytes: id, secret and will fit well.</summary>
    public const int MaxSignInBytes = 4 * 1024;

    /// <summary>
    /// The longest packet in bytes. What is longer than a heartbeat and shorter than this is read, so that it can be refused with its own
    /// code.
    /// </summary>
    public const int MaxPacketBytes = 64 * 1024;

    /// <summary>How long a client may take to sign in, to send a packet that it has begun, or to take answers that have piled up.</summary>
    public static readonly TimeSpan PacketTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may take to hear why its session ends.</summary>
    private static readonly TimeSpan DisconnectTimeout = TimeSpan.FromSeconds(1);

    /// <summary>How many bytes of answers may wait behind those that the client does not take, before nothing more is read of it.</summary>
    private const int MaxPendingOutputBytes = 16 * 1024;

    private const int MaxLengthBytes = 4,
        MaxStackBytes = 1024;

    private readonly PipeReader _input = connection.Transport.Input;
    private readonly PipeWriter _output = connection.Transport.Output;
    private readonly Lock _writeLock = new();
    private TaskCompletionSource? _inFlightSlotFreed,
        _drained;
    private DisconnectCause? _disconnectCause;
    private MqttDisconnectReasonCode? _clientDisconnect;
    private bool _protocolViolation; // By the library, or because what came is no packet.
    private ArrayBufferWriter<byte>? _pendingOutput; // What was written while a flush was on its way: over TLS the writer would lose it.
    private bool _isFlushing,
        _hasUnflushed;
    private int _inFlight;
    private long _lastReceivedAt = time.GetTimestamp(),
        _packetStartedAt,
        _backpressureSince;

    /// <summary>How the client signed in; null before. The library keeps the will to itself.</summary>
    public MqttConnectPacket? ConnectPacket { get; private set; }

    /// <summary>Who it is; null until the sign-in was judged.</summary>
    public Session? Session { get; set; }

    /// <summary>
    /// Whether the client said that it goes, so that nobody died. Any other code than 0x00 leaves the will standing (MQTT 5.0 section
    /// 3.14.4).
    /// </summary>
    public bool ReceivedNormalDisconnect => _clientDisconnect is MqttDisconnectReasonCode.NormalDisconnection;

    /// <summary>Whether the session ended because the registry could not do its part, so that nobody died either.</summary>
    public bool EndedByServerFault => _disconnectCause is { IsServerFault: true };

    /// <summary>How the session ended, to be asked when it has.</summary>
    public SessionEnd SessionEnd =>
        _clientDisconnect switch
        {
            MqttDisconnectReasonCode.NormalDisconnection => SessionEnd.Farewell,
            MqttDisconnectReasonCode.DisconnectWithWillMessage => SessionEnd.FarewellWithWill,
            not null => SessionEnd.ClientError,
            null => _disconnectCause switch
            {
                null => _protocolViolation ? SessionEnd.Refused : SessionEnd.ConnectionLost,
                { IsServerFault: true } => SessionEnd.Registry,
                { Reason: MqttDisconnectReasonCode.KeepAliveTimeout } => SessionEnd.KeepAlive,
                { Reason: MqttDisconnectReasonCode.NotAuthorized } => SessionEnd.NotAuthorized,
                _ => SessionEnd.Refused,
            },
        };

    /// <summary>How long the client may be silent; agreed at sign-in.</summary>
    public TimeSpan KeepAlive { get; set; } = PacketTimeout;

    /// <summary>Called once, when the client may begin to speak.</summary>
    public Action? OnSignedIn { get; set; }

    /// <summary>Called when a subscription was answered.</summary>
    public Action? OnSubscribed { get; set; }

    public async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_disconnectCause is { } ended) // The library may have read the mark that was left for us, and forgotten it.
                throw await SendDisconnectAsync(ended, cancellationToken);
            if (!CanWrite)
                await WaitForDrainAsync();
            var read = await _input.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            if (read.IsCanceled)
            {
                _input.AdvanceTo(rest.Start);
                throw await SendDisconnectAsync(_disconnectCause!, cancellationToken);
            }

            _lastReceivedAt = time.GetTimestamp();
            while (_disconnectCause is null && TryReadFrame(rest, out var packet))
            {
                if (Session is null || !PublishPacket.Is(packet.FirstSpan[0]))
                {
                    if (!ControlPacketValidator.IsWellFormed(packet, Session is { IsVersion5: true }))
                    {
                        _input.AdvanceTo(packet.End);
                        var malformed = new DisconnectCause(MqttDisconnectReasonCode.MalformedPacket, "What came is no packet of MQTT.");
                        Interlocked.CompareExchange(ref _disconnectCause, malformed, null);
                        throw await SendDisconnectAsync(malformed, cancellationToken);
                    }

                    _input.AdvanceTo(packet.Start, packet.Start);
                    _packetStartedAt = 0;
                    return await ReadByLibraryAsync(cancellationToken);
                }

                if (await HandlePublishAsync(packet) is { } ending)
                {
                    _input.AdvanceTo(packet.End);
                    Interlocked.CompareExchange(ref _disconnectCause, ending, null);
                    throw await SendDisconnectAsync(ending, cancellationToken);
                }

                rest = rest.Slice(packet.End);
                _packetStartedAt = 0; // What follows came with this read: it began now, whatever began before.
                if (!CanWrite)
                    await WaitForDrainAsync();
            }

            if (PacketLength(rest) is { } length && length > MaxLength)
            {
                onTooLong(length);
                _input.AdvanceTo(rest.Start, rest.End);
                var tooLong = new DisconnectCause(
                    MqttDisconnectReasonCode.PacketTooLarge,
                    $"A packet of {length} bytes is over the cap of {MaxLength} bytes."
                );
                Interlocked.CompareExchange(ref _disconnectCause, tooLong, null);
                throw await SendDisconnectAsync(tooLong, cancellationToken);
            }

            _packetStartedAt =
                rest.IsEmpty ? 0
                : _packetStartedAt == 0 ? _lastReceivedAt
                : _packetStartedAt;
            _input.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
                throw new MqttCommunicationException("The client hung up.");
        }
    }

    private int MaxLength => ConnectPacket is null ? MaxSignInBytes : MaxPacketBytes;

    private async Task<MqttPacket> ReadByLibraryAsync(CancellationToken cancellationToken)
    {
        MqttPacket packet;
        try
        {
            packet = await inner.ReceivePacketAsync(cancellationToken);
        }
        catch (MqttProtocolViolationException)
        {
            _protocolViolation = true;
            throw;
        }

        if (packet is MqttConnectPacket connect && ConnectPacket is null)
        {
            ConnectPacket = connect;
            // A taken-over session would keep the device and the protocol version of the connection before.
            connect.CleanSession = true;
        }
        else if (packet is MqttDisconnectPacket farewell)
        {
            _clientDisconnect = farewell.ReasonCode;
        }

        return packet;
    }

    /// <summary>Gives a PUBLISH to the inlet, in one piece.</summary>
    private ValueTask<DisconnectCause?> HandlePublishAsync(in ReadOnlySequence<byte> packet)
    {
        if (packet.IsSingleSegment)
            return inlet.HandleAsync(Session!, packet.FirstSpan);
        var length = (int)packet.Length;
        if (length <= MaxStackBytes)
        {
            Span<byte> piece = stackalloc byte[length];
            packet.CopyTo(piece);
            return inlet.HandleAsync(Session!, piece);
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            packet.CopyTo(rented);
            return inlet.HandleAsync(Session!, rented.AsSpan(0, length)); // Keeps nothing of the bytes.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>Waits until one more publish may be in flight, and counts it. The socket is not read meanwhile.</summary>
    public ValueTask ReserveInFlightAsync()
    {
        lock (_writeLock)
        {
            if (_inFlight < limits.InFlight)
            {
                _inFlight++;
                return default;
            }

            // Time may pass for a gateway while its line waits.
            _inFlightSlotFreed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(WaitAsync(_inFlightSlotFreed.Task));
        }

        async Task WaitAsync(Task room)
        {
            await room;
            await ReserveInFlightAsync();
        }
    }

    /// <summary>Whether publishes wait for their acknowledgement, so that a refusal has to wait for its turn too.</summary>
    public bool HasInFlight
    {
        get
        {
            lock (_writeLock)
                return _inFlight > 0;
        }
    }

    /// <summary>Acknowledges one publish that was in flight. It leaves with the next <see cref="Flush"/>.</summary>
    /// <param name="id">0 for a publish that asked for no acknowledgement.</param>
    public void Acknowledge(ushort id, MqttPubAckReasonCode reason)
    {
        TaskCompletionSource? room;
        lock (_writeLock)
        {
            _inFlight--;
            (room, _inFlightSlotFreed) = (_inFlightSlotFreed, null);
            WriteAcknowledgement(id, reason);
        }

        room?.SetResult();
    }

    /// <summary>Answers a publish at once that nothing is in flight before.</summary>
    public void AcknowledgeNow(ushort id, MqttPubAckReasonCode reason)
    {
        lock (_writeLock)
            WriteAcknowledgement(id, reason);
        Flush();
    }

    private void WriteAcknowledgement(ushort id, MqttPubAckReasonCode reason)
    {
        if (id == 0 || _disconnectCause is not null)
            return;
        var isShort = reason == MqttPubAckReasonCode.Success || Session is not { IsVersion5: true };
        ReadOnlySpan<byte> bytes = [0x40, (byte)(isShort ? 2 : 3), (byte)(id >> 8), (byte)id, (byte)reason];
        try
        {
            Write(bytes[..(isShort ? 4 : 5)]);
        }
        catch (InvalidOperationException)
        {
            // The connection is closed. The client asks again.
        }
    }

    /// <summary>Writes one after the other and never beside a flush: the pipe's writer is for one thread at a time.</summary>
    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_isFlushing)
            (_pendingOutput ??= new ArrayBufferWriter<byte>()).Write(bytes);
        else
            _output.Write(bytes);
        _hasUnflushed = true;
    }

    /// <summary>Whether the client takes its answers, so that it may be given more to wait for.</summary>
    private bool CanWrite => _pendingOutput is not { WrittenCount: > MaxPendingOutputBytes };

    /// <summary>
    /// Waits until the client takes its answers: what it is owed must not pile up here. Its socket is not read meanwhile.
    /// </summary>
    private async Task WaitForDrainAsync()
    {
        Task taken;
        lock (_writeLock)
        {
            if (CanWrite || _disconnectCause is not null)
                return;
            _backpressureSince = time.GetTimestamp();
            taken = (_drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await taken;
        _backpressureSince = 0;
    }

    /// <summary>Sends what was written and returns at once; a client that does not read is not waited for.</summary>
    public void Flush()
    {
        lock (_writeLock)
        {
            if (!_hasUnflushed || _isFlushing)
                return; // What stands behind a flush leaves after it.
            _hasUnflushed = false;
            ValueTask<FlushResult> flush;
            try
            {
                flush = _output.FlushAsync(CancellationToken.None);
            }
            catch (InvalidOperationException)
            {
                return; // The connection is closed. Whoever answers must not stumble over one client.
            }

            if (flush.IsCompletedSuccessfully)
                return;
            _isFlushing = true;
            _ = ContinueFlushAsync(flush);
        }
    }

    private async Task ContinueFlushAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            while (true)
            {
                var result = await flush;
                lock (_writeLock)
                {
                    var behind = _pendingOutput;
                    (_pendingOutput, _hasUnflushed) = (null, false);
                    SignalDrained();
                    if (behind is null || result.IsCompleted)
                    {
                        _isFlushing = false;
                        return;
                    }

                    _output.Write(behind.WrittenSpan);
                    flush = _output.FlushAsync(CancellationToken.None);
                }
            }
        }
        catch (Exception)
        {
            // The connection is gone; its reader ends it.
            lock (_writeLock)
            {
                (_isFlushing, _pendingOutput) = (false, null);
                SignalDrained();
            }
        }
    }

    private void SignalDrained()
    {
        _drained?.TrySetResult();
        _drained = null;
    }

    /// <summary>Sends a packet of the library, between acknowledgements.</summary>
    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttConnAckPacket answer)
            ApplyConnAckProperties(answer);
        _protocolViolation |= packet is MqttDisconnectPacket;
        lock (_writeLock)
        {
            var bytes = PacketFormatterAdapter.Encode(packet);
            Write(bytes.Packet);
            foreach (var piece in bytes.Payload)
                Write(piece.Span);
            PacketFormatterAdapter.Cleanup();
        }

        Flush();
        if (packet is MqttSubAckPacket)
            OnSubscribed?.Invoke();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Says in the CONNACK what the broker takes (MQTT 5.0 section 3.2.2.3); the library would promise what nobody keeps.
    /// </summary>
    private void ApplyConnAckProperties(MqttConnAckPacket answer)
    {
        (answer.TopicAliasMaximum, answer.ReceiveMaximum, answer.MaximumPacketSize) = (0, (ushort)limits.InFlight, MaxPacketBytes);
        (answer.MaximumQoS, answer.WildcardSubscriptionAvailable) = (MqttQualityOfServiceLevel.AtLeastOnce, false);
        if (answer.ReasonCode != MqttConnectReasonCode.Success || ConnectPacket is null)
            return;
        var asked = TimeSpan.FromSeconds(ConnectPacket.KeepAlivePeriod);
        KeepAlive =
            asked == TimeSpan.Zero || asked.TotalSeconds > limits.KeepAliveSeconds ? TimeSpan.FromSeconds(limits.KeepAliveSeconds) : asked;
        if (KeepAlive != asked)
            answer.ServerKeepAlive = (ushort)KeepAlive.TotalSeconds;
        ConnectPacket.KeepAlivePeriod = 0; // From here on this line watches, and not the library, which does not see what is published.
        OnSignedIn?.Invoke();
        OnSignedIn = null;
    }

    /// <summary>Ends the line before its next packet.</summary>
    public void End(MqttDisconnectReasonCode? reason, string why, bool isOurFault = false)
    {
        if (Interlocked.CompareExchange(ref _disconnectCause, new DisconnectCause(reason, why, isOurFault), null) is not null)
            return;
        lock (_writeLock)
            SignalDrained();
        _input.CancelPendingRead();
    }

    /// <summary>Ends the line when the client was silent for too long, is too slow with a packet, or does not take its answers.</summary>
    public void CheckTimeouts(long now)
    {
        if (_backpressureSince is > 0 and var since && time.GetElapsedTime(since, now) > PacketTimeout)
            End(null, "The client does not take its answers.");
        if (HasInFlight)
        {
            _lastReceivedAt = now; // It waits for us: its silence begins when it is answered.
            return;
        }

        if (_packetStartedAt != 0 && time.GetElapsedTime(_packetStartedAt, now) > PacketTimeout)
            End(MqttDisconnectReasonCode.UnspecifiedError, "The client was too slow with a packet.");
        else if (time.GetElapsedTime(_lastReceivedAt, now) > (Session is null ? PacketTimeout : KeepAlive * 1.5))
            End(MqttDisconnectReasonCode.KeepAliveTimeout, "The client was silent for longer than its keep-alive allows.");
    }

    /// <summary>
    /// Tells the client why its session ends, if its version of MQTT can, and gives it a moment to hear it: closing at once would reset the
    /// connection under what it still sends. Returns what then ends the session.
    /// </summary>
    private async Task<MqttCommunicationException> SendDisconnectAsync(DisconnectCause ending, CancellationToken cancellationToken)
    {
        var end = new MqttCommunicationException(ending.Why);
        if (ending.Reason is not { } reason || ConnectPacket is null || PacketFormatterAdapter.ProtocolVersion != MqttProtocolVersion.V500)
            return end;
        using var farewell = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        farewell.CancelAfter(DisconnectTimeout);
        try
        {
            await SendPacketAsync(new MqttDisconnectPacket { ReasonCode = reason }, farewell.Token);
            for (var rest = await _input.ReadAsync(farewell.Token); !rest.IsCompleted; rest = await _input.ReadAsync(farewell.Token))
                _input.AdvanceTo(rest.Buffer.End);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It had its moment.
        }

        return end;
    }

    /// <summary>Cuts the first whole packet off what arrived, when it is there and within the cap.</summary>
    private bool TryReadFrame(in ReadOnlySequence<byte> arrived, out ReadOnlySequence<byte> packet)
    {
        var isWhole = PacketLength(arrived) is { } length && length <= MaxLength && length <= arrived.Length;
        packet = isWhole ? arrived.Slice(0, PacketLength(arrived)!.Value) : default;
        return isWhole;
    }

    /// <summary>
    /// The whole length in bytes of the packet that begins here (MQTT 5.0 section 2.1.4), or null while it cannot be known.
    /// </summary>
    private int? PacketLength(in ReadOnlySequence<byte> arrived)
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

        _protocolViolation = true;
        throw new MqttProtocolViolationException("No packet has such a length.");
    }

    public long BytesReceived => inner.BytesReceived;
    public long BytesSent => inner.BytesSent;
    public X509Certificate2? ClientCertificate => connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;
    public EndPoint RemoteEndPoint => connection.RemoteEndPoint!;
    public EndPoint LocalEndPoint => connection.LocalEndPoint!;
    public bool IsSecureConnection => connection.Features.Get<ITlsHandshakeFeature>() is not null;
    public MqttPacketFormatterAdapter PacketFormatterAdapter => inner.PacketFormatterAdapter;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    public void ResetStatistics() => inner.ResetStatistics();

    public void Dispose() => inner.Dispose();
}
