using System.Collections.Immutable;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>What follows from one message of a gateway, or from time passing.</summary>
/// <param name="Reports">Must be durable before the message is acknowledged, in this order.</param>
/// <param name="Deaths">The units that died.</param>
/// <param name="Messages">Messages to the gateway.</param>
/// <param name="Refusal">Why the message was refused; null when it was not.</param>
/// <param name="Dropped">How many of its fields were dropped unread. Their names are not stored.</param>
/// <param name="IsLate">Whether the message was late, stale or a repetition, so that it was ignored.</param>
public sealed record VendorAnswer(
    ImmutableArray<UnitReport> Reports,
    ImmutableArray<UnitDeath> Deaths,
    ImmutableArray<VendorMessage> Messages,
    VendorRefusal? Refusal,
    int Dropped,
    bool IsLate
)
{
    internal static VendorAnswer Nothing { get; } = new([], [], [], null, 0, false);

    internal static VendorAnswer Refused(VendorRefusal refusal) => Nothing with { Refusal = refusal };
}
