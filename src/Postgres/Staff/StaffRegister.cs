using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>The register of staff members, in a table.</summary>
public sealed class StaffRegister(NpgsqlDataSource database) : IStaffRegister
{
    /// <summary>No other member is added until the transaction ends, and the next statement sees each one that was added before.</summary>
    private const string LockPeople = "lock table registry.staff in share row exclusive mode";

    private const string HasPeople = "select exists (select from registry.staff where not is_program)";

    private const string AddMember = $"""
        insert into registry.staff (
            id, sign_in, sign_in_key, name, department, roles, is_program, is_active, created_at,
            password_hash, password_kind, password_until
        )
        values (@Id, @signIn, @key, @Name, @Department, @roles, @IsProgram, @IsActive, @at, @Hash, @kind, @until)
        on conflict do nothing
        {StaffRights.Returning}
        """;

    public async Task<ImmutableArray<StaffMember>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await MembersAsync("order by lower(sign_in)", null, cancellationToken)).Select(row => row.Member())];

    public async Task<StaffMember?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await MembersAsync("where id = @id", new { id }, cancellationToken)).SingleOrDefault()?.Member();

    public async Task<(StaffMember Member, StoredPassword? Password)?> FindBySignInAsync(string signIn, CancellationToken cancellationToken)
    {
        // PostgreSQL stores no NUL, and a name without a normal form is the name of no account.
        if (SignInName.Normalize(signIn) is not { Length: > 0 } name || name.Contains('\0', StringComparison.Ordinal))
            return null;
        var rows = await MembersAsync("where lower(sign_in) = @name", new { name }, cancellationToken);
        return rows.SingleOrDefault() is { } row ? (row.Member(), row.Password()) : null;
    }

    public async Task<StaffMember?> FindBySubjectAsync(string subject, CancellationToken cancellationToken) =>
        (await MembersAsync("where subject = @subject", new { subject }, cancellationToken)).SingleOrDefault()?.Member();

    public Task<bool> AddAsync(
        StaffMember member,
        StoredPassword? password,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => AddAsync(member, password, by, at, isFirst: false, cancellationToken);

    public Task<bool> AddFirstAsync(
        StaffMember member,
        StoredPassword? password,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => AddAsync(member, password, by, at, isFirst: true, cancellationToken);

    private Task<bool> AddAsync(
        StaffMember member,
        StoredPassword? password,
        Attribution by,
        DateTimeOffset at,
        bool isFirst,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(member);
        var signIn = SignInName.Normalize(member.SignIn);
        var values = new
        {
            member.Id,
            signIn,
            key = SignInName.LookAlikeKey(signIn),
            member.Name,
            member.Department,
            roles = StaffRights.RoleNames(member.Roles),
            member.IsProgram,
            member.IsActive,
            at = at.UtcDateTime,
            password?.Hash,
            kind = password is null ? null : Json.Word(password.Kind),
            until = password?.ValidUntil?.UtcDateTime,
        };
        return StaffRights.RecordAsync(
            database,
            at,
            by,
            "added",
            async (connection, transaction) =>
            {
                if (isFirst)
                    await connection.ExecuteAsync(LockPeople, transaction: transaction);
                return isFirst && await connection.ExecuteScalarAsync<bool>(HasPeople, transaction: transaction)
                    ? null
                    : await connection.QuerySingleOrDefaultAsync<StaffRights.Right>(AddMember, values, transaction);
            },
            cancellationToken
        );
    }

    public Task<bool> ChangeAsync(
        string id,
        ImmutableArray<Role>? roles,
        bool? isActive,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var what = isActive switch
        {
            false => "deactivated",
            true => "activated",
            null => "roles-changed",
        };
        return StaffRights.RecordAsync(
            database,
            at,
            by,
            what,
            $"""
            update registry.staff
            set roles = coalesce(@roles, roles), is_active = coalesce(@isActive, is_active), stamp = stamp + 1
            where id = @id
            {StaffRights.Returning}
            """,
            new
            {
                id,
                roles = roles is { } given ? StaffRights.RoleNames(given) : null,
                isActive,
            },
            cancellationToken
        );
    }

    public async Task<bool> RenameAsync(
        string id,
        StaffProfile profile,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(profile);
        var signIn = SignInName.Normalize(profile.SignIn);
        try
        {
            return await StaffRights.RecordAsync(
                database,
                at,
                by,
                "renamed",
                $"""
                update registry.staff
                set sign_in = @signIn, sign_in_key = @key, name = @Name, department = @Department, stamp = stamp + 1
                where id = @id
                {StaffRights.Returning}
                """,
                new
                {
                    id,
                    signIn,
                    key = SignInName.LookAlikeKey(signIn),
                    profile.Name,
                    profile.Department,
                },
                cancellationToken
            );
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    public Task<bool> BindSubjectAsync(string id, string subject, DateTimeOffset at, CancellationToken cancellationToken) =>
        StaffRights.RecordAsync(
            database,
            at,
            Attribution.Registry,
            "identity-bound",
            $"update registry.staff set subject = @subject where id = @id and subject is null {StaffRights.Returning}",
            new { id, subject },
            cancellationToken
        );

    public Task<bool> UnbindSubjectAsync(string id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken) =>
        StaffRights.RecordAsync(
            database,
            at,
            by,
            "identity-unbound",
            $"""
            update registry.staff set subject = null, stamp = stamp + 1
            where id = @id and subject is not null
            {StaffRights.Returning}
            """,
            new { id },
            cancellationToken
        );

    public Task<bool> AnonymizeAsync(string id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken) =>
        StaffRights.RecordAsync(
            database,
            at,
            by,
            "anonymized",
            async (connection, transaction) =>
            {
                var right = await connection.QuerySingleOrDefaultAsync<StaffRights.Right>(
                    $"""
                    update registry.staff
                    set name = 'Former member of staff', sign_in = id, sign_in_key = id, subject = null, department = null,
                        password_hash = null, password_kind = null, password_until = null, stamp = stamp + 1
                    where id = @id and not is_active
                    {StaffRights.Returning}
                    """,
                    new { id },
                    transaction
                );
                if (right is not null)
                    await connection.ExecuteAsync(
                        """
                        delete from registry.second_factor where staff = @id;
                        delete from registry.recovery_code where staff = @id;
                        delete from registry.staff_session where staff = @id;
                        delete from registry.saved_view where owner = @id;
                        delete from registry.mail_address where staff = @id
                        """,
                        new { id },
                        transaction
                    );
                return right;
            },
            cancellationToken
        );

    private Task<StaffRow[]> MembersAsync(string clauses, object? values, CancellationToken cancellationToken) =>
        database.QueryAsync<StaffRow>($"select {StaffRow.Columns} from registry.staff {clauses}", values, cancellationToken);
}
