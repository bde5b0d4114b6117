using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// The deadlines of one connection: its keep-alive, an unfinished packet, and unread answers. The reading thread writes the fields; the
/// check timer reads them, and restarts the keep-alive of a client that waits for an acknowledgement.
/// </summary>
internal sealed class ConnectionTimeouts(TimeProvider time)
{
    /// <summary>How long a client may take to sign in, to finish a packet, or to read the answers that have piled up.</summary>
    public static readonly TimeSpan PacketTimeout = TimeSpan.FromSeconds(10);

    private long _lastReceivedAt = time.GetTimestamp();
    private long _packetStartedAt; // 0 while no packet is unfinished.

    /// <summary>The keep-alive that was negotiated at sign-in.</summary>
    public TimeSpan KeepAlive { get; set; } = PacketTimeout;

    /// <summary>Records that bytes were received.</summary>
    public void OnReceived() => _lastReceivedAt = time.GetTimestamp();

    /// <summary>Records that a packet is complete. The bytes after it came with the same read, so their packet begins now.</summary>
    public void OnPacketCompleted() => _packetStartedAt = 0;

    /// <summary>Records after a read whether a packet is unfinished.</summary>
    public void OnReadCompleted(bool isPacketUnfinished)
    {
        if (!isPacketUnfinished)
            _packetStartedAt = 0;
        else if (_packetStartedAt == 0)
            _packetStartedAt = _lastReceivedAt;
    }

    /// <summary>Returns why the client has timed out; null when it has not.</summary>
    /// <param name="now">The timestamp of this check.</param>
    /// <param name="isSignedIn">Before the sign-in the packet timeout takes the place of the keep-alive.</param>
    /// <param name="writer">The answers of this connection.</param>
    public DisconnectCause? Check(long now, bool isSignedIn, AcknowledgementWriter writer)
    {
        if (writer.BackpressureSince is > 0 and var since && time.GetElapsedTime(since, now) > PacketTimeout)
            return new DisconnectCause(null, "The client does not read its answers.");
        if (writer.HasInFlight)
        {
            _lastReceivedAt = now; // The client waits for the broker: its silence begins with the acknowledgement.
            return null;
        }

        if (_packetStartedAt != 0 && time.GetElapsedTime(_packetStartedAt, now) > PacketTimeout)
            return new DisconnectCause(MqttDisconnectReasonCode.UnspecifiedError, "The client did not finish a packet in time.");
        if (time.GetElapsedTime(_lastReceivedAt, now) > (isSignedIn ? KeepAlive * 1.5 : PacketTimeout))
            return new DisconnectCause(
                MqttDisconnectReasonCode.KeepAliveTimeout,
                "The client was silent for longer than its keep-alive allows."
            );
        return null;
    }
}
