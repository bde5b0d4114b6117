using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Postgres;

/// <summary>Keys of requests that may be sent twice, in a table.</summary>
public sealed class IdempotencyRegister(NpgsqlDataSource database) : IIdempotencyRegister
{
    public async Task<KeyUse> TakeAsync(string actor, string key, byte[] request, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "delete from registry.idempotency_key where made_at < @oldest",
                new { oldest = at.UtcDateTime.AddHours(-IIdempotencyRegister.Hours) },
                cancellationToken: cancellationToken
            )
        );
        var isNew =
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "insert into registry.idempotency_key (actor, key, request, made_at) values (@actor, @key, @request, @now) on conflict do nothing",
                    new
                    {
                        actor,
                        key,
                        request,
                        now = at.UtcDateTime,
                    },
                    cancellationToken: cancellationToken
                )
            ) == 1;
        if (isNew)
            return new KeyUse(true, true, null, null, null);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(
                "select request = @request as IsSame, status, body, headers::text as Headers from registry.idempotency_key where actor = @actor and key = @key",
                new
                {
                    actor,
                    key,
                    request,
                },
                cancellationToken: cancellationToken
            )
        );
        // Given back between the two: whoever sends it again will be the first.
        return row is null ? new KeyUse(false, true, null, null, null) : new KeyUse(false, row.IsSame, row.Status, row.Body, row.Headers);
    }

    public async Task KeepAsync(string actor, string key, int status, string body, string headers, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "update registry.idempotency_key set status = @status, body = @body, headers = @headers::jsonb where actor = @actor and key = @key",
                new
                {
                    actor,
                    key,
                    status,
                    body,
                    headers,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    public async Task GiveBackAsync(string actor, string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "delete from registry.idempotency_key where actor = @actor and key = @key and status is null",
                new { actor, key },
                cancellationToken: cancellationToken
            )
        );
    }

    private sealed record Row(bool IsSame, int? Status, string? Body, string? Headers);
}
