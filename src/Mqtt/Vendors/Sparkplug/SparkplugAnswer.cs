using System.Collections.Immutable;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

/// <summary>What follows from one message, or from time passing.</summary>
/// <param name="Facts">What is known now, in this order.</param>
/// <param name="Commands">The commands to nodes.</param>
/// <param name="IsLate">Whether the message was late or stale, so that it was ignored.</param>
public sealed record SparkplugAnswer(ImmutableArray<VendorFact> Facts, ImmutableArray<VendorMessage> Commands, bool IsLate)
{
    internal static SparkplugAnswer Nothing { get; } = new([], [], false);
}
