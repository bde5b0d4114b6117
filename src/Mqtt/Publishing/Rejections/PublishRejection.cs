using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.Publishing.Rejections;

/// <summary>Why a publish was rejected. A closed list, so that nothing of a payload gets into logs or metrics.</summary>
public enum PublishRejection
{
    /// <summary>The payload does not have the contract's shape, or is over 512 bytes.</summary>
    Shape,

    /// <summary>RETAIN is set. A heartbeat is about the present and must not be stored for later subscribers.</summary>
    Retain,

    /// <summary>The topic is not one of the device's own.</summary>
    Topic,

    /// <summary>The device is over its rate limit.</summary>
    Rate,

    /// <summary>The QoS is 0 or 2.</summary>
    Qos,

    /// <summary>The packet is over the packet cap and was not read.</summary>
    Size,

    /// <summary>The bytes are not an MQTT packet.</summary>
    Malformed,

    /// <summary>The packet has a topic alias, which this broker does not accept.</summary>
    Alias,

    /// <summary>The vendor's topic may carry data that the registry must not store. The payload was not read.</summary>
    Forbidden,
}

/// <summary>Maps refusals to the contract's reason codes (MQTT 5.0 sections 3.4.2.1 and 3.14.2.1).</summary>
internal static class PublishRejectionCodes
{
    public static MqttPubAckReasonCode PubAck(this PublishRejection rejection) =>
        rejection switch
        {
            PublishRejection.Shape or PublishRejection.Retain => MqttPubAckReasonCode.PayloadFormatInvalid,
            PublishRejection.Topic => MqttPubAckReasonCode.NotAuthorized,
            PublishRejection.Rate => MqttPubAckReasonCode.QuotaExceeded,
            PublishRejection.Qos
            or PublishRejection.Size
            or PublishRejection.Malformed
            or PublishRejection.Alias
            or PublishRejection.Forbidden => MqttPubAckReasonCode.ImplementationSpecificError,
            _ => throw new ArgumentOutOfRangeException(nameof(rejection), rejection, null),
        };
}
