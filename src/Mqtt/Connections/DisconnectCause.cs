using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>Why the broker ends a session.</summary>
/// <param name="Reason">The reason code of the DISCONNECT; null to close the connection without one.</param>
/// <param name="Why">The reason in words, for the log.</param>
/// <param name="IsServerFault">Whether the registry could not do its part. Such an end never causes a death.</param>
internal sealed record DisconnectCause(MqttDisconnectReasonCode? Reason, string Why, bool IsServerFault = false);
