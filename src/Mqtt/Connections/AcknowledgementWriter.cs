using System.Buffers;
using System.IO.Pipelines;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Writes everything that leaves on one connection, and counts the publishes that wait for their acknowledgement. Any thread may call it:
/// the lock guards all fields. The reading thread also reads <see cref="CanWrite"/> without the lock; there a stale value only delays it
/// by one packet.
/// </summary>
internal sealed class AcknowledgementWriter(PipeWriter output, int maxInFlight, DisconnectState disconnect, TimeProvider time)
{
    /// <summary>How many bytes may wait behind unread answers before the broker stops reading from the client.</summary>
    private const int MaxPendingOutputBytes = 16 * 1024;

    private readonly Lock _lock = new();
    private TaskCompletionSource? _inFlightSlotFreed;
    private TaskCompletionSource? _drained;
    private ArrayBufferWriter<byte>? _pendingOutput; // Written during a flush: over TLS the pipe's writer would lose these bytes.
    private bool _isFlushing;
    private bool _hasUnflushed;
    private int _inFlight;
    private long _backpressureSince;

    /// <summary>Whether the client speaks MQTT 5.0, so that a PUBACK carries a reason code. Set at sign-in.</summary>
    public bool IsVersion5 { get; set; }

    /// <summary>
    /// The longest packet that the client takes, in bytes (MQTT 5.0 section 3.1.2.11.4). A longer one is not sent (3.1.2-24). Set at
    /// sign-in.
    /// </summary>
    public long MaxPacketBytes { get; set; } = long.MaxValue;

    /// <summary>Whether publishes wait for their acknowledgement. Then a refusal has to wait for its turn too.</summary>
    public bool HasInFlight
    {
        get
        {
            lock (_lock)
                return _inFlight > 0;
        }
    }

    /// <summary>Whether the client reads its answers, so that the broker may take more from it.</summary>
    public bool CanWrite => _pendingOutput is not { WrittenCount: > MaxPendingOutputBytes };

    /// <summary>The timestamp since which the reading thread waits for the client to read its answers; 0 while it does not wait.</summary>
    public long BackpressureSince => _backpressureSince;

    /// <summary>Waits until one more publish may be in flight, and counts it. The socket is not read meanwhile.</summary>
    public ValueTask ReserveInFlightAsync()
    {
        lock (_lock)
        {
            if (_inFlight < maxInFlight)
            {
                _inFlight++;
                return default;
            }

            // Two callers may wait: the reading thread, and the tick of a gateway's vendor messages.
            _inFlightSlotFreed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(WaitAsync(_inFlightSlotFreed.Task));
        }

        async Task WaitAsync(Task slotFreed)
        {
            await slotFreed;
            await ReserveInFlightAsync();
        }
    }

    /// <summary>Acknowledges one publish that was in flight. The PUBACK leaves with the next <see cref="Flush"/>.</summary>
    /// <param name="packetId">0 for a publish that needs no acknowledgement.</param>
    public void Acknowledge(ushort packetId, MqttPubAckReasonCode reason)
    {
        TaskCompletionSource? slotFreed;
        lock (_lock)
        {
            _inFlight--;
            slotFreed = _inFlightSlotFreed;
            _inFlightSlotFreed = null;
            WriteAcknowledgement(packetId, reason);
        }

        slotFreed?.SetResult();
    }

    /// <summary>Ends the handling of a publish that was in flight, without an acknowledgement.</summary>
    public void ReleaseInFlight() => Acknowledge(0, MqttPubAckReasonCode.Success);

    /// <summary>Acknowledges at once a publish that was not in flight. No other publish may be in flight.</summary>
    public void AcknowledgeNow(ushort packetId, MqttPubAckReasonCode reason)
    {
        lock (_lock)
            WriteAcknowledgement(packetId, reason);
        Flush();
    }

    /// <summary>Sends a packet of MQTTnet, between acknowledgements.</summary>
    /// <returns>False when it is longer than the client takes, and was not sent.</returns>
    public bool Send(MqttPacket packet, MqttPacketFormatterAdapter formatter)
    {
        lock (_lock)
        {
            var bytes = formatter.Encode(packet);
            if (bytes.Length > MaxPacketBytes)
            {
                formatter.Cleanup();
                return false;
            }

            Write(bytes.Packet);
            foreach (var segment in bytes.Payload)
                Write(segment.Span);
            formatter.Cleanup();
        }

        Flush();
        return true;
    }

    /// <summary>Sends a whole packet, between acknowledgements.</summary>
    /// <returns>False when it is longer than the client takes, and was not sent.</returns>
    public bool Send(ReadOnlySpan<byte> packet)
    {
        if (packet.Length > MaxPacketBytes)
            return false;
        lock (_lock)
            Write(packet);
        Flush();
        return true;
    }

    /// <summary>Sends what was written and returns at once. It never waits for a client that does not read.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (!_hasUnflushed || _isFlushing)
                return; // ContinueFlushAsync sends what was written during a flush.
            _hasUnflushed = false;
            ValueTask<FlushResult> flush;
            try
            {
                flush = output.FlushAsync(CancellationToken.None);
            }
            catch (InvalidOperationException)
            {
                return; // The connection is closed. The caller answers many clients and must not fail because of one.
            }

            if (flush.IsCompletedSuccessfully)
                return;
            _isFlushing = true;
            _ = ContinueFlushAsync(flush);
        }
    }

    /// <summary>Waits until the client has read its answers, or the session ends. The socket is not read meanwhile.</summary>
    public async Task WaitForDrainAsync()
    {
        Task drained;
        lock (_lock)
        {
            if (CanWrite || disconnect.Cause is not null)
                return;
            _backpressureSince = time.GetTimestamp();
            drained = (_drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await drained;
        _backpressureSince = 0;
    }

    /// <summary>Wakes the reading thread, because the session ends.</summary>
    public void StopWaitingForDrain()
    {
        lock (_lock)
            SignalDrained();
    }

    private void WriteAcknowledgement(ushort packetId, MqttPubAckReasonCode reason)
    {
        if (packetId == 0 || disconnect.Cause is not null)
            return;
        var isShort = reason == MqttPubAckReasonCode.Success || !IsVersion5;
        ReadOnlySpan<byte> bytes = [0x40, (byte)(isShort ? 2 : 3), (byte)(packetId >> 8), (byte)packetId, (byte)reason];
        bytes = bytes[..(isShort ? 4 : 5)];
        if (bytes.Length > MaxPacketBytes)
            return;
        try
        {
            Write(bytes);
        }
        catch (InvalidOperationException)
        {
            // The connection is closed. The client sends the publish again.
        }
    }

    /// <summary>Writes to the pipe, or beside it during a flush: the pipe's writer is for one thread at a time.</summary>
    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_isFlushing)
            (_pendingOutput ??= new ArrayBufferWriter<byte>()).Write(bytes);
        else
            output.Write(bytes);
        _hasUnflushed = true;
    }

    private async Task ContinueFlushAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            while (true)
            {
                var result = await flush;
                lock (_lock)
                {
                    var pending = _pendingOutput;
                    _pendingOutput = null;
                    _hasUnflushed = false;
                    SignalDrained();
                    if (pending is null || result.IsCompleted)
                    {
                        _isFlushing = false;
                        return;
                    }

                    output.Write(pending.WrittenSpan);
                    flush = output.FlushAsync(CancellationToken.None);
                }
            }
        }
        catch (Exception)
        {
            // The connection is closed; the reading thread ends it.
            lock (_lock)
            {
                _isFlushing = false;
                _pendingOutput = null;
                SignalDrained();
            }
        }
    }

    private void SignalDrained()
    {
        _drained?.TrySetResult();
        _drained = null;
    }
}
