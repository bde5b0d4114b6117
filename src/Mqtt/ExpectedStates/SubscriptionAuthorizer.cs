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
/// client's messages, because the broker routes nothing. Each filter counts against the client's rate limit.
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
        var filter = subscription.TopicFilter.Topic;
        if (!session.RateLimiter.TryAcquire(time.MonotonicNow(), limits))
            Refuse(MqttSubscribeReasonCode.QuotaExceeded);
        else if (session.Vendor is { } vendor && vendor.MayReceive(filter))
            session.WantsAnnouncements |= vendor.IsAnnouncement(filter);
        else if (!DeviceTopics.TryExpected(filter, out var deviceId) || !await MayReceiveAsync(session, deviceId))
            Refuse(MqttSubscribeReasonCode.NotAuthorized);
        else
            session.RequestExpectedState(deviceId);
        session.ClientConnection.OnSubscribed ??= () => OnSubscribed(session);

        void Refuse(MqttSubscribeReasonCode reason)
        {
            metrics.SubscribeRefused(reason);
            subscription.ProcessSubscription = false;
            // MQTT 3.1.1 has only this failure code (section 3.9.3).
            subscription.Response.ReasonCode = session.IsVersion5 ? reason : MqttSubscribeReasonCode.UnspecifiedError;
        }
    }

    /// <summary>Sends a client what it subscribed to, after the SUBACK; once, however often it subscribed.</summary>
    private void OnSubscribed(Session session)
    {
        if (session.WantsAnnouncements)
        {
            session.WantsAnnouncements = false;
            foreach (var message in session.Vendor!.Announcements)
                vendors.Send(session.ClientConnection, message);
        }

        publisher.Publish(session);
    }

    private async Task<bool> MayReceiveAsync(Session session, string deviceId) =>
        session.Own is { } own
            ? own.Device.Id == deviceId
            : await enrolment.FindBehindAsync(session.Id, deviceId, CancellationToken.None) is not null;
}
