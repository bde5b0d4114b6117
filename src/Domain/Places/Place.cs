using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>A place where people stand and may be recorded.</summary>
/// <param name="Address">The address as people say it.</param>
/// <param name="Area">The area that the notice covers, in words: "the public lobby and its entrance".</param>
public sealed record Place(string Id, string Name, string Address, string Area)
{
    /// <summary>True when it has no notice any more. It keeps its address and its history.</summary>
    [JsonPropertyName("retired"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRetired { get; init; }

    /// <summary>Where it is; null when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlaceGeometry? Geometry { get; init; }
}

/// <summary>A screen that shows the notice of a place.</summary>
/// <param name="Removed">True when it is no longer there. Requests for its address are then answered with 410.</param>
public sealed record Kiosk(string Id, string Place, bool Removed = false)
{
    /// <summary>How large it is and from where people read it; null when it was not measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Glass? Glass { get; init; }
}

/// <summary>The glass of a screen, and from where people read it. The size of its type follows from both.</summary>
/// <param name="Width">Its width in pixels, as the browser counts them.</param>
/// <param name="Height">Its height in pixels, as the browser counts them.</param>
/// <param name="WidthMm">Its width in millimetres.</param>
/// <param name="DistanceMm">The distance from which people read it, in millimetres.</param>
public sealed record Glass(int Width, int Height, int WidthMm, int DistanceMm);

/// <summary>The places and kiosks as they are now.</summary>
public interface IPlaceRegister
{
    /// <summary>Every place that is not retired, in the order of ids.</summary>
    Task<ImmutableArray<Place>> PlacesAsync(CancellationToken cancellationToken);

    /// <summary>The place with this id; null when it is not registered or retired.</summary>
    Task<Place?> FindPlaceAsync(string placeId, CancellationToken cancellationToken);

    /// <summary>Every kiosk, also each that was removed, in the order of ids.</summary>
    Task<ImmutableArray<Kiosk>> KiosksAsync(CancellationToken cancellationToken);

    /// <summary>The kiosks that show the notice of a place, in the order of ids.</summary>
    Task<ImmutableArray<Kiosk>> KiosksAtAsync(string placeId, CancellationToken cancellationToken);
}
