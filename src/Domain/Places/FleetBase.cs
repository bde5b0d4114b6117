using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>The places that the people of a fleet work from, as files state them.</summary>
/// <param name="Department">The department whose people they are.</param>
/// <param name="Places">Ids of places; empty when the fleet works from no place with a notice.</param>
public sealed record FleetBase(string Fleet, string Department, ImmutableArray<string> Places);

/// <summary>The register of the places that fleets work from.</summary>
public interface IFleetBaseRegister
{
    /// <summary>Every fleet whose places were stated, with them, in the order of ids.</summary>
    Task<ImmutableArray<FleetBase>> AllAsync(CancellationToken cancellationToken);

    /// <summary>The fleets that work from a place, with what their devices can capture.</summary>
    /// <param name="then">What is registered and reported of single devices after this instant makes no difference.</param>
    Task<ImmutableArray<PlaceFleet>> FindAsync(string place, DateTimeOffset then, CancellationToken cancellationToken);

    /// <summary>What a notice would say of a fleet that were registered like this; empty while no device of it is registered.</summary>
    /// <inheritdoc cref="FindAsync"/>
    Task<ImmutableArray<PlaceFleet>> DescribeAsync(Fleet fleet, DateTimeOffset then, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the places that a fleet works from. Refuses a fleet that has no device, and a place that is not registered.
    /// </summary>
    Task<Outcome<FleetBase>> SetAsync(
        FleetBase fleet,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );
}
