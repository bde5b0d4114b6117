using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.ExpectedStates;

/// <summary>One subscription of a session.</summary>
/// <param name="Identifier">
/// The Subscription Identifier, which each of its messages carries; 0 without one (MQTT 5.0 section 3.3.4).
/// </param>
/// <param name="Qos">The QoS that was granted: 0 or 1.</param>
/// <param name="KeepsRetain">Whether a forwarded message keeps its RETAIN flag (Retain As Published, section 3.8.3.1).</param>
internal sealed record Subscription(uint Identifier, MqttQualityOfServiceLevel Qos, bool KeepsRetain)
{
    /// <summary>Adds the subscription's own properties to a message for it.</summary>
    public MqttPublishPacket Address(MqttPublishPacket message)
    {
        if (Identifier != 0)
            message.SubscriptionIdentifiers = [Identifier];
        return message;
    }
}

/// <summary>
/// What MQTTnet does not pass on of a SUBSCRIBE: its Subscription Identifier, and the QoS of each filter. MQTTnet sorts the filters by QoS,
/// and would answer them in that order; so each one gets QoS 0 here. The thread that reads the connection uses it.
/// </summary>
internal sealed class SubscribeRequest
{
    private readonly Dictionary<MqttTopicFilter, MqttQualityOfServiceLevel> _requested = new(ReferenceEqualityComparer.Instance);
    private readonly uint _identifier;

    private SubscribeRequest(uint identifier) => _identifier = identifier;

    /// <summary>Takes the QoS out of each filter.</summary>
    public static SubscribeRequest Take(MqttSubscribePacket subscribe)
    {
        var request = new SubscribeRequest(subscribe.SubscriptionIdentifier);
        foreach (var filter in subscribe.TopicFilters)
        {
            request._requested[filter] = filter.QualityOfServiceLevel;
            filter.QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce;
        }

        return request;
    }

    /// <summary>Replaces each failure by the only one of MQTT 3.1.1 (section 3.9.3).</summary>
    public static void UseOldFailureCode(MqttSubAckPacket answer)
    {
        for (var i = 0; i < answer.ReasonCodes.Count; i++)
        {
            if (answer.ReasonCodes[i] > MqttSubscribeReasonCode.GrantedQoS2)
                answer.ReasonCodes[i] = MqttSubscribeReasonCode.UnspecifiedError;
        }
    }

    /// <summary>Grants a filter. The CONNACK promises at most QoS 1.</summary>
    public Subscription Grant(MqttTopicFilter filter) =>
        new(
            _identifier,
            _requested[filter] == MqttQualityOfServiceLevel.AtMostOnce
                ? MqttQualityOfServiceLevel.AtMostOnce
                : MqttQualityOfServiceLevel.AtLeastOnce,
            filter.RetainAsPublished
        );
}
