using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>The register of staff members and their API tokens, in tables.</summary>
public sealed class StaffRegister(NpgsqlDataSource database) : IStaffRegister
{
    public async Task<ImmutableArray<StaffMember>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await MembersAsync("order by lower(sign_in)", null, cancellationToken)).Select(row => row.Member())];

    public async Task<StaffMember?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await MembersAsync("where id = @id", new { id }, cancellationToken)).SingleOrDefault()?.Member();

    public async Task<(StaffMember Member, string? PasswordHash)?> FindBySignInAsync(string signIn, CancellationToken cancellationToken) =>
        (await MembersAsync("where lower(sign_in) = lower(@signIn)", new { signIn }, cancellationToken)).SingleOrDefault() is { } row
            ? (row.Member(), row.PasswordHash)
            : null;

    public async Task<StaffMember?> FindBySubjectAsync(string subject, CancellationToken cancellationToken) =>
        (await MembersAsync("where subject = @subject", new { subject }, cancellationToken)).SingleOrDefault()?.Member();

    public Task<bool> AddAsync(
        StaffMember member,
        string? passwordHash,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(member);
        return RecordAsync(
            at,
            by,
            "added",
            async (connection, transaction) =>
                await connection.ExecuteAsync(
                    """
                    insert into registry.staff (id, sign_in, name, department, roles, is_program, is_active, password_hash, created_at)
                    values (@Id, @SignIn, @Name, @Department, @roles, @IsProgram, @IsActive, @passwordHash, @at)
                    on conflict do nothing
                    """,
                    new
                    {
                        member.Id,
                        member.SignIn,
                        member.Name,
                        member.Department,
                        roles = RoleNames(member.Roles),
                        member.IsProgram,
                        member.IsActive,
                        passwordHash,
                        at = at.UtcDateTime,
                    },
                    transaction
                ) == 1
                    ? new Right(member.Id, member.Department, string.Join(',', RoleNames(member.Roles)), null)
                    : null,
            cancellationToken
        );
    }

    public Task<bool> ChangeAsync(
        string id,
        ImmutableArray<Role>? roles,
        bool? isActive,
        string? passwordHash,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var what = isActive switch
        {
            false => "deactivated",
            true => "activated",
            null when roles is not null => "roles-changed",
            _ => "password-set",
        };
        return RecordAsync(
            at,
            by,
            what,
            """
            update registry.staff
            set roles = coalesce(@roles, roles),
                is_active = coalesce(@isActive, is_active),
                password_hash = coalesce(@passwordHash, password_hash),
                stamp = stamp + 1
            where id = @id
            returning id as Staff, department, array_to_string(roles, ',') as Roles, null::bigint as Token
            """,
            new
            {
                id,
                roles = roles is { } given ? RoleNames(given) : null,
                isActive,
                passwordHash,
            },
            cancellationToken
        );
    }

    public Task<bool> BindSubjectAsync(string id, string subject, DateTimeOffset at, CancellationToken cancellationToken) =>
        RecordAsync(
            at,
            Attribution.Registry,
            "identity-bound",
            """
            update registry.staff set subject = @subject
            where id = @id and subject is null
            returning id as Staff, department, array_to_string(roles, ',') as Roles, null::bigint as Token
            """,
            new { id, subject },
            cancellationToken
        );

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
        await RecordAsync(
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
                        roles = RoleNames(grant.Roles),
                        grant.Label,
                        at = at.UtcDateTime,
                        expiresAt = grant.ExpiresAt.UtcDateTime,
                    },
                    transaction
                );
                return new Right(grant.Staff, null, string.Join(',', RoleNames(grant.Roles)), id);
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
        if (await FindAsync(found.Staff, cancellationToken) is not { IsActive: true } member)
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
        RecordAsync(
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

    public async Task EndSessionAsync(string session, DateTimeOffset until, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            """
            delete from registry.ended_session where until <= @at;
            insert into registry.ended_session (id, until) values (@session, @until) on conflict do nothing
            """,
            new
            {
                session,
                until = until.UtcDateTime,
                at = at.UtcDateTime,
            },
            cancellationToken
        );
    }

    public Task<bool> HasEndedAsync(string session, CancellationToken cancellationToken) =>
        database.ScalarAsync<bool>(
            "select exists (select from registry.ended_session where id = @session)",
            new { session },
            cancellationToken
        );

    /// <summary>Runs a statement that changes a right and returns it as a <see cref="Right"/>, and appends the ledger entry.</summary>
    private Task<bool> RecordAsync(
        DateTimeOffset at,
        Attribution by,
        string what,
        string sql,
        object values,
        CancellationToken cancellationToken
    ) =>
        RecordAsync(
            at,
            by,
            what,
            (connection, transaction) => connection.QuerySingleOrDefaultAsync<Right>(sql, values, transaction),
            cancellationToken
        );

    /// <summary>Runs a change of a right and appends its ledger entry in one transaction. Returns false when nothing was changed.</summary>
    /// <param name="change">Returns the right as it is now; null when there was nothing to change.</param>
    private async Task<bool> RecordAsync(
        DateTimeOffset at,
        Attribution by,
        string what,
        Func<NpgsqlConnection, NpgsqlTransaction, Task<Right?>> change,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await change(connection, transaction) is not { } right)
            return false;
        var ledger = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        await ledger.AppendAsync(LedgerKinds.StaffRightChanged, by, await StaffEntry.CreateAsync(ledger, what, right));
        await transaction.CommitDurablyAsync();
        return true;
    }

    private Task<StaffRow[]> MembersAsync(string clauses, object? values, CancellationToken cancellationToken) =>
        database.QueryAsync<StaffRow>($"select {StaffRow.Columns} from registry.staff {clauses}", values, cancellationToken);

    private static string[] RoleNames(ImmutableArray<Role> roles) => [.. roles.Distinct().Order().Select(Json.Word)];

    /// <summary>The member or the token whose right was changed, and what roles it has now.</summary>
    internal sealed record Right(string Staff, string? Department, string Roles, long? Token);
}
