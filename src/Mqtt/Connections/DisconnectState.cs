using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// How and why one connection ends. Any thread may set the broker's cause; the first one counts. The reading thread sets the client's
/// DISCONNECT code. The reading thread and MQTTnet's sending thread set the protocol violation.
/// </summary>
internal sealed class DisconnectState
{
    private DisconnectCause? _cause;
    private MqttDisconnectReasonCode? _clientReason;
    private bool _isProtocolViolation;

    /// <summary>Why the broker ends the session; null while it does not.</summary>
    public DisconnectCause? Cause => _cause;

    /// <summary>
    /// Whether the client sent DISCONNECT 0x00. Every other code leaves the will in force (MQTT 5.0 section 3.14.4).
    /// </summary>
    public bool ReceivedNormalDisconnect => _clientReason is MqttDisconnectReasonCode.NormalDisconnection;

    /// <summary>Whether the session ended because the registry could not do its part.</summary>
    public bool IsServerFault => _cause is { IsServerFault: true };

    /// <summary>How the session ended. Meaningful only after its end.</summary>
    public SessionEnd SessionEnd =>
        _clientReason is not { } reason
            ? _cause switch
            {
                null => _isProtocolViolation ? SessionEnd.Refused : SessionEnd.ConnectionLost,
                { IsServerFault: true } => SessionEnd.Registry,
                { Reason: MqttDisconnectReasonCode.KeepAliveTimeout } => SessionEnd.KeepAlive,
                { Reason: MqttDisconnectReasonCode.NotAuthorized } => SessionEnd.NotAuthorized,
                _ => SessionEnd.Refused,
            }
        : reason is MqttDisconnectReasonCode.NormalDisconnection ? SessionEnd.Farewell
        : reason is MqttDisconnectReasonCode.DisconnectWithWillMessage ? SessionEnd.FarewellWithWill
        : SessionEnd.ClientError;

    /// <summary>Sets the broker's cause. False if another one was set before.</summary>
    public bool TrySet(DisconnectCause cause) => Interlocked.CompareExchange(ref _cause, cause, null) is null;

    /// <summary>Records the reason code of the client's own DISCONNECT.</summary>
    public void SetClientReason(MqttDisconnectReasonCode reason) => _clientReason = reason;

    /// <summary>Records that MQTTnet refused the client's bytes, or that they are not an MQTT packet.</summary>
    public void SetProtocolViolation() => _isProtocolViolation = true;
}
