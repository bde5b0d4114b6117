namespace SurveillanceRegistry.Domain.Registers;

/// <summary>
/// What the register said to be at the places at an instant. Devices and the places of fleets have no valid time of their own: what is said
/// of them holds from when it is recorded.
/// </summary>
public interface IPlaceUses
{
    /// <summary>The fixed devices that were not removed, by place, each in the order of ids.</summary>
    Task<ILookup<string, string>> DevicesByPlaceAsync(DateTimeOffset then, CancellationToken cancellationToken);

    /// <summary>The fleets that worked from a place, by place, each in the order of ids.</summary>
    Task<ILookup<string, string>> FleetsByPlaceAsync(DateTimeOffset then, CancellationToken cancellationToken);
}
