using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;

namespace SurveillanceRegistry.Web.Places;

/// <summary>Places with their current notices.</summary>
internal static class AllPlaces
{
    public static async Task<ImmutableArray<PlaceDescription>> DescribeAllAsync(
        this IPlaceRegister places,
        IGrainFactory grains,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await Task.WhenAll((await places.PlacesAsync(cancellationToken)).Select(place => grains.Place(place.Id).Describe()))
            ).OfType<PlaceDescription>(),
        ];

    /// <summary>One place; null when it is not registered or retired. An id that is not registered activates no grain.</summary>
    public static async Task<PlaceDescription?> DescribeAsync(
        this IPlaceRegister places,
        string id,
        IGrainFactory grains,
        CancellationToken cancellationToken
    ) => await places.FindPlaceAsync(id, cancellationToken) is null ? null : await grains.Place(id).Describe();
}
