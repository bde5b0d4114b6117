using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>The passwords and second factors of staff, in tables.</summary>
public sealed class StaffCredentialRegister(NpgsqlDataSource database) : IStaffCredentialRegister
{
    public async Task<StaffCredentials?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<CredentialsRow>(
            """
            select password_hash as PasswordHash, password_kind as PasswordKind, password_until as PasswordUntil,
                (select seed from registry.second_factor where staff = id) as Seed,
                (select count(*) from registry.recovery_code where staff = id and used_at is null)::int as CodesLeft
            from registry.staff
            where id = @id
            """,
            new { id },
            cancellationToken
        );
        return rows.SingleOrDefault()?.Credentials();
    }

    public Task<bool> SetPasswordAsync(
        string id,
        StoredPassword password,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(password);
        return StaffRights.RecordAsync(
            database,
            at,
            by,
            password.Kind == PasswordKind.First ? "first-password-set" : "password-set",
            $"""
            update registry.staff
            set password_hash = @Hash, password_kind = @kind, password_until = @until, stamp = stamp + 1
            where id = @id
            {StaffRights.Returning}
            """,
            new
            {
                id,
                password.Hash,
                kind = Json.Word(password.Kind),
                until = password.ValidUntil?.UtcDateTime,
            },
            cancellationToken
        );
    }

    public Task<bool> SetSecondFactorAsync(
        string id,
        string seed,
        long lastStep,
        ImmutableArray<byte[]> recoveryCodes,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        StaffRights.RecordAsync(
            database,
            at,
            by,
            "second-factor-set",
            async (connection, transaction) =>
            {
                var right = await RaiseStampAsync(connection, transaction, id);
                if (right is not null)
                    await connection.ExecuteAsync(
                        """
                        insert into registry.second_factor (staff, seed, last_step) values (@id, @seed, @lastStep)
                        on conflict (staff) do update set seed = excluded.seed, last_step = excluded.last_step;
                        delete from registry.recovery_code where staff = @id;
                        insert into registry.recovery_code (staff, sha256) select @id, code from unnest(@codes) code
                        """,
                        new
                        {
                            id,
                            seed,
                            lastStep,
                            codes = recoveryCodes.ToArray(),
                        },
                        transaction
                    );
                return right;
            },
            cancellationToken
        );

    public Task<bool> RemoveSecondFactorAsync(string id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken) =>
        StaffRights.RecordAsync(
            database,
            at,
            by,
            "second-factor-removed",
            async (connection, transaction) =>
                await connection.ExecuteAsync(
                    """
                    delete from registry.recovery_code where staff = @id;
                    delete from registry.second_factor where staff = @id
                    """,
                    new { id },
                    transaction
                ) > 0
                    ? await RaiseStampAsync(connection, transaction, id)
                    : null,
            cancellationToken
        );

    public async Task<bool> TryUseStepAsync(string id, long step, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "update registry.second_factor set last_step = @step where staff = @id and last_step < @step",
            new { id, step },
            cancellationToken
        ) == 1;

    public async Task<bool> TryUseRecoveryCodeAsync(string id, byte[] sha256, DateTimeOffset at, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "update registry.recovery_code set used_at = @at where staff = @id and sha256 = @sha256 and used_at is null",
            new
            {
                id,
                sha256,
                at = at.UtcDateTime,
            },
            cancellationToken
        ) == 1;

    private static Task<StaffRights.Right?> RaiseStampAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string id) =>
        connection.QuerySingleOrDefaultAsync<StaffRights.Right>(
            $"update registry.staff set stamp = stamp + 1 where id = @id {StaffRights.Returning}",
            new { id },
            transaction
        );

    /// <summary>What a member signs in with, as a row.</summary>
    private sealed record CredentialsRow(string? PasswordHash, string? PasswordKind, DateTime? PasswordUntil, string? Seed, int CodesLeft)
    {
        public StaffCredentials Credentials() => new(StaffRow.Password(PasswordHash, PasswordKind, PasswordUntil), Seed, CodesLeft);
    }
}
