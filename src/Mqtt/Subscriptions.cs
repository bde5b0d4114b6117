using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Who may listen to what: a device to what is expected of it, a gateway to what is expected of those behind it and to what
/// the registry says in its vendor's words, and nobody to anything else.
/// No wildcard can reach what somebody else says, for nothing that is published is routed. Each filter counts against the client's rate.
/// </summary>
internal sealed class Subscriptions(IEnrolment enrolment, ExpectedOutlet outlet, VendorInlet vendors, Limits limits, Counters counters, TimeProvider time)
{
    public async Task JudgeAsync(InterceptingSubscriptionEventArgs subscription)
    {
        var session = (Session)subscription.SessionItems[nameof(Session)]!;
        var filter = subscription.TopicFilter.Topic;
        if (!session.Pace.MaySpeak(time.Steady(), limits))
            Refuse(MqttSubscribeReasonCode.QuotaExceeded);
        else if (session.Vendor is { } vendor && vendor.MayHear(filter))
            session.WantsAnnouncements |= vendor.Announces(filter);
        else if (!Topic.TryExpected(filter, out var deviceId) || !await MayHearAsync(session, deviceId))
            Refuse(MqttSubscribeReasonCode.NotAuthorized);
        else
            session.Ask(deviceId);
        session.Line.OnSubscribed ??= () => Answer(session);

        void Refuse(MqttSubscribeReasonCode reason)
        {
            counters.SubscribeRefused(reason);
            subscription.ProcessSubscription = false;
            subscription.Response.ReasonCode = session.IsVersion5 ? reason : MqttSubscribeReasonCode.UnspecifiedError; // The only one of MQTT 3.1.1 (section 3.9.3).
        }
    }

    /// <summary>Tells a client what it asked for, behind the answer to its subscription; once, however often it asked.</summary>
    private void Answer(Session session)
    {
        if (session.WantsAnnouncements)
        {
            session.WantsAnnouncements = false;
            foreach (var message in session.Vendor!.Announcements)
                vendors.Send(session.Line, message);
        }

        outlet.Tell(session);
    }

    private async Task<bool> MayHearAsync(Session session, string deviceId) =>
        session.Own is { } own ? own.Device.Id == deviceId : await enrolment.BehindAsync(session.Id, deviceId, CancellationToken.None) is not null;
}
