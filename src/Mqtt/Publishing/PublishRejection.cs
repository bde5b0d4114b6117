using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>Why a publish was refused. A closed family: nothing of the payload can hide in it.</summary>
public enum PublishRejection
{
    /// <summary>Not the contract's shape, or over 512 bytes.</summary>
    Shape,

    /// <summary>RETAIN set: a heartbeat is about now, and now does not wait for a subscriber.</summary>
    Retain,

    /// <summary>A topic that is not below the device's own id.</summary>
    Topic,

    /// <summary>More than the device may send.</summary>
    Rate,

    /// <summary>QoS 0 or 2.</summary>
    Qos,

    /// <summary>A packet over the transport cap: refused before it was read.</summary>
    Size,

    /// <summary>Not a packet of MQTT.</summary>
    Malformed,

    /// <summary>A topic alias, which this broker does not take.</summary>
    Alias,

    /// <summary>A branch of a vendor's topics that may hold what nobody may keep: refused unread.</summary>
    Forbidden,
}

/// <summary>The contract's code for each refusal (MQTT 5.0 sections 3.4.2.1 and 3.14.2.1).</summary>
internal static class PublishRejectionCodes
{
    public static MqttPubAckReasonCode PubAck(this PublishRejection refusal) =>
        refusal switch
        {
            PublishRejection.Shape or PublishRejection.Retain => MqttPubAckReasonCode.PayloadFormatInvalid,
            PublishRejection.Topic => MqttPubAckReasonCode.NotAuthorized,
            PublishRejection.Rate => MqttPubAckReasonCode.QuotaExceeded,
            _ => MqttPubAckReasonCode.ImplementationSpecificError,
        };
}
