namespace SurveillanceRegistry.Domain.Registers;

/// <summary>
/// What stood at the places, by the register. Devices have no valid time of their own: the time at which they were recorded decides.
/// </summary>
public interface IPlaceUses
{
    /// <summary>The fixed devices that were not removed, by place, each in the order of ids.</summary>
    /// <param name="places">The places that are asked for; any reader may ask, so never more than a page.</param>
    Task<ILookup<string, string>> DevicesByPlaceAsync(
        IReadOnlyCollection<string> places,
        DateTimeOffset then,
        CancellationToken cancellationToken
    );

    /// <summary>The fleets that worked from a place, by place, each in the order of ids.</summary>
    /// <inheritdoc cref="DevicesByPlaceAsync"/>
    Task<ILookup<string, string>> FleetsByPlaceAsync(
        IReadOnlyCollection<string> places,
        RegisterPoint point,
        CancellationToken cancellationToken
    );
}
