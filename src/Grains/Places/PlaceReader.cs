using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Grains.Places;

/// <summary>What the register says of one place.</summary>
/// <param name="Devices">The devices that it names at the place, and those that it took from it and that still count.</param>
/// <param name="Withdrawals">What it took from the place, by device.</param>
internal sealed record RegisteredPlace(
    Place Place,
    ImmutableArray<Kiosk> Kiosks,
    ImmutableArray<Device> Devices,
    ImmutableDictionary<string, DeviceWithdrawals> Withdrawals
);

/// <summary>Reads what the register says of one place.</summary>
internal sealed class PlaceReader(IPlaceRegister places, IDeviceRegister devices, IWithdrawalRegister withdrawals)
{
    /// <summary>Returns null for a place that is not registered or retired.</summary>
    public async Task<RegisteredPlace?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (await places.FindPlaceAsync(id, cancellationToken) is not { } place)
            return null;
        var kiosks = await places.KiosksAtAsync(id, cancellationToken);
        // The withdrawals last: a device that is moved away between the two reads is in both.
        var here = await devices.ListAsync(new DeviceFilter(Place: id), null, int.MaxValue, cancellationToken);
        var withdrawn = await withdrawals.FromPlaceAsync(id, cancellationToken);
        var gone = withdrawn
            .Where(device => !device.Open.IsEmpty)
            .Select(device => device.DeviceId)
            .Except(here.Select(device => device.Id));
        var elsewhere = await Task.WhenAll(gone.Select(one => devices.FindAsync(one, cancellationToken)));
        return new RegisteredPlace(
            place,
            kiosks,
            [.. here.Concat(elsewhere.OfType<Device>()).OrderBy(device => device.Id, StringComparer.Ordinal)],
            withdrawn.ToImmutableDictionary(device => device.DeviceId)
        );
    }
}
