using System.Collections.Immutable;
using System.Globalization;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>Who staff are, in tables.</summary>
public sealed class StaffRegister(NpgsqlDataSource database) : IStaffRegister
{
    private const string Columns =
        "id, sign_in as SignIn, name, department, array_to_string(roles, ',') as Roles, is_program as IsProgram, is_active as IsActive, stamp, password_hash as PasswordHash";

    private const string TokenColumns =
        "id, staff, array_to_string(roles, ',') as Roles, label, created_at as CreatedAt, expires_at as ExpiresAt, revoked_at as RevokedAt, to_char(last_used_on, 'YYYY-MM-DD') as LastUsedOn";

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
                    values (@Id, @SignIn, @Name, @Department, @roles, @IsProgram, @IsActive, @passwordHash, @at) on conflict do nothing
                    """,
                    new
                    {
                        member.Id,
                        member.SignIn,
                        member.Name,
                        member.Department,
                        roles = Words(member.Roles),
                        member.IsProgram,
                        member.IsActive,
                        passwordHash,
                        at = at.UtcDateTime,
                    },
                    transaction
                ) == 1
                    ? new Right(member.Id, member.Department, string.Join(',', Words(member.Roles)), null)
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
            async (connection, transaction) =>
                await connection.QuerySingleOrDefaultAsync<Right>(
                    """
                    update registry.staff set roles = coalesce(@roles, roles), is_active = coalesce(@isActive, is_active), password_hash = coalesce(@passwordHash, password_hash), stamp = stamp + 1
                    where id = @id returning id as Staff, department, array_to_string(roles, ',') as Roles, null::bigint as Token
                    """,
                    new
                    {
                        id,
                        roles = roles is { } given ? Words(given) : null,
                        isActive,
                        passwordHash,
                    },
                    transaction
                ),
            cancellationToken
        );
    }

    public Task<bool> BindSubjectAsync(string id, string subject, DateTimeOffset at, CancellationToken cancellationToken) =>
        RecordAsync(
            at,
            Attribution.Registry,
            "identity-bound",
            async (connection, transaction) =>
                await connection.QuerySingleOrDefaultAsync<Right>(
                    "update registry.staff set subject = @subject where id = @id and subject is null returning id as Staff, department, array_to_string(roles, ',') as Roles, null::bigint as Token",
                    new { id, subject },
                    transaction
                ),
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
                    "insert into registry.api_token (sha256, staff, roles, label, created_at, expires_at) values (@sha256, @Staff, @roles, @Label, @at, @expiresAt) returning id",
                    new
                    {
                        sha256,
                        grant.Staff,
                        roles = Words(grant.Roles),
                        grant.Label,
                        at = at.UtcDateTime,
                        expiresAt = grant.ExpiresAt.UtcDateTime,
                    },
                    transaction
                );
                return new Right(grant.Staff, null, string.Join(',', Words(grant.Roles)), id);
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
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var grant = await connection.QuerySingleOrDefaultAsync<TokenRow>(
            new CommandDefinition(
                $"select {TokenColumns} from registry.api_token where sha256 = @sha256 and revoked_at is null and expires_at > @at",
                new { sha256, at = at.UtcDateTime },
                cancellationToken: cancellationToken
            )
        );
        if (grant?.Grant() is not { } found || await FindAsync(found.Staff, cancellationToken) is not { IsActive: true } member)
            return null;
        var today = DateOnly.FromDateTime(at.UtcDateTime);
        if (found.LastUsedOn != today)
        {
            // Once a day for a token, never once a request.
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "update registry.api_token set last_used_on = @today where id = @Id and last_used_on is distinct from @today",
                    new { found.Id, today },
                    cancellationToken: cancellationToken
                )
            );
        }

        return (member, found with { LastUsedOn = today });
    }

    public async Task<ImmutableArray<TokenGrant>> TokensAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
        [
            .. (
                await connection.QueryAsync<TokenRow>(
                    new CommandDefinition(
                        $"select {TokenColumns} from registry.api_token order by id desc",
                        cancellationToken: cancellationToken
                    )
                )
            ).Select(row => row.Grant()),
        ];
    }

    public Task<bool> RevokeTokenAsync(long id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken) =>
        RecordAsync(
            at,
            by,
            "token-revoked",
            async (connection, transaction) =>
                await connection.QuerySingleOrDefaultAsync<Right>(
                    "update registry.api_token set revoked_at = @at where id = @id and revoked_at is null returning staff as Staff, null::text as Department, array_to_string(roles, ',') as Roles, id as Token",
                    new { id, at = at.UtcDateTime },
                    transaction
                ),
            cancellationToken
        );

    public async Task EndSessionAsync(string session, DateTimeOffset until, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "delete from registry.ended_session where until <= @at; insert into registry.ended_session (id, until) values (@session, @until) on conflict do nothing",
                new
                {
                    session,
                    until = until.UtcDateTime,
                    at = at.UtcDateTime,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    public async Task<bool> HasEndedAsync(string session, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "select exists (select from registry.ended_session where id = @session)",
                new { session },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>A change of a right and its entry: both, or neither.</summary>
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
        var append = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        await append.EntryAsync(
            "staff-right-changed",
            by,
            new
            {
                what,
                right.Staff,
                right.Department,
                roles = right.Roles.Split(',', StringSplitOptions.RemoveEmptyEntries),
                right.Token,
            }
        );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<IEnumerable<StaffRow>> MembersAsync(string where, object? values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QueryAsync<StaffRow>(
            new CommandDefinition($"select {Columns} from registry.staff {where}", values, cancellationToken: cancellationToken)
        );
    }

    private static string[] Words(ImmutableArray<Role> roles) => [.. roles.Distinct().Order().Select(Json.Word)];

    private static ImmutableArray<Role> Roles(string words) =>
        [
            .. words
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(word =>
                    Json.TryWord<Role>(word, out var role)
                        ? role
                        : throw new InvalidOperationException($"'{word}' is no role that this version knows.")
                ),
        ];

    private sealed record Right(string Staff, string? Department, string Roles, long? Token);

    private sealed record StaffRow(
        string Id,
        string SignIn,
        string Name,
        string? Department,
        string Roles,
        bool IsProgram,
        bool IsActive,
        int Stamp,
        string? PasswordHash
    )
    {
        public StaffMember Member() => new(Id, SignIn, Name, Department, StaffRegister.Roles(Roles), IsProgram, IsActive, Stamp);
    }

    private sealed record TokenRow(
        long Id,
        string Staff,
        string Roles,
        string Label,
        DateTime CreatedAt,
        DateTime ExpiresAt,
        DateTime? RevokedAt,
        string? LastUsedOn
    )
    {
        public TokenGrant Grant() =>
            new(
                Id,
                Staff,
                StaffRegister.Roles(Roles),
                Label,
                CreatedAt,
                ExpiresAt,
                RevokedAt is { } revoked ? new DateTimeOffset(revoked) : null,
                LastUsedOn is null ? null : DateOnly.ParseExact(LastUsedOn, "yyyy-MM-dd", CultureInfo.InvariantCulture)
            );
    }
}
