namespace SurveillanceRegistry.Domain.Registers;

/// <summary>
/// What stood at the places, by the register. Devices have no valid time of their own: the time at which they were recorded decides.
/// </summary>
public interface IPlaceUses
{
    /// <summary>The fixed devices that were not removed, by place, each in the order of ids.</summary>
    Task<ILookup<string, string>> DevicesByPlaceAsync(DateTimeOffset then, CancellationToken cancellationToken);

    /// <summary>The fleets that worked from a place, by place, each in the order of ids.</summary>
    Task<ILookup<string, string>> FleetsByPlaceAsync(RegisterPoint point, CancellationToken cancellationToken);
}
