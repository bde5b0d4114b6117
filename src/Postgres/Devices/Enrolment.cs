using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>
/// Who may sign in, in tables: hashes only. Every act is written down by the transaction that does it: in the ledger, or among the acts of
/// a mobile unit.
/// </summary>
public sealed class Enrolment(NpgsqlDataSource database) : IEnrolment
{
    public async Task<EnrolledClient?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // On the way of every sign-in: one question, one answer.
        var rows = (
            await connection.QueryAsync<(int? Slot, string? Body, string? Profile, long? Number, string? Kind, byte[]? Sha256)>(
                new CommandDefinition(
                    """
                    select holder.slot, holder.body, holder.profile, number, kind, sha256
                    from (select slot, body::text, null as profile from registry.device where id = @id
                          union all select null, null, profile from registry.gateway where id = @id and not removed) holder
                    left join registry.credential on credential.holder = @id and ended_at is null
                    """,
                    new { id },
                    cancellationToken: cancellationToken
                )
            )
        ).ToArray();
        if (rows.Length == 0)
            return null;
        var (slot, body, profile, _, _, _) = rows[0];
        return new EnrolledClient(
            id,
            body is null ? null : JsonRow.Value<Device>(body) with { Number = slot!.Value },
            profile,
            [
                .. rows.Where(row => row.Number is not null)
                    .Select(row => new Credential(row.Number!.Value, Kind(row.Kind!), [.. row.Sha256!])),
            ]
        );
    }

    public async Task<Device?> BehindAsync(string gateway, string deviceId, CancellationToken cancellationToken) =>
        (await DevicesAsync("gateway = @gateway and id = @deviceId", new { gateway, deviceId }, cancellationToken)).FirstOrDefault();

    public Task<ImmutableArray<Device>> AllBehindAsync(string gateway, CancellationToken cancellationToken) =>
        DevicesAsync("gateway = @gateway", new { gateway }, cancellationToken);

    private async Task<ImmutableArray<Device>> DevicesAsync(string which, object values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(int Number, string Body)>(
            new CommandDefinition(
                $"select slot, body::text from registry.device where {which} order by id",
                values,
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => JsonRow.Value<Device>(row.Body) with { Number = row.Number })];
    }

    public async Task<ImmutableArray<Gateway>> GatewaysAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Id, string Department, string? Profile, bool Removed, int Version)>(
            new CommandDefinition(
                "select id, department, profile, removed, version from registry.gateway order by id",
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => new Gateway(row.Id, row.Department, row.Profile, row.Removed) { Version = row.Version })];
    }

    public async Task<ImmutableArray<Credential>> CredentialsAsync(string holder, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(
            long Number,
            string Kind,
            byte[] Sha256,
            DateTime MadeAt,
            DateTime? NotAfter,
            DateTime? EndedAt
        )>(
            new CommandDefinition(
                "select number, kind, sha256, made_at, not_after, ended_at from registry.credential where holder = @holder order by number desc",
                new { holder },
                cancellationToken: cancellationToken
            )
        );
        return
        [
            .. rows.Select(row => new Credential(row.Number, Kind(row.Kind), [.. row.Sha256])
            {
                MadeAt = row.MadeAt,
                NotAfter = row.NotAfter,
                EndedAt = row.EndedAt,
            }),
        ];
    }

    public Task<Outcome<Gateway>> RegisterAsync(
        Gateway gateway,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            async (connection, transaction, append) =>
            {
                ArgumentNullException.ThrowIfNull(gateway);
                return await AddAsync(connection, transaction, append, gateway, by, reason)
                    ? gateway with
                    {
                        Version = 1,
                    }
                    : (Outcome<Gateway>)new Refusal("taken", $"'{gateway.Id}' is registered already: choose another id.", "id");
            },
            at,
            cancellationToken
        );

    /// <summary>Registers a gateway within a transaction; false when its id is taken by a gateway or a device.</summary>
    internal static async Task<bool> AddAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        LedgerTransaction append,
        Gateway gateway,
        Attribution by,
        string? reason
    )
    {
        var entry = await append.EntryAsync(
            "gateway-registered",
            by,
            new
            {
                gateway = gateway.Id,
                gateway.Department,
                gateway.Profile,
                reason,
            }
        );
        return await connection.ExecuteAsync(
                """
                insert into registry.gateway (id, department, profile, entry) select @Id, @Department, @Profile, @entry
                where not exists (select from registry.device where id = @Id) on conflict do nothing
                """,
                new
                {
                    gateway.Id,
                    gateway.Department,
                    gateway.Profile,
                    entry,
                },
                transaction
            ) == 1;
    }

    public Task<Outcome<Gateway>> ChangeAsync(
        Gateway gateway,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            async (connection, transaction, append) =>
            {
                ArgumentNullException.ThrowIfNull(gateway);
                if (gateway.Removed)
                    await EndAllAsync(connection, transaction, gateway.Id, append.At);
                await append.EntryAsync(
                    "gateway-changed",
                    by,
                    new
                    {
                        gateway = gateway.Id,
                        gateway.Department,
                        gateway.Profile,
                        gateway.Removed,
                        reason,
                    }
                );
                return
                    await connection.ExecuteScalarAsync<int?>(
                        "update registry.gateway set department = @Department, profile = @Profile, removed = @Removed, version = version + 1 where id = @Id and version = @version returning version",
                        new
                        {
                            gateway.Id,
                            gateway.Department,
                            gateway.Profile,
                            gateway.Removed,
                            version,
                        },
                        transaction
                    )
                        is { } next
                    ? gateway with
                    {
                        Version = next,
                    }
                    : (Outcome<Gateway>)
                        new Refusal("stale", $"Gateway '{gateway.Id}' was changed meanwhile. Look at it again before you act.");
            },
            at,
            cancellationToken
        );

    public async Task<bool> IssueSecretAsync(
        string holder,
        byte[] sha256,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        (
            await WriteAsync<Credential>(
                async (connection, transaction, append) =>
                {
                    if (await HolderAsync(connection, transaction, holder) is not { } named)
                        return Unknown<Credential>(holder);
                    var number = await ReplaceAsync(connection, transaction, holder, sha256, append.At);
                    await named.SayAsync(
                        append,
                        "credential-issued",
                        by,
                        new
                        {
                            credential = number,
                            kind = CredentialKind.Secret,
                            reason,
                        }
                    );
                    return new Credential(number, CredentialKind.Secret, [.. sha256]);
                },
                at,
                cancellationToken
            )
        ).Value
            is not null;

    public Task IssueSecretsAsync(
        IReadOnlyCollection<(string Holder, byte[] Sha256)> secrets,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        WriteAsync<object>(
            async (connection, transaction, append) =>
            {
                var holders = secrets.Select(secret => secret.Holder).ToArray();
                await connection.ExecuteAsync(
                    """
                    update registry.credential set ended_at = @at where holder = any(@holders) and kind = 'secret' and ended_at is null;
                    update registry.claim set ended_at = @at where holder = any(@holders) and used_at is null and ended_at is null
                    """,
                    new { at = append.At.UtcDateTime, holders },
                    transaction
                );
                await connection.ExecuteAsync(
                    "insert into registry.credential (holder, kind, sha256, made_at) select holder, 'secret', sha256, @at from unnest(@holders, @hashes) as secret (holder, sha256)",
                    new
                    {
                        at = append.At.UtcDateTime,
                        holders,
                        hashes = secrets.Select(secret => secret.Sha256).ToArray(),
                    },
                    transaction
                );
                var mobile = (
                    await connection.QueryAsync<(string Body, long Number)>(
                        "select body::text, number from registry.device join registry.credential on holder = id and credential.kind = 'secret' and ended_at is null where id = any(@holders) and fleet is not null order by id",
                        new { holders },
                        transaction
                    )
                ).ToArray();
                // The entry is there or not whatever mobile units are among them.
                if (mobile.Length < holders.Length)
                    await append.EntryAsync("credentials-issued", by, new { kind = CredentialKind.Secret, reason });
                foreach (var (body, number) in mobile)
                    await append.DeviceAsync(
                        "credential-issued",
                        by,
                        JsonRow.Value<Device>(body),
                        new
                        {
                            credential = number,
                            kind = CredentialKind.Secret,
                            reason,
                        }
                    );
                return new object();
            },
            at,
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
        WriteAsync<Credential>(
            async (connection, transaction, append) =>
            {
                if (await HolderAsync(connection, transaction, holder) is not { } named)
                    return Unknown<Credential>(holder);
                var at = append.At.UtcDateTime;
                if (
                    await connection.ExecuteScalarAsync<int>(
                        "select count(*) from registry.credential where holder = @holder and kind = 'certificate' and ended_at is null and not_after > @at",
                        new { holder, at },
                        transaction
                    ) >= IEnrolment.MaxCertificates
                )
                    return new Refusal(
                        "too-many",
                        $"'{holder}' has {IEnrolment.MaxCertificates} certificates that hold: end one that is not used any more.",
                        "pem"
                    );
                // One that has expired is nobody's any more.
                await connection.ExecuteAsync(
                    "update registry.credential set ended_at = @at where sha256 = @sha256 and kind = 'certificate' and ended_at is null and not_after <= @at",
                    new { sha256, at },
                    transaction
                );
                if (
                    await connection.ExecuteScalarAsync<long?>(
                        "insert into registry.credential (holder, kind, sha256, made_at, not_after) values (@holder, 'certificate', @sha256, @at, @until) on conflict do nothing returning number",
                        new
                        {
                            holder,
                            sha256,
                            at,
                            until = notAfter.UtcDateTime,
                        },
                        transaction
                    )
                    is not { } number
                )
                    return new Refusal("taken", "This certificate is registered already: each holder has a certificate of its own.", "pem");
                await named.SayAsync(
                    append,
                    "credential-issued",
                    by,
                    new
                    {
                        credential = number,
                        kind = CredentialKind.Certificate,
                        reason,
                    }
                );
                return new Credential(number, CredentialKind.Certificate, [.. sha256]) { MadeAt = append.At, NotAfter = notAfter };
            },
            at,
            cancellationToken
        );

    public async Task<bool> EndAsync(
        string holder,
        long number,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        (
            await WriteAsync<object>(
                async (connection, transaction, append) =>
                {
                    var named = await HolderAsync(connection, transaction, holder, evenRemoved: true);
                    if (
                        named is null
                        || await connection.ExecuteAsync(
                            "update registry.credential set ended_at = @at where holder = @holder and number = @number and ended_at is null",
                            new
                            {
                                holder,
                                number,
                                at = append.At.UtcDateTime,
                            },
                            transaction
                        ) == 0
                    )
                        return Unknown<object>(holder);
                    await EndClaimAsync(connection, transaction, holder, append.At); // Who must not have the one must not fetch another.
                    await named.SayAsync(append, "credential-ended", by, new { credential = number, reason });
                    return new object();
                },
                at,
                cancellationToken
            )
        ).Value
            is not null;

    public async Task<bool> MakeClaimAsync(
        string holder,
        byte[] sha256,
        DateTimeOffset expiresAt,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        (
            await WriteAsync<object>(
                async (connection, transaction, append) =>
                {
                    if (await HolderAsync(connection, transaction, holder) is not { } named)
                        return Unknown<object>(holder);
                    await EndClaimAsync(connection, transaction, holder, append.At);
                    await connection.ExecuteAsync(
                        "insert into registry.claim (sha256, holder, made_at, expires_at) values (@sha256, @holder, @at, @expires)",
                        new
                        {
                            sha256,
                            holder,
                            at = append.At.UtcDateTime,
                            expires = expiresAt.UtcDateTime,
                        },
                        transaction
                    );
                    await named.SayAsync(append, "claim-made", by, new { expiresAt = LedgerEntry.Time(expiresAt), reason });
                    return new object();
                },
                at,
                cancellationToken
            )
        ).Value
            is not null;

    public async Task<DateTimeOffset?> ClaimOpenUntilAsync(string holder, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var expires = await connection.ExecuteScalarAsync<DateTime?>(
            new CommandDefinition(
                "select max(expires_at) from registry.claim where holder = @holder and used_at is null and ended_at is null and expires_at > @at",
                new { holder, at = at.UtcDateTime },
                cancellationToken: cancellationToken
            )
        );
        return expires is { } until ? new DateTimeOffset(DateTime.SpecifyKind(until, DateTimeKind.Utc)) : null;
    }

    public async Task<string?> ClaimAsync(
        byte[] claimSha256,
        byte[] secretSha256,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        (
            await WriteAsync<string>(
                async (connection, transaction, append) =>
                {
                    // Two who type the same code at the same moment: the second waits here, and finds it used.
                    if (
                        await connection.ExecuteScalarAsync<string?>(
                            "update registry.claim set used_at = @at where sha256 = @claimSha256 and used_at is null and ended_at is null and expires_at > @at returning holder",
                            new { at = append.At.UtcDateTime, claimSha256 },
                            transaction
                        )
                            is not { } holder
                        || await HolderAsync(connection, transaction, holder) is not { } named
                    )
                        return Unknown<string>("");
                    var number = await ReplaceAsync(connection, transaction, holder, secretSha256, append.At);
                    await named.SayAsync(
                        append,
                        "claim-used",
                        Attribution.Registry,
                        new { credential = number, kind = CredentialKind.Secret }
                    );
                    return holder;
                },
                at,
                cancellationToken
            )
        ).Value;

    /// <summary>
    /// Ends everything with which somebody could sign in as a holder who is removed: coming back, it gets new credentials.
    /// </summary>
    internal static async Task EndAllAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string holder, DateTimeOffset at)
    {
        await connection.ExecuteAsync(
            "update registry.credential set ended_at = @at where holder = @holder and ended_at is null",
            new { at = at.UtcDateTime, holder },
            transaction
        );
        await EndClaimAsync(connection, transaction, holder, at);
    }

    private static Task<int> EndClaimAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string holder, DateTimeOffset at) =>
        connection.ExecuteAsync(
            "update registry.claim set ended_at = @at where holder = @holder and used_at is null and ended_at is null",
            new { at = at.UtcDateTime, holder },
            transaction
        );

    private static async Task<long> ReplaceAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string holder,
        byte[] sha256,
        DateTimeOffset at
    )
    {
        await connection.ExecuteAsync(
            "update registry.credential set ended_at = @at where holder = @holder and kind = 'secret' and ended_at is null",
            new { at = at.UtcDateTime, holder },
            transaction
        );
        await EndClaimAsync(connection, transaction, holder, at);
        return await connection.ExecuteScalarAsync<long>(
            "insert into registry.credential (holder, kind, sha256, made_at) values (@holder, 'secret', @sha256, @at) returning number",
            new
            {
                holder,
                sha256,
                at = at.UtcDateTime,
            },
            transaction
        );
    }

    /// <summary>Does an act and its entry together. A refusal leaves nothing behind.</summary>
    private async Task<Outcome<T>> WriteAsync<T>(
        Func<NpgsqlConnection, NpgsqlTransaction, LedgerTransaction, Task<Outcome<T>>> act,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
        where T : class
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var outcome = await act(
            connection,
            transaction,
            await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken)
        );
        if (outcome.Value is not null)
            await transaction.CommitAsync(cancellationToken);
        return outcome;
    }

    private static Outcome<T> Unknown<T>(string holder)
        where T : class => new Refusal("not-found", $"Nobody '{holder}' is registered.");

    private static async Task<Holder?> HolderAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string holder,
        bool evenRemoved = false
    )
    {
        var row = await connection.QuerySingleOrDefaultAsync<(string? Body, bool IsGateway)?>(
            """
            select body::text, false from registry.device where id = @holder and (@evenRemoved or body->>'lifecycle' <> 'removed')
            union all select null, true from registry.gateway where id = @holder and (@evenRemoved or not removed)
            """,
            new { holder, evenRemoved },
            transaction
        );
        return row is { } found ? new Holder(holder, found.Body is null ? null : JsonRow.Value<Device>(found.Body)) : null;
    }

    private static CredentialKind Kind(string word) =>
        Json.TryWord<CredentialKind>(word, out var kind)
            ? kind
            : throw new InvalidOperationException($"There is no kind of credential '{word}'.");

    /// <summary>Somebody with credentials: a device, or a gateway when there is none.</summary>
    private sealed record Holder(string Id, Device? Device)
    {
        /// <summary>Writes down what was done with its credentials: in the ledger, or among the acts of a mobile unit.</summary>
        public Task SayAsync(LedgerTransaction append, string kind, Attribution by, object what)
        {
            var body = System.Text.Json.JsonSerializer.SerializeToNode(what, Json.Options)!.AsObject();
            if (Device?.Fleet is null)
                body.Insert(0, Device is null ? "gateway" : "device", Id);
            return Device is null ? append.EntryAsync(kind, by, body) : append.DeviceAsync(kind, by, Device, body);
        }
    }
}
