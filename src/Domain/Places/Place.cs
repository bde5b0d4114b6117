using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>A place where people stand and may be recorded.</summary>
/// <param name="Address">As people would say it.</param>
/// <param name="Area">What the notice covers, in words: "the public lobby and its entrance".</param>
public sealed record Place(string Id, string Name, string Address, string Area);

/// <summary>A screen that shows the notice of its place.</summary>
/// <param name="Removed">True when it stands there no longer; its address then answers 410.</param>
public sealed record Kiosk(string Id, string Place, bool Removed = false);

/// <summary>The register of places and screens as it is remembered.</summary>
public interface IPlaceRegister
{
    /// <summary>Every place, in the order of ids.</summary>
    Task<ImmutableArray<Place>> PlacesAsync(CancellationToken cancellationToken);

    /// <summary>Every kiosk, in the order of ids.</summary>
    Task<ImmutableArray<Kiosk>> KiosksAsync(CancellationToken cancellationToken);
}
