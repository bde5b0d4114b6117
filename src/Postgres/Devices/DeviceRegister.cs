using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The register of devices, in a table.</summary>
public sealed class DeviceRegister(NpgsqlDataSource database) : IDeviceRegister
{
    public Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken) => QueryAsync("order by id", null, cancellationToken);

    public async Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken) =>
        (await QueryAsync("where id = @deviceId", new { deviceId }, cancellationToken)).FirstOrDefault();

    public async Task<int?> VersionAsync(string deviceId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<int?>(new CommandDefinition("select version from registry.device where id = @deviceId", new { deviceId }, cancellationToken: cancellationToken));
    }

    public Task<Outcome<Device>> RegisterAsync(Device device, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken) =>
        WriteAsync(device, "device-registered", by, reason, at,
            "insert into registry.device (id, place, fleet, body, entry) values (@Id, @Place, @Fleet, @body::jsonb, @entry) on conflict (id) do nothing returning slot",
            null, new Refusal("taken", $"'{device.Id}' is registered already: choose another id, or change that device.", "id"), cancellationToken);

    public Task<Outcome<Device>> ChangeAsync(Device device, int version, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken) =>
        WriteAsync(device, "device-changed", by, reason, at,
            "update registry.device set place = @Place, fleet = @Fleet, body = @body::jsonb, version = version + 1 where id = @Id and version = @version returning slot",
            version, new Refusal("stale", $"Device '{device.Id}' was changed meanwhile. Look at it again before you act."), cancellationToken);

    private async Task<Outcome<Device>> WriteAsync(
        Device device, string kind, Attribution by, string reason, DateTimeOffset at, string sql, int? version, Refusal otherwise, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            var append = await Appending.BeginAsync(connection, transaction, at, cancellationToken);
            // A unit that moves has no entry of its own: the ledger is public, and knows only fleets.
            var entry = device.Place is not null
                ? await append.EntryAsync(kind, by, new { device.Id, device.Kind, device.Technology, device.Sensors, device.Place, device.Department, device.Lifecycle, device.Gateway, reason })
                : await append.EntryAsync("fleet-changed", by, new { device.Fleet, device.Technology, reason });
            if (await connection.ExecuteScalarAsync<int?>(new CommandDefinition(
                    sql, new { device.Id, device.Place, device.Fleet, body = Rows.Body(device), entry, version }, transaction, cancellationToken: cancellationToken)) is not { } number)
                return otherwise;
            await transaction.CommitAsync(cancellationToken);
            return device with { Number = number };
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return refused.ConstraintName!.Contains("gateway", StringComparison.Ordinal)
                ? new Refusal("invalid", $"There is no gateway '{device.Gateway}': register it first.", "gateway")
                : new Refusal("invalid", $"There is no place '{device.Place}': name one that is registered.", "place");
        }
    }

    public async Task<ImmutableArray<RegisteredFleet>> FleetsAsync(DateTimeOffset registeredBy, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<RegisteredFleet>(new CommandDefinition(
            """
            select fleet as Id, body->>'kind' as Kind, body->>'department' as Department, count(*)::int as Units
            from registry.device join registry.ledger_entry on index = entry
            where fleet is not null and at <= @at and body->>'lifecycle' <> 'removed' group by 1, 2, 3 order by 1, 2, 3
            """, new { at = registeredBy.UtcDateTime }, cancellationToken: cancellationToken))];
    }

    public async Task<ImmutableArray<int>> PartitionsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<int>(new CommandDefinition(
            "select part::int from generate_series(0, 255) part where exists (select from registry.device where device.part = part::smallint)", cancellationToken: cancellationToken))];
    }

    public async Task<ImmutableArray<SeatedDevice>> SeatedAsync(int partition, int? number, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<SeatedDevice>(new CommandDefinition(
            "select slot as Number, body->>'kind' as Kind, (body->>'deadlineSeconds')::int as OwnDeadlineSeconds from registry.device where part = @partition and (@number is null or slot = @number) order by slot",
            new { partition, number }, cancellationToken: cancellationToken))];
    }

    public async Task<ImmutableDictionary<int, string>> IdsAsync(IReadOnlyCollection<int> numbers, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<(int Number, string Id)>(new CommandDefinition(
            "select slot, id from registry.device where slot = any(@numbers)", new { numbers = numbers.ToArray() }, cancellationToken: cancellationToken))).ToImmutableDictionary(row => row.Number, row => row.Id);
    }

    public async Task<bool> ForgetEpochAsync(string deviceId, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await connection.QuerySingleOrDefaultAsync<(string? Fleet, bool IsFixed)?>(new CommandDefinition(
                "update registry.device set epochs_from = @at where id = @deviceId returning fleet, place is not null", new { deviceId, at = at.UtcDateTime }, transaction, cancellationToken: cancellationToken)) is not var (fleet, isFixed))
            return false;
        var append = await Appending.BeginAsync(connection, transaction, at, cancellationToken);
        await append.EntryAsync("device-clock-reset", by, isFixed ? new { device = deviceId, reason } : new { fleet, reason });
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<ImmutableArray<Device>> QueryAsync(string which, object? values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(int Number, string Body)>(new CommandDefinition($"select slot, body::text from registry.device {which}", values, cancellationToken: cancellationToken));
        return [.. rows.Select(row => Rows.Value<Device>(row.Body) with { Number = row.Number })];
    }
}
