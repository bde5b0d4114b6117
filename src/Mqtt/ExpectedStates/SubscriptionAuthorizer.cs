using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.ExpectedStates;

/// <summary>
/// Who may listen to what: a device to what is expected of it, a gateway to what is expected of those behind it and to what
/// the registry says in its vendor's words, and nobody to anything else.
/// No wildcard can reach what somebody else says, for nothing that is published is routed. Each filter counts against the client's rate.
/// </summary>
internal sealed class SubscriptionAuthorizer(
    IEnrolment enrolment,
    ExpectedStatePublisher outlet,
    VendorPublishHandler vendors,
    Limits limits,
    MqttMetrics counters,
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
            counters.SubscribeRefused(reason);
            subscription.ProcessSubscription = false;
            // The only one of MQTT 3.1.1 (section 3.9.3).
            subscription.Response.ReasonCode = session.IsVersion5 ? reason : MqttSubscribeReasonCode.UnspecifiedError;
        }
    }

    /// <summary>Tells a client what it asked for, behind the answer to its subscription; once, however often it asked.</summary>
    private void OnSubscribed(Session session)
    {
        if (session.WantsAnnouncements)
        {
            session.WantsAnnouncements = false;
            foreach (var message in session.Vendor!.Announcements)
                vendors.Send(session.ClientConnection, message);
        }

        outlet.Publish(session);
    }

    private async Task<bool> MayReceiveAsync(Session session, string deviceId) =>
        session.Own is { } own
            ? own.Device.Id == deviceId
            : await enrolment.BehindAsync(session.Id, deviceId, CancellationToken.None) is not null;
}
