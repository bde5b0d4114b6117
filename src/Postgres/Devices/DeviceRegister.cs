using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The register of devices, in a table.</summary>
public sealed class DeviceRegister(NpgsqlDataSource database) : IDeviceRegister
{
    public Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken) => QueryAsync("order by id", null, cancellationToken);

    public async Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken) =>
        (await QueryAsync("where id = @deviceId", new { deviceId }, cancellationToken)).FirstOrDefault();

    public Task<ImmutableArray<Device>> ListAsync(DeviceFilter filter, string? after, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return QueryAsync(
            """
            where (fleet is not null) = @IsMobile and (@after::text is null or id > @after) and (@Place::text is null or place = @Place) and (@Fleet::text is null or fleet = @Fleet)
            and (@Kind::text is null or body->>'kind' = @Kind) and (@Gateway::text is null or gateway = @Gateway) and (@Search::text is null or strpos(id, @Search) > 0) order by id limit @most
            """,
            new
            {
                filter.Place,
                filter.Fleet,
                filter.Kind,
                filter.Gateway,
                filter.Search,
                filter.IsMobile,
                after,
                most,
            },
            cancellationToken
        );
    }

    public async Task<int?> VersionAsync(string deviceId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<int?>(
            new CommandDefinition(
                "select version from registry.device where id = @deviceId",
                new { deviceId },
                cancellationToken: cancellationToken
            )
        );
    }

    public Task<Outcome<Device>> RegisterAsync(
        Device device,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            device,
            "device-registered",
            by,
            reason,
            at,
            Insert,
            null,
            new Refusal("taken", $"'{device.Id}' is registered already: choose another id, or change that device.", "id"),
            cancellationToken
        );

    public Task<Outcome<Device>> ChangeAsync(
        Device device,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            device,
            "device-changed",
            by,
            reason,
            at,
            "update registry.device set place = @Place, fleet = @Fleet, body = @body::jsonb, version = version + 1 where id = @Id and version = @version returning slot",
            version,
            new Refusal("stale", $"Device '{device.Id}' was changed meanwhile. Look at it again before you act."),
            cancellationToken
        );

    private const string Insert = """
        insert into registry.device (id, place, fleet, body, entry) select @Id, @Place, @Fleet, @body::jsonb, @entry
        where not exists (select from registry.gateway where id = @Id) on conflict (id) do nothing returning slot
        """;

    public async Task<Outcome<object>> ImportAsync(
        ImmutableArray<Gateway> gateways,
        ImmutableArray<Device> devices,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var append = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        foreach (var gateway in gateways)
        {
            if (!await Enrolment.AddAsync(connection, transaction, append, gateway, by, reason))
                return Taken(gateway.Id);
        }

        await FleetsAsync(append, by, devices);
        foreach (var device in devices)
        {
            try
            {
                var entry = await append.DeviceAsync("device-registered", by, device, Said(device, reason));
                if (
                    await connection.ExecuteScalarAsync<int?>(
                        new CommandDefinition(
                            Insert,
                            new
                            {
                                device.Id,
                                device.Place,
                                device.Fleet,
                                body = JsonRow.Body(device),
                                entry,
                            },
                            transaction,
                            cancellationToken: cancellationToken
                        )
                    )
                    is null
                )
                    return Taken(device.Id);
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ForeignKeyViolation)
            {
                return NotThere(refused, device);
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return new object();

        static Refusal Taken(string id) =>
            new("taken", $"'{id}' is registered already: choose another id, or change what is registered.", id);
    }

    private async Task<Outcome<Device>> WriteAsync(
        Device device,
        string kind,
        Attribution by,
        string reason,
        DateTimeOffset at,
        string sql,
        int? version,
        Refusal otherwise,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            var append = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
            await FleetsAsync(append, by, [device]);
            var entry = await append.DeviceAsync(kind, by, device, Said(device, reason));
            if (
                await connection.ExecuteScalarAsync<int?>(
                    new CommandDefinition(
                        sql,
                        new
                        {
                            device.Id,
                            device.Place,
                            device.Fleet,
                            body = JsonRow.Body(device),
                            entry,
                            version,
                        },
                        transaction,
                        cancellationToken: cancellationToken
                    )
                )
                is not { } number
            )
                return otherwise;
            if (device.Lifecycle == Lifecycle.Removed)
                await Enrolment.EndAllAsync(connection, transaction, device.Id, append.At);
            await transaction.CommitAsync(cancellationToken);
            return device with { Number = number };
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return NotThere(refused, device);
        }
    }

    /// <summary>What an entry or an act says of a device as it is registered from then on.</summary>
    private static object Said(Device device, string reason) =>
        device.Fleet is null
            ? new
            {
                device.Id,
                device.Kind,
                device.Technology,
                device.Sensors,
                device.Place,
                device.Department,
                device.Lifecycle,
                device.Gateway,
                reason,
            }
            : new
            {
                device.Sensors,
                device.Gateway,
                deadlineSeconds = device.OwnDeadlineSeconds,
                reason,
            };

    /// <summary>Says in the ledger which fleets there are, as far as it does not stand there.</summary>
    internal static async Task FleetsAsync(LedgerTransaction append, Attribution by, ImmutableArray<Device> devices)
    {
        foreach (
            var (fleet, technology) in devices
                .Where(device => device.Fleet is not null)
                .Select(device => (device.Fleet!, device.Technology))
                .Distinct()
                .Order()
        )
            await append.FleetAsync(by, fleet, technology);
    }

    private static Refusal NotThere(PostgresException refused, Device device) =>
        refused.ConstraintName!.Contains("gateway", StringComparison.Ordinal)
            ? new Refusal("invalid", $"There is no gateway '{device.Gateway}': register it first.", "gateway")
            : new Refusal("invalid", $"There is no place '{device.Place}': name one that is registered.", "place");

    public async Task<ImmutableArray<RegisteredFleet>> FleetsAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<RegisteredFleet>(
                new CommandDefinition(
                    """
                    select fleet as Id, kind as Kind, department as Department, count(*)::int as Units
                    from (select distinct on (device) fleet, kind, department, lifecycle from registry.mobile_act where at <= @at order by device, number desc) unit
                    where lifecycle <> 'removed' group by 1, 2, 3 order by 1, 2, 3
                    """,
                    new { at = at.UtcDateTime },
                    cancellationToken: cancellationToken
                )
            ),
        ];
    }

    public async Task<ImmutableArray<NamedFleet>> FleetsNamedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<NamedFleet>(
                new CommandDefinition(
                    "select id as Id, technology as Technology from registry.fleet join registry.ledger_entry on index = entry where at > @since order by 1, 2",
                    new { since = since.UtcDateTime },
                    cancellationToken: cancellationToken
                )
            ),
        ];
    }

    public async Task<ImmutableArray<MobileAct>> ActsAsync(string deviceId, long? before, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(
            long Number,
            DateTime At,
            string Act,
            string By,
            string Fleet,
            string Department,
            string Lifecycle,
            string Body
        )>(
            new CommandDefinition(
                """
                select number, at, act, by::text, fleet, department, lifecycle, body::text from registry.mobile_act
                where device = @deviceId and (@before::bigint is null or number < @before) order by number desc limit @most
                """,
                new
                {
                    deviceId,
                    before,
                    most,
                },
                cancellationToken: cancellationToken
            )
        );
        return
        [
            .. rows.Select(row => new MobileAct(
                row.Number,
                row.At,
                row.Act,
                JsonRow.Value<Attribution>(row.By),
                row.Fleet,
                row.Department,
                Json.TryWord<Lifecycle>(row.Lifecycle, out var lifecycle)
                    ? lifecycle
                    : throw new InvalidOperationException($"There is no lifecycle '{row.Lifecycle}'."),
                row.Body
            )),
        ];
    }

    public async Task<ImmutableArray<int>> PartitionsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<int>(
                new CommandDefinition(
                    "select part::int from generate_series(0, 255) part where exists (select from registry.device where device.part = part::smallint)",
                    cancellationToken: cancellationToken
                )
            ),
        ];
    }

    public async Task<ImmutableArray<PresenceSettings>> PresenceSettingsAsync(
        int partition,
        int? number,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<PresenceSettings>(
                new CommandDefinition(
                    "select slot as Number, body->>'kind' as Kind, (body->>'deadlineSeconds')::int as OwnDeadlineSeconds from registry.device where part = @partition and (@number is null or slot = @number) order by slot",
                    new { partition, number },
                    cancellationToken: cancellationToken
                )
            ),
        ];
    }

    public async Task<ImmutableDictionary<int, string>> IdsAsync(IReadOnlyCollection<int> numbers, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (
            await connection.QueryAsync<(int Number, string Id)>(
                new CommandDefinition(
                    "select slot, id from registry.device where slot = any(@numbers)",
                    new { numbers = numbers.ToArray() },
                    cancellationToken: cancellationToken
                )
            )
        ).ToImmutableDictionary(row => row.Number, row => row.Id);
    }

    public async Task<bool> ForgetEpochAsync(
        string deviceId,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The head first, as everybody takes it: whoever changes the same device waits, and none waits for another in a circle.
        var append = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        if (
            await connection.ExecuteScalarAsync<string?>(
                new CommandDefinition(
                    "update registry.device set epochs_from = @at where id = @deviceId returning body::text",
                    new { deviceId, at = at.UtcDateTime },
                    transaction,
                    cancellationToken: cancellationToken
                )
            )
            is not { } body
        )
            return false;
        // The brokers go by the greatest epoch that they have queued, and must let it go too.
        await connection.ExecuteAsync(
            new CommandDefinition(
                "select pg_notify('registry_enrolment', @what)",
                new { what = EnrolmentChangeListener.EpochsOf + deviceId },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var device = JsonRow.Value<Device>(body);
        await append.DeviceAsync(
            "device-clock-reset",
            by,
            device,
            device.Fleet is null ? new { device = deviceId, reason } : new { reason }
        );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<ImmutableArray<Device>> QueryAsync(string which, object? values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(int Number, string Body)>(
            new CommandDefinition($"select slot, body::text from registry.device {which}", values, cancellationToken: cancellationToken)
        );
        return [.. rows.Select(row => JsonRow.Value<Device>(row.Body) with { Number = row.Number })];
    }
}
