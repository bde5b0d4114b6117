using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;

namespace SurveillanceRegistry.Web.Places;

/// <summary>Every place as it stands now.</summary>
internal static class AllPlaces
{
    public static async Task<ImmutableArray<PlaceDescription>> DescribeAllAsync(this IPlaceRegister places, IGrainFactory grains, CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll((await places.PlacesAsync(cancellationToken)).Select(place => grains.Place(place.Id).Describe()))).OfType<PlaceDescription>()];
}
