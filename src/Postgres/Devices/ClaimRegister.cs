using Npgsql;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The register of claim codes, in a table: hashes only. The transaction of each act also records it.</summary>
public sealed class ClaimRegister(NpgsqlDataSource database) : IClaimRegister
{
    public async Task<bool> CreateClaimAsync(
        string holder,
        byte[] sha256,
        DateTimeOffset expiresAt,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var outcome = await LedgerTransaction.RunAsync<object>(
            database,
            at,
            async ledger =>
            {
                if (await CredentialHolder.FindAsync(ledger, holder) is not { } found)
                    return CredentialHolder.NotFound(holder);
                await CredentialRows.EndClaimAsync(ledger, holder);
                await ledger.ExecuteAsync(
                    "insert into registry.claim (sha256, holder, made_at, expires_at) values (@sha256, @holder, @at, @expires)",
                    new
                    {
                        sha256,
                        holder,
                        at = ledger.At.UtcDateTime,
                        expires = expiresAt.UtcDateTime,
                    }
                );
                await found.RecordAsync(
                    ledger,
                    LedgerKinds.ClaimMade,
                    by,
                    new
                    {
                        expiresAt = LedgerEntry.FormatTime(expiresAt),
                        sha256 = CredentialRows.Identify(sha256),
                        reason,
                    }
                );
                return LedgerTransaction.Done;
            },
            cancellationToken
        );
        return outcome.IsDone;
    }

    public async Task<DateTimeOffset?> ClaimOpenUntilAsync(string holder, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var expires = await database.ScalarAsync<DateTime?>(
            """
            select max(expires_at) from registry.claim
            where holder = @holder and used_at is null and ended_at is null and expires_at > @at
            """,
            new { holder, at = at.UtcDateTime },
            cancellationToken
        );
        return expires is { } until ? new DateTimeOffset(DateTime.SpecifyKind(until, DateTimeKind.Utc)) : null;
    }

    public async Task<string?> ClaimAsync(byte[] claimSha256, byte[] secretSha256, DateTimeOffset at, CancellationToken cancellationToken)
    {
        // Strangers send wrong codes: these must not wait for the ledger, nor let others wait.
        var isKnown = await database.ScalarAsync<bool>(
            "select exists (select from registry.claim where sha256 = @claimSha256 and used_at is null)",
            new { claimSha256 },
            cancellationToken
        );
        if (!isKnown)
            return null;
        var outcome = await LedgerTransaction.RunAsync<string>(
            database,
            at,
            async ledger =>
            {
                // Of two requests with the same code, the second waits for the row lock of the first and finds the code used.
                var holder = await ledger.ScalarAsync<string?>(
                    """
                    update registry.claim set used_at = @at
                    where sha256 = @claimSha256 and used_at is null and ended_at is null and expires_at > @at
                    returning holder
                    """,
                    new { at = ledger.At.UtcDateTime, claimSha256 }
                );
                if (holder is null || await CredentialHolder.FindAsync(ledger, holder) is not { } found)
                    return CredentialHolder.NotFound("");
                var number = await CredentialRows.ReplaceSecretAsync(ledger, holder, secretSha256);
                await found.RecordAsync(
                    ledger,
                    LedgerKinds.ClaimUsed,
                    Attribution.Registry,
                    new
                    {
                        credential = number,
                        kind = CredentialKind.Secret,
                        sha256 = CredentialRows.Identify(secretSha256),
                    }
                );
                return holder;
            },
            cancellationToken
        );
        return outcome.Value;
    }
}
