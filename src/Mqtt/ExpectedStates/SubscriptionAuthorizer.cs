using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.ExpectedStates;

/// <summary>
/// Decides on subscriptions. A device may subscribe to its own expected state. A gateway may subscribe to the expected states of the
/// devices behind it, and to the registry's messages on its vendor's topics. Everything else is refused. A wildcard reaches no other
/// client's messages, because the broker routes nothing. Each filter counts against the client's rate limit. The options of a subscription
/// are kept (MQTT 5.0 section 3.8.3.1), except No Local: no client gets a message of its own.
/// </summary>
internal sealed class SubscriptionAuthorizer(
    IEnrolment enrolment,
    ExpectedStatePublisher publisher,
    VendorPublishHandler vendors,
    Limits limits,
    MqttMetrics metrics,
    TimeProvider time
)
{
    public async Task AuthorizeAsync(InterceptingSubscriptionEventArgs subscription)
    {
        var session = (Session)subscription.SessionItems[nameof(Session)]!;
        var filter = subscription.TopicFilter;
        session.ClientConnection.OnSubscribed ??= () => OnSubscribed(session);
        if (!session.RateLimiter.TryAcquire(time.MonotonicNow(), limits))
            Refuse(MqttSubscribeReasonCode.QuotaExceeded);
        else if (session.Vendor is { } vendor && vendor.MayReceive(filter.Topic))
            GrantVendor(session, vendor, filter, Grant());
        else if (DeviceTopics.TryExpected(filter.Topic, out var deviceId) && await MayReceiveAsync(session, deviceId))
            session.Subscribe(deviceId, Grant(), filter.RetainHandling);
        else
            Refuse(MqttSubscribeReasonCode.NotAuthorized);

        Subscription Grant()
        {
            var granted = session.ClientConnection.LastSubscribe!.Grant(filter);
            subscription.Response.ReasonCode = (MqttSubscribeReasonCode)granted.Qos;
            return granted;
        }

        void Refuse(MqttSubscribeReasonCode reason)
        {
            metrics.SubscribeRefused(reason);
            subscription.ProcessSubscription = false;
            subscription.Response.ReasonCode = reason;
        }
    }

    /// <summary>Removes a subscription (MQTT 5.0 section 3.10.4). MQTTnet answers whether there was one.</summary>
    public static Task RemoveAsync(InterceptingUnsubscriptionEventArgs unsubscription)
    {
        var session = (Session)unsubscription.SessionItems[nameof(Session)]!;
        session.VendorSubscriptions.TryRemove(unsubscription.Topic, out _);
        if (DeviceTopics.TryExpected(unsubscription.Topic, out var deviceId))
            session.Subscriptions.TryRemove(deviceId, out _);
        return Task.CompletedTask;
    }

    private void GrantVendor(Session session, VendorConnection vendor, MqttTopicFilter filter, Subscription granted)
    {
        var isNew = !session.VendorSubscriptions.ContainsKey(filter.Topic);
        session.VendorSubscriptions[filter.Topic] = granted;
        if (vendor.IsAnnouncement(filter.Topic) && Session.WantsRetained(filter.RetainHandling, isNew))
            session.RequestAnnouncement();
        session.ClientConnection.OnAcknowledged ??= packetId => vendors.OnAcknowledged(session, packetId);
    }

    /// <summary>Sends a client what it subscribed to, after the SUBACK; once, however often it subscribed.</summary>
    private void OnSubscribed(Session session)
    {
        vendors.Announce(session);
        publisher.Publish(session);
    }

    private async Task<bool> MayReceiveAsync(Session session, string deviceId) =>
        session.Own is { } own
            ? own.Device.Id == deviceId
            : await enrolment.FindBehindAsync(session.Id, deviceId, CancellationToken.None) is not null;
}
