using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Who may listen to what: a device to what is expected of it, a gateway to what is expected of those behind it and to what
/// the registry says in its vendor's words, and nobody to anything else.
/// No wildcard can reach what somebody else says, for nothing that is published is routed.
/// </summary>
internal sealed class Subscriptions(IEnrolment enrolment, ExpectedOutlet outlet, VendorInlet vendors)
{
    public async Task JudgeAsync(InterceptingSubscriptionEventArgs subscription)
    {
        var session = (Session)subscription.SessionItems[nameof(Session)]!;
        if (session.Vendor is { } vendor && vendor.MayHear(subscription.TopicFilter.Topic))
        {
            if (vendor.Announces(subscription.TopicFilter.Topic))
                session.Line.OnSubscribed += Announce;
            return;
        }

        if (!Topic.TryExpected(subscription.TopicFilter.Topic, out var deviceId) || !await MayHearAsync(session, deviceId))
        {
            (subscription.ProcessSubscription, subscription.Response.ReasonCode) = (false, MqttSubscribeReasonCode.NotAuthorized);
            return;
        }

        session.Wants[deviceId] = 0;
        session.Line.OnSubscribed += Tell;

        void Announce()
        {
            session.Line.OnSubscribed -= Announce;
            foreach (var message in session.Vendor.Announcements)
                vendors.Send(session.Line, message);
        }

        void Tell()
        {
            session.Line.OnSubscribed -= Tell;
            _ = outlet.TellAsync(session.Line, deviceId, isRetained: true);
        }
    }

    private async Task<bool> MayHearAsync(Session session, string deviceId) =>
        session.Own is { } own ? own.Device.Id == deviceId : await enrolment.BehindAsync(session.Id, deviceId, CancellationToken.None) is not null;
}
