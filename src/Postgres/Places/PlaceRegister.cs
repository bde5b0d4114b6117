using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Postgres.Places;

/// <summary>Places and screens, in tables.</summary>
public sealed class PlaceRegister(NpgsqlDataSource database) : IPlaceRegister
{
    public Task<ImmutableArray<Place>> PlacesAsync(CancellationToken cancellationToken) =>
        database.BodiesAsync<Place>("select body::text from registry.place order by id", null, cancellationToken);

    public Task<ImmutableArray<Kiosk>> KiosksAsync(CancellationToken cancellationToken) =>
        database.BodiesAsync<Kiosk>("select body::text from registry.kiosk order by id", null, cancellationToken);
}
