using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The register of gateways, in a table. The transaction of each change also appends its ledger entry.</summary>
public sealed class GatewayRegister(NpgsqlDataSource database) : IGatewayRegister
{
    /// <summary>The versions of gateways, which the ledger holds: each entry makes one.</summary>
    private const string Versions = """
        select body->>'gateway' as Id, body->>'department' as Department, body->>'profile' as Profile,
            coalesce((body->>'removed')::boolean, false) as Removed, body->>'reason' as Reason, by::text as By, at as At, index as Entry,
            (row_number() over (partition by body->>'gateway' order by index))::int as Version
        from (
            select index, at, written->'body' as body, written->'by' as by
            from registry.ledger_entry cross join lateral (select convert_from(bytes, 'UTF8')::jsonb as written) one
            where kind = any(@kinds)
        ) entry
        """;

    private static readonly string[] Kinds = [LedgerKinds.GatewayRegistered, LedgerKinds.GatewayChanged];

    public async Task<ImmutableArray<Gateway>> GatewaysAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Id, string Department, string? Profile, bool Removed, int Version)>(
            "select id, department, profile, removed, version from registry.gateway order by id",
            null,
            cancellationToken
        );
        return [.. rows.Select(row => new Gateway(row.Id, row.Department, row.Profile, row.Removed) { Version = row.Version })];
    }

    public async Task<ImmutableArray<AttributedVersion<Gateway>>> HistoryAsync(string id, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<VersionRow>(
            $"{Versions} where body->>'gateway' = @id order by index",
            new { id, kinds = Kinds },
            cancellationToken
        );
        return [.. rows.Select(row => new AttributedVersion<Gateway>(row.ToVersion(), JsonRow.Value<Attribution>(row.By), row.Reason))];
    }

    public async Task<ImmutableArray<RegisterVersion<Gateway>>> ListAsync(DateTimeOffset then, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<VersionRow>(
            $"select distinct on (Id) * from ({Versions} where at <= @then) version order by Id, Version desc",
            new { then = then.UtcDateTime, kinds = Kinds },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToVersion()).OrderBy(version => version.Value.Id, StringComparer.Ordinal)];
    }

    public Task<Outcome<Gateway>> RegisterAsync(
        Gateway gateway,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(gateway);
        return LedgerTransaction.RunAsync<Gateway>(
            database,
            at,
            async ledger =>
            {
                if (await AddAsync(ledger, gateway, by, reason))
                    return gateway with { Version = 1 };
                return new Refusal("taken", $"'{gateway.Id}' is registered already: choose another id.", "id");
            },
            cancellationToken
        );
    }

    public Task<Outcome<Gateway>> ChangeAsync(
        Gateway gateway,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(gateway);
        return LedgerTransaction.RunAsync<Gateway>(
            database,
            at,
            async ledger =>
            {
                if (gateway.Removed)
                    await CredentialRows.EndAllAsync(ledger, gateway.Id);
                await ledger.AppendAsync(
                    LedgerKinds.GatewayChanged,
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
                if (await UpdateAsync(ledger, gateway, version) is { } changed)
                    return gateway with { Version = changed };
                return new Refusal("stale", $"Gateway '{gateway.Id}' was changed meanwhile. Look at it again before you act.");
            },
            cancellationToken
        );
    }

    /// <summary>Updates the row of a gateway. Returns its next version; null when its version is not the given one.</summary>
    private static Task<int?> UpdateAsync(LedgerTransaction ledger, Gateway gateway, int version) =>
        ledger.ScalarAsync<int?>(
            """
            update registry.gateway
            set department = @Department, profile = @Profile, removed = @Removed, version = version + 1
            where id = @Id and version = @version
            returning version
            """,
            new
            {
                gateway.Id,
                gateway.Department,
                gateway.Profile,
                gateway.Removed,
                version,
            }
        );

    /// <summary>Registers a gateway within a transaction. Returns false when a gateway or a device has its id.</summary>
    internal static async Task<bool> AddAsync(LedgerTransaction ledger, Gateway gateway, Attribution by, string? reason)
    {
        var entry = await ledger.AppendAsync(
            LedgerKinds.GatewayRegistered,
            by,
            new
            {
                gateway = gateway.Id,
                gateway.Department,
                gateway.Profile,
                reason,
            }
        );
        var added = await ledger.ExecuteAsync(
            """
            insert into registry.gateway (id, department, profile, entry)
            select @Id, @Department, @Profile, @entry
            where not exists (select from registry.device where id = @Id)
            on conflict do nothing
            """,
            new
            {
                gateway.Id,
                gateway.Department,
                gateway.Profile,
                entry,
            }
        );
        return added == 1;
    }

    private sealed record VersionRow
    {
        public string Id { get; init; } = "";

        public string Department { get; init; } = "";

        public string? Profile { get; init; }

        public bool Removed { get; init; }

        public string? Reason { get; init; }

        public string By { get; init; } = "";

        public DateTime At { get; init; }

        public long Entry { get; init; }

        public int Version { get; init; }

        public RegisterVersion<Gateway> ToVersion() =>
            new(Version, At, At, Entry, new Gateway(Id, Department, Profile, Removed) { Version = Version });
    }
}
