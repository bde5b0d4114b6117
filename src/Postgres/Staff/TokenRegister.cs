using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>The register of programs' tokens, in a table.</summary>
public sealed class TokenRegister(NpgsqlDataSource database, IStaffRegister staff) : ITokenRegister
{
    public async Task<long> AddTokenAsync(
        TokenGrant grant,
        byte[] sha256,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(grant);
        var id = 0L;
        await StaffRights.RecordAsync(
            database,
            at,
            by,
            "token-made",
            async (connection, transaction) =>
            {
                id = await connection.ExecuteScalarAsync<long>(
                    """
                    insert into registry.api_token (sha256, staff, roles, label, created_at, expires_at)
                    values (@sha256, @Staff, @roles, @Label, @at, @expiresAt)
                    returning id
                    """,
                    new
                    {
                        sha256,
                        grant.Staff,
                        roles = StaffRights.RoleNames(grant.Roles),
                        grant.Label,
                        at = at.UtcDateTime,
                        expiresAt = grant.ExpiresAt.UtcDateTime,
                    },
                    transaction
                );
                return new StaffRights.Right(grant.Staff, null, string.Join(',', StaffRights.RoleNames(grant.Roles)), id);
            },
            cancellationToken
        );
        return id;
    }

    public async Task<(StaffMember Member, TokenGrant Grant)?> FindByTokenAsync(
        byte[] sha256,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<TokenRow>(
            $"select {TokenRow.Columns} from registry.api_token where sha256 = @sha256 and revoked_at is null and expires_at > @at",
            new { sha256, at = at.UtcDateTime },
            cancellationToken
        );
        if (rows.SingleOrDefault()?.Grant() is not { } found)
            return null;
        if (await staff.FindAsync(found.Staff, cancellationToken) is not { IsActive: true } member)
            return null;
        var today = DateOnly.FromDateTime(at.UtcDateTime);
        if (found.LastUsedOn != today)
        {
            // Written at most once a day for each token, not for each request.
            await database.ExecuteAsync(
                "update registry.api_token set last_used_on = @today where id = @Id and last_used_on is distinct from @today",
                new { found.Id, today },
                cancellationToken
            );
        }

        return (member, found with { LastUsedOn = today });
    }

    public async Task<ImmutableArray<TokenGrant>> TokensAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<TokenRow>(
            $"select {TokenRow.Columns} from registry.api_token order by id desc",
            null,
            cancellationToken
        );
        return [.. rows.Select(row => row.Grant())];
    }

    public Task<bool> RevokeTokenAsync(long id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken) =>
        StaffRights.RecordAsync(
            database,
            at,
            by,
            "token-revoked",
            """
            update registry.api_token set revoked_at = @at
            where id = @id and revoked_at is null
            returning staff as Staff, null::text as Department, array_to_string(roles, ',') as Roles, id as Token
            """,
            new { id, at = at.UtcDateTime },
            cancellationToken
        );
}
