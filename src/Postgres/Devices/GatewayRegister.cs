using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The register of gateways, in a table. The transaction of each change also appends its ledger entry.</summary>
public sealed class GatewayRegister(NpgsqlDataSource database) : IGatewayRegister
{
    public async Task<ImmutableArray<Gateway>> GatewaysAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Id, string Department, string? Profile, bool Removed, int Version)>(
            "select id, department, profile, removed, version from registry.gateway order by id",
            null,
            cancellationToken
        );
        return [.. rows.Select(row => new Gateway(row.Id, row.Department, row.Profile, row.Removed) { Version = row.Version })];
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
}
