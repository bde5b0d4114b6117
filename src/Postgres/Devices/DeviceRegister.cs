using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices.History;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The register of devices, in a table. The statements that change it are in <see cref="DeviceRows"/>.</summary>
public sealed class DeviceRegister(NpgsqlDataSource database) : IDeviceRegister
{
    public Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken) => QueryAsync("order by id", null, cancellationToken);

    public async Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken) =>
        (await QueryAsync("where id = @deviceId", new { deviceId }, cancellationToken)).FirstOrDefault();

    public async Task<Device?> FindFixedAsync(string deviceId, CancellationToken cancellationToken) =>
        (await QueryAsync("where id = @deviceId and fleet is null", new { deviceId }, cancellationToken)).FirstOrDefault();

    public Task<ImmutableArray<Device>> ListAsync(DeviceFilter filter, string? after, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return QueryAsync(
            """
            where (fleet is not null) = @IsMobile
                and (@after::text is null or id > @after)
                and (@Place::text is null or place = @Place)
                and (@Fleet::text is null or fleet = @Fleet)
                and (@Kind::text is null or body->>'kind' = @Kind)
                and (@kinds::text[] is null or body->>'kind' = any(@kinds))
                and (@Department::text is null or body->>'department' = @Department)
                and not (@WithoutRemoved and body->>'lifecycle' = 'removed')
                and (@Gateway::text is null or gateway = @Gateway)
                and (@Search::text is null or strpos(id, @Search) > 0)
            order by id
            limit @most
            """,
            new
            {
                filter.Place,
                filter.Fleet,
                filter.Kind,
                filter.Gateway,
                filter.Search,
                filter.IsMobile,
                filter.WithoutRemoved,
                filter.Department,
                kinds = filter.Technology is { } technology
                    ? DeviceKind.All.Where(kind => kind.Technology == technology).Select(kind => kind.Id).ToArray()
                    : null,
                after,
                most,
            },
            cancellationToken
        );
    }

    public Task<int?> VersionAsync(string deviceId, CancellationToken cancellationToken) =>
        database.ScalarAsync<int?>("select version from registry.device where id = @deviceId", new { deviceId }, cancellationToken);

    public Task<Outcome<Device>> RegisterAsync(
        Device device,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(device);
        return LedgerTransaction.RunAsync(
            database,
            at,
            async ledger =>
            {
                await DeviceRows.RecordFleetsAsync(ledger, by, [device]);
                return await DeviceRows.RegisterAsync(
                    ledger,
                    device,
                    by,
                    reason,
                    new Refusal("taken", $"'{device.Id}' is registered already: choose another id, or change that device.", "id")
                );
            },
            cancellationToken
        );
    }

    public Task<Outcome<Device>> ChangeAsync(
        Device device,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(device);
        return LedgerTransaction.RunAsync(
            database,
            at,
            async ledger =>
            {
                await DeviceRows.RecordFleetsAsync(ledger, by, [device]);
                return await DeviceRows.ChangeAsync(ledger, device, version, by, reason);
            },
            cancellationToken
        );
    }

    public Task<Outcome<object>> ImportAsync(
        ImmutableArray<Gateway> gateways,
        ImmutableArray<Device> devices,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        return LedgerTransaction.RunAsync<object>(
            database,
            at,
            async ledger =>
            {
                foreach (var gateway in gateways)
                {
                    if (!await GatewayRegister.AddAsync(ledger, gateway, by, reason))
                        return Taken(gateway.Id);
                }

                await DeviceRows.RecordFleetsAsync(ledger, by, devices);
                foreach (var device in devices)
                {
                    var outcome = await DeviceRows.RegisterAsync(ledger, device, by, reason, Taken(device.Id));
                    if (!outcome.IsDone)
                        return outcome.Refusals;
                }

                return LedgerTransaction.Done;
            },
            cancellationToken
        );

        static Refusal Taken(string id) =>
            new("taken", $"'{id}' is registered already: choose another id, or change what is registered.", id);
    }

    public async Task<ImmutableArray<RegisteredDevice>> RegisteredAsync(
        string deviceId,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    ) => RegisteredDevice.From(await DeviceHistory.ReadAsync(database, deviceId, to, cancellationToken), from);

    public async Task<ImmutableArray<RegisteredFleet>> FleetsAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        return
        [
            .. await database.QueryAsync<RegisteredFleet>(
                """
                select fleet as Id, kind as Kind, department as Department, count(*)::int as Units
                from (
                    select distinct on (device) fleet, kind, department, lifecycle
                    from registry.mobile_act
                    where at <= @at
                    order by device, number desc
                ) unit
                where lifecycle <> 'removed'
                group by 1, 2, 3
                order by 1, 2, 3
                """,
                new { at = at.UtcDateTime },
                cancellationToken
            ),
        ];
    }

    public async Task<ImmutableArray<NamedFleet>> FleetsNamedAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        return
        [
            .. await database.QueryAsync<NamedFleet>(
                """
                select id as Id, technology as Technology
                from registry.fleet join registry.ledger_entry on index = entry
                where at <= @at
                order by 1, 2
                """,
                new { at = at.UtcDateTime },
                cancellationToken
            ),
        ];
    }

    public Task<ImmutableArray<MobileAct>> ActsAsync(string deviceId, long? before, int most, CancellationToken cancellationToken) =>
        DeviceHistory.ActsAsync(database, deviceId, before, most, cancellationToken);

    public async Task<ImmutableArray<int>> PartitionsAsync(CancellationToken cancellationToken)
    {
        return
        [
            .. await database.QueryAsync<int>(
                """
                select part::int from generate_series(0, 255) part
                where exists (select from registry.device where device.part = part::smallint)
                """,
                null,
                cancellationToken
            ),
        ];
    }

    public async Task<ImmutableArray<PresenceSettings>> PresenceSettingsAsync(
        int partition,
        int? number,
        CancellationToken cancellationToken
    )
    {
        return
        [
            .. await database.QueryAsync<PresenceSettings>(
                """
                select slot as Number, body->>'kind' as Kind, (body->>'deadlineSeconds')::int as OwnDeadlineSeconds
                from registry.device
                where part = @partition and (@number is null or slot = @number)
                order by slot
                """,
                new { partition, number },
                cancellationToken
            ),
        ];
    }

    public async Task<ImmutableDictionary<int, string>> IdsAsync(IReadOnlyCollection<int> numbers, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(int Number, string Id)>(
            "select slot, id from registry.device where slot = any(@numbers)",
            new { numbers = numbers.ToArray() },
            cancellationToken
        );
        return rows.ToImmutableDictionary(row => row.Number, row => row.Id);
    }

    public async Task<bool> ForgetEpochAsync(
        string deviceId,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        // The transaction locks the ledger's head before the device, as all transactions do: so no two wait for each other.
        var outcome = await LedgerTransaction.RunAsync(
            database,
            at,
            ledger => DeviceRows.ForgetEpochAsync(ledger, deviceId, at, by, reason),
            cancellationToken
        );
        return outcome.IsDone;
    }

    private async Task<ImmutableArray<Device>> QueryAsync(string clauses, object? values, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(int Number, string Body)>(
            $"select slot, body::text from registry.device {clauses}",
            values,
            cancellationToken
        );
        return [.. rows.Select(row => JsonRow.Value<Device>(row.Body) with { Number = row.Number })];
    }
}
