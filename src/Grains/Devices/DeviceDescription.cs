using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>A device, the last that is known of it, and the rows that govern it on <paramref name="Day"/>.</summary>
public sealed record DeviceDescription(Device Device, DeviceObservation? Last, DateOnly Day, ImmutableArray<GovernanceRow> GovernedBy)
{
    /// <summary>What the register took of it from places, and no other person has confirmed to be gone.</summary>
    public ImmutableArray<DeviceWithdrawals> Withdrawn { get; init; } = [];

    /// <summary>The state that its rules demand, as it is published to the device; null until it was computed.</summary>
    public ExpectedState? Expected { get; init; }
}
