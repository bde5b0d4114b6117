using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>A place where people stand and may be recorded.</summary>
/// <param name="Address">The address as people say it.</param>
/// <param name="Area">The area that the notice covers, in words: "the public lobby and its entrance".</param>
public sealed record Place(string Id, string Name, string Address, string Area);

/// <summary>A screen that shows the notice of a place.</summary>
/// <param name="Removed">True when it is no longer there. Requests for its address are then answered with 410.</param>
public sealed record Kiosk(string Id, string Place, bool Removed = false);

/// <summary>The register of places and kiosks.</summary>
public interface IPlaceRegister
{
    /// <summary>Every place, in the order of ids.</summary>
    Task<ImmutableArray<Place>> PlacesAsync(CancellationToken cancellationToken);

    /// <summary>Every kiosk, in the order of ids.</summary>
    Task<ImmutableArray<Kiosk>> KiosksAsync(CancellationToken cancellationToken);
}
