using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Postgres.Places;

/// <summary>Places and screens as they are now, in tables. The tables are changed by the registers with versions.</summary>
public sealed class PlaceRegister(NpgsqlDataSource database) : IPlaceRegister
{
    private const string InService = "select body::text from registry.place where coalesce(body->>'retired', 'false') <> 'true'";

    public Task<ImmutableArray<Place>> PlacesAsync(CancellationToken cancellationToken) =>
        database.BodiesAsync<Place>($"{InService} order by id", null, cancellationToken);

    public async Task<Place?> FindPlaceAsync(string placeId, CancellationToken cancellationToken) =>
        (await database.BodiesAsync<Place>($"{InService} and id = @placeId", new { placeId }, cancellationToken)).FirstOrDefault();

    public Task<ImmutableArray<Kiosk>> KiosksAsync(CancellationToken cancellationToken) =>
        database.BodiesAsync<Kiosk>("select body::text from registry.kiosk order by id", null, cancellationToken);

    public Task<ImmutableArray<Kiosk>> KiosksAtAsync(string placeId, CancellationToken cancellationToken) =>
        database.BodiesAsync<Kiosk>(
            """
            select body::text from registry.kiosk
            where place = @placeId and coalesce(body->>'removed', 'false') <> 'true'
            order by id
            """,
            new { placeId },
            cancellationToken
        );
}
