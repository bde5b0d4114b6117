using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>The past of a place, with the screens that showed its notice.</summary>
public sealed class PlaceHistoryModel(
    IInventoryRegister<Place> places,
    IInventoryRegister<Kiosk> kiosks,
    IGrainFactory grains,
    TimeProvider time
) : RegisterHistoryPage<Place>(places, grains, time)
{
    /// <summary>The screens that showed the notice of the place at the point that was asked for.</summary>
    public ImmutableArray<string> Screens { get; private set; } = [];

    private protected override bool IsRetired(Place value) => value.IsRetired;

    private protected override async Task ReadMoreAsync(string id, CancellationToken cancellationToken) =>
        Screens = [
            .. (await kiosks.ListAsync(Point, cancellationToken))
                .Where(kiosk => kiosk.Value.Place == id && !kiosk.Value.Removed)
                .Select(kiosk => kiosk.Value.Id),
        ];
}
