using Npgsql;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Postgres;

/// <summary>The register of idempotency keys of API requests, in a table.</summary>
public sealed class IdempotencyRegister(NpgsqlDataSource database) : IIdempotencyRegister
{
    public async Task<KeyUse> TakeAsync(string actor, string key, byte[] request, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            "delete from registry.idempotency_key where made_at < @oldest",
            new { oldest = at.UtcDateTime.AddHours(-IIdempotencyRegister.RetentionHours) },
            cancellationToken
        );
        var inserted = await database.ExecuteAsync(
            """
            insert into registry.idempotency_key (actor, key, request, made_at) values (@actor, @key, @request, @now)
            on conflict do nothing
            """,
            new
            {
                actor,
                key,
                request,
                now = at.UtcDateTime,
            },
            cancellationToken
        );
        if (inserted == 1)
            return new KeyUse(true, true, null, null, null);
        var rows = await database.QueryAsync<Row>(
            """
            select request = @request as IsSame, status, body, headers::text as Headers
            from registry.idempotency_key
            where actor = @actor and key = @key
            """,
            new
            {
                actor,
                key,
                request,
            },
            cancellationToken
        );
        // No row: the key was released between the two statements. A request that is sent again then takes it.
        return rows.SingleOrDefault() is { } row
            ? new KeyUse(false, row.IsSame, row.Status, row.Body, row.Headers)
            : new KeyUse(false, true, null, null, null);
    }

    public Task StoreResponseAsync(
        string actor,
        string key,
        int status,
        string body,
        string headers,
        CancellationToken cancellationToken
    ) =>
        database.ExecuteAsync(
            """
            update registry.idempotency_key set status = @status, body = @body, headers = @headers::jsonb
            where actor = @actor and key = @key
            """,
            new
            {
                actor,
                key,
                status,
                body,
                headers,
            },
            cancellationToken
        );

    public Task ReleaseAsync(string actor, string key, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "delete from registry.idempotency_key where actor = @actor and key = @key and status is null",
            new { actor, key },
            cancellationToken
        );

    private sealed record Row(bool IsSame, int? Status, string? Body, string? Headers);
}
