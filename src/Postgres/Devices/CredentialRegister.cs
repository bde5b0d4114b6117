using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>
/// The register of credentials, in a table: hashes only. The transaction of each act also records it, in the ledger or among the acts of
/// a mobile device.
/// </summary>
public sealed class CredentialRegister(NpgsqlDataSource database) : ICredentialRegister
{
    /// <summary>So many holders an entry names that it stays below the largest size of entries.</summary>
    private const int HoldersInEntry = 200;

    public async Task<ImmutableArray<Credential>> CredentialsAsync(string holder, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(
            long Number,
            string Kind,
            byte[] Sha256,
            DateTime MadeAt,
            DateTime? NotAfter,
            DateTime? EndedAt
        )>(
            """
            select number, kind, sha256, made_at, not_after, ended_at from registry.credential
            where holder = @holder order by number desc
            """,
            new { holder },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new Credential(row.Number, JsonRow.Word<CredentialKind>(row.Kind), [.. row.Sha256])
            {
                MadeAt = row.MadeAt,
                NotAfter = row.NotAfter,
                EndedAt = row.EndedAt,
            }),
        ];
    }

    public async Task<bool> IssueSecretAsync(
        string holder,
        byte[] sha256,
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
                var number = await CredentialRows.ReplaceSecretAsync(ledger, holder, sha256);
                await found.RecordAsync(
                    ledger,
                    LedgerKinds.CredentialIssued,
                    by,
                    IssuedDetails(number, CredentialKind.Secret, sha256, reason)
                );
                return LedgerTransaction.Done;
            },
            cancellationToken
        );
        return outcome.IsDone;
    }

    public Task IssueSecretsAsync(
        IReadOnlyCollection<(string Holder, byte[] Sha256)> secrets,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        LedgerTransaction.RunAsync<object>(
            database,
            at,
            async ledger =>
            {
                var holders = secrets.Select(secret => secret.Holder).ToArray();
                var hashes = secrets.Select(secret => secret.Sha256).ToArray();
                var issued = await ReplaceSecretsAsync(ledger, holders, hashes);
                // These entries name all fixed devices, and say nothing about mobile ones.
                foreach (var some in issued.Where(one => one.Mobile is null).Chunk(HoldersInEntry))
                {
                    await ledger.AppendAsync(
                        LedgerKinds.CredentialsIssued,
                        by,
                        new
                        {
                            kind = CredentialKind.Secret,
                            reason,
                            issued = some.Select(one => new
                            {
                                one.Holder,
                                credential = one.Number,
                                sha256 = CredentialRows.Identify(one.Sha256),
                            }),
                        }
                    );
                }

                foreach (var one in issued.Where(one => one.Mobile is not null))
                {
                    await ledger.RecordDeviceAsync(
                        LedgerKinds.CredentialIssued,
                        by,
                        JsonRow.Value<Device>(one.Mobile!),
                        IssuedDetails(one.Number, CredentialKind.Secret, one.Sha256, reason)
                    );
                }

                return LedgerTransaction.Done;
            },
            cancellationToken
        );

    public Task<Outcome<Credential>> RegisterCertificateAsync(
        string holder,
        byte[] sha256,
        DateTimeOffset notAfter,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        LedgerTransaction.RunAsync<Credential>(
            database,
            at,
            async ledger =>
            {
                if (await CredentialHolder.FindAsync(ledger, holder) is not { } found)
                    return CredentialHolder.NotFound(holder);
                if (await CountCertificatesAsync(ledger, holder) >= ICredentialRegister.MaxCertificates)
                {
                    return new Refusal(
                        "too-many",
                        $"'{holder}' has {ICredentialRegister.MaxCertificates} certificates that hold: end one that is not used any more.",
                        "pem"
                    );
                }

                if (await InsertCertificateAsync(ledger, holder, sha256, notAfter) is not { } number)
                    return new Refusal("taken", "This certificate is registered already: each holder has a certificate of its own.", "pem");
                await found.RecordAsync(
                    ledger,
                    LedgerKinds.CredentialIssued,
                    by,
                    IssuedDetails(number, CredentialKind.Certificate, sha256, reason, notAfter)
                );
                return new Credential(number, CredentialKind.Certificate, [.. sha256]) { MadeAt = ledger.At, NotAfter = notAfter };
            },
            cancellationToken
        );

    public async Task<bool> EndAsync(
        string holder,
        long number,
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
                if (await CredentialHolder.FindAsync(ledger, holder, includeRemoved: true) is not { } found)
                    return CredentialHolder.NotFound(holder);
                var ended = await ledger.ExecuteAsync(
                    """
                    update registry.credential set ended_at = @at
                    where holder = @holder and number = @number and ended_at is null
                    """,
                    new
                    {
                        holder,
                        number,
                        at = ledger.At.UtcDateTime,
                    }
                );
                if (ended == 0)
                    return CredentialHolder.NotFound(holder);
                // Otherwise a holder whose credential is taken away could fetch another one with the open code.
                await CredentialRows.EndClaimAsync(ledger, holder);
                await found.RecordAsync(ledger, LedgerKinds.CredentialEnded, by, new { credential = number, reason });
                return LedgerTransaction.Done;
            },
            cancellationToken
        );
        return outcome.IsDone;
    }

    /// <param name="notAfter">Until when a certificate is valid; null for a secret.</param>
    private static object IssuedDetails(long number, CredentialKind kind, byte[] sha256, string reason, DateTimeOffset? notAfter = null) =>
        new
        {
            credential = number,
            kind,
            sha256 = CredentialRows.Identify(sha256),
            notAfter = notAfter is { } until ? LedgerEntry.FormatTime(until) : null,
            reason,
        };

    /// <summary>Replaces the secrets of many holders. Returns the new ones, of a mobile device with its body.</summary>
    private static async Task<(string Holder, long Number, byte[] Sha256, string? Mobile)[]> ReplaceSecretsAsync(
        LedgerTransaction ledger,
        string[] holders,
        byte[][] hashes
    )
    {
        await ledger.ExecuteAsync(
            """
            update registry.credential set ended_at = @at where holder = any(@holders) and kind = 'secret' and ended_at is null;
            update registry.claim set ended_at = @at where holder = any(@holders) and used_at is null and ended_at is null
            """,
            new { at = ledger.At.UtcDateTime, holders }
        );
        await ledger.ExecuteAsync(
            """
            insert into registry.credential (holder, kind, sha256, made_at)
            select holder, 'secret', sha256, @at from unnest(@holders, @hashes) as secret (holder, sha256)
            """,
            new
            {
                at = ledger.At.UtcDateTime,
                holders,
                hashes,
            }
        );
        return await ledger.QueryAsync<(string Holder, long Number, byte[] Sha256, string? Mobile)>(
            """
            select holder, number, sha256, body::text
            from registry.credential
            left join registry.device on id = holder and fleet is not null
            where holder = any(@holders) and kind = 'secret' and ended_at is null
            order by holder
            """,
            new { holders }
        );
    }

    private static Task<int> CountCertificatesAsync(LedgerTransaction ledger, string holder) =>
        ledger.ScalarAsync<int>(
            """
            select count(*) from registry.credential
            where holder = @holder and kind = 'certificate' and ended_at is null and not_after > @at
            """,
            new { holder, at = ledger.At.UtcDateTime }
        );

    /// <summary>Inserts a certificate. Returns its number; null when another row that holds has the same hash.</summary>
    private static async Task<long?> InsertCertificateAsync(LedgerTransaction ledger, string holder, byte[] sha256, DateTimeOffset notAfter)
    {
        var at = ledger.At.UtcDateTime;
        // An expired certificate may be registered again.
        await ledger.ExecuteAsync(
            """
            update registry.credential set ended_at = @at
            where sha256 = @sha256 and kind = 'certificate' and ended_at is null and not_after <= @at
            """,
            new { sha256, at }
        );
        return await ledger.ScalarAsync<long?>(
            """
            insert into registry.credential (holder, kind, sha256, made_at, not_after)
            values (@holder, 'certificate', @sha256, @at, @until)
            on conflict do nothing
            returning number
            """,
            new
            {
                holder,
                sha256,
                at,
                until = notAfter.UtcDateTime,
            }
        );
    }
}
