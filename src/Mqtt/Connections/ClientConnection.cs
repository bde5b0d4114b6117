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
using SurveillanceRegistry.Mqtt.ExpectedStates;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// The connection of one client, between the socket and MQTTnet. It passes one whole packet at a time to MQTTnet and enforces the packet
/// cap: MQTTnet would buffer as much as a length field asks for, 256 MB before the sign-in. Publishes of a signed-in client never reach
/// MQTTnet: each goes to the <see cref="PublishHandler"/> as bytes. Several may be in flight; they are acknowledged in the order in which
/// they came (MQTT 5.0 section 4.6). The reading thread sets the properties; any thread may call <see cref="End"/> and <see
/// cref="CheckTimeouts"/>.
/// </summary>
internal sealed class ClientConnection : IMqttChannelAdapter
{
    /// <summary>How long the broker waits for a client to read its DISCONNECT.</summary>
    private static readonly TimeSpan DisconnectTimeout = TimeSpan.FromSeconds(1);

    private readonly ConnectionContext _connection;
    private readonly IMqttChannelAdapter _library;
    private readonly Limits _limits;
    private readonly DisconnectState _disconnect = new();
    private readonly ConnectionTimeouts _timeouts;
    private readonly PacketReceiver _receiver;
    private Session? _session;

    /// <param name="library">MQTTnet's adapter of the same connection.</param>
    /// <param name="onOversized">Called with the length of a packet over the cap.</param>
    /// <param name="onMalformedConnect">Called with the reason for which a CONNECT does not conform to MQTT.</param>
    public ClientConnection(
        ConnectionContext connection,
        IMqttChannelAdapter library,
        PublishHandler publishes,
        Limits limits,
        TimeProvider time,
        Action<int> onOversized,
        Action<MqttConnectReasonCode> onMalformedConnect
    )
    {
        _connection = connection;
        _library = library;
        _limits = limits;
        _timeouts = new ConnectionTimeouts(time);
        Writer = new AcknowledgementWriter(connection.Transport.Output, limits.InFlight, _disconnect, time);
        _receiver = new PacketReceiver(
            this,
            connection.Transport.Input,
            Writer,
            _timeouts,
            _disconnect,
            publishes,
            onOversized,
            onMalformedConnect
        );
    }

    /// <summary>The answers of this connection.</summary>
    public AcknowledgementWriter Writer { get; }

    /// <summary>The client's CONNECT; null before it came. It is kept here because MQTTnet does not publish the will.</summary>
    public MqttConnectPacket? ConnectPacket { get; private set; }

    /// <summary>The session; null until the sign-in succeeded.</summary>
    public Session? Session
    {
        get => _session;
        set
        {
            _session = value;
            Writer.IsVersion5 = value is { IsVersion5: true };
        }
    }

    /// <summary>Whether the client sent DISCONNECT 0x00, which cancels its will.</summary>
    public bool ReceivedNormalDisconnect => _disconnect.ReceivedNormalDisconnect;

    /// <summary>Whether the session ended because the registry could not do its part. Then no device died.</summary>
    public bool EndedByServerFault => _disconnect.IsServerFault;

    /// <summary>How the session ended. Meaningful only after its end.</summary>
    public SessionEnd SessionEnd => _disconnect.SessionEnd;

    /// <summary>Called once, with the CONNACK of a successful sign-in.</summary>
    public Action? OnSignedIn { get; set; }

    /// <summary>Called after each SUBACK.</summary>
    public Action? OnSubscribed { get; set; }

    /// <summary>Called for each PUBACK of the client, with its packet id.</summary>
    public Action<ushort>? OnAcknowledged { get; set; }

    /// <summary>The SUBSCRIBE that is handled now, or was last. Null before the first.</summary>
    public SubscribeRequest? LastSubscribe { get; private set; }

    public async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await _receiver.ReadToLibraryPacketAsync(cancellationToken) is { } cause)
                throw await SendDisconnectAsync(cause, cancellationToken);
            var packet = await _library.ReceivePacketAsync(cancellationToken);
            if (packet is MqttConnectPacket connect && ConnectPacket is null)
            {
                ConnectPacket = connect;
                if (connect.MaximumPacketSize > 0)
                    Writer.MaxPacketBytes = connect.MaximumPacketSize;
                // With a session of MQTTnet's own, a takeover would continue with the device and the protocol version of the old
                // connection.
                connect.CleanSession = true;
            }
            else if (packet is MqttDisconnectPacket disconnect)
            {
                _disconnect.SetClientReason(disconnect.ReasonCode);
            }
            else if (packet is MqttSubscribePacket subscribe)
            {
                LastSubscribe = SubscribeRequest.Take(subscribe);
            }
            else if (packet is MqttPubAckPacket acknowledgement)
            {
                OnAcknowledged?.Invoke(acknowledgement.PacketIdentifier);
            }

            return packet;
        }
        catch (MqttProtocolViolationException)
        {
            _disconnect.SetProtocolViolation();
            throw;
        }
    }

    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttConnAckPacket connAck)
        {
            SendConnAck(connAck);
            return Task.CompletedTask;
        }

        if (packet is MqttDisconnectPacket)
            _disconnect.SetProtocolViolation(); // Either MQTTnet refuses the client, or a cause was set before, which takes precedence.
        // Nothing is sent or received at QoS 2: MQTTnet answers a step of it for a packet id that does not exist.
        if (packet is MqttPubRelPacket release)
            release.ReasonCode = MqttPubRelReasonCode.PacketIdentifierNotFound;
        else if (packet is MqttPubCompPacket complete)
            complete.ReasonCode = MqttPubCompReasonCode.PacketIdentifierNotFound;
        else if (packet is MqttSubAckPacket answer && !Writer.IsVersion5)
            SubscribeRequest.UseOldFailureCode(answer);
        Writer.Send(packet, PacketFormatterAdapter);
        if (packet is MqttSubAckPacket)
            OnSubscribed?.Invoke();
        return Task.CompletedTask;
    }

    private void SendConnAck(MqttConnAckPacket connAck)
    {
        if (ConnAckNegotiation.Apply(connAck, ConnectPacket, _limits) is { } keepAlive)
        {
            _timeouts.KeepAlive = keepAlive;
            OnSignedIn?.Invoke();
            OnSignedIn = null;
        }

        var isSent =
            PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500
                ? Writer.Send(ConnAckNegotiation.Encode(connAck, ConnectPacket))
                : Writer.Send(connAck, PacketFormatterAdapter);
        if (!isSent)
            End(null, "The client takes no packet as long as the CONNACK.");
    }

    /// <summary>Ends the session before its next packet is read. Only the first call has an effect.</summary>
    public void End(MqttDisconnectReasonCode? reason, string why, bool isServerFault = false) =>
        TryEnd(new DisconnectCause(reason, why, isServerFault));

    /// <summary>Ends the session if the client was silent too long, is too slow with a packet, or does not read its answers.</summary>
    public void CheckTimeouts(long now)
    {
        if (_timeouts.Check(now, Session is not null, Writer) is { } cause)
            TryEnd(cause);
    }

    private void TryEnd(DisconnectCause cause)
    {
        if (!_disconnect.TrySet(cause))
            return;
        Writer.StopWaitingForDrain();
        _receiver.CancelRead();
    }

    /// <summary>
    /// Sends a DISCONNECT if the client speaks MQTT 5.0, and waits for it to be read: an immediate close would reset the connection while
    /// the client still sends. Returns the exception that ends the session.
    /// </summary>
    private async Task<MqttCommunicationException> SendDisconnectAsync(DisconnectCause cause, CancellationToken cancellationToken)
    {
        var end = new MqttCommunicationException(cause.Why);
        if (cause.Reason is not { } reason || ConnectPacket is null || PacketFormatterAdapter.ProtocolVersion != MqttProtocolVersion.V500)
            return end;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(DisconnectTimeout);
        try
        {
            await SendPacketAsync(new MqttDisconnectPacket { ReasonCode = reason }, timeout.Token);
            await _receiver.DiscardUntilClosedAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The client had its time to read.
        }

        return end;
    }

    public long BytesReceived => _library.BytesReceived;
    public long BytesSent => _library.BytesSent;
    public X509Certificate2? ClientCertificate => _connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;
    public EndPoint RemoteEndPoint => _connection.RemoteEndPoint!;
    public EndPoint LocalEndPoint => _connection.LocalEndPoint!;
    public bool IsSecureConnection => _connection.Features.Get<ITlsHandshakeFeature>() is not null;
    public MqttPacketFormatterAdapter PacketFormatterAdapter => _library.PacketFormatterAdapter;

    public Task ConnectAsync(CancellationToken cancellationToken) => _library.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => _library.DisconnectAsync(cancellationToken);

    public void ResetStatistics() => _library.ResetStatistics();

    public void Dispose() => _library.Dispose();
}
