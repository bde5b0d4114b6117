using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>
/// Writes entries in the transaction of what they speak of: both are there, or neither is. The ledger's head is held from
/// <see cref="BeginAsync"/> until the transaction ends, so a transaction takes it last and commits soon.
/// </summary>
internal sealed class LedgerTransaction
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly CancellationToken _cancellationToken;

    private LedgerTransaction(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => (_connection, _transaction, At, _cancellationToken) = (connection, transaction, at, cancellationToken);

    /// <summary>
    /// When everything of this transaction is recorded: always after what was recorded before, whatever the clock says. Whole microseconds.
    /// </summary>
    public DateTimeOffset At { get; }

    /// <summary>Takes the head of the ledger.</summary>
    /// <param name="now">The time by the clock.</param>
    public static async Task<LedgerTransaction> BeginAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var whole = new DateTime(now.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc);
        var at = await connection.QuerySingleAsync<DateTime>(
            new CommandDefinition("select registry.take_head(@whole)", new { whole }, transaction, cancellationToken: cancellationToken)
        );
        return new LedgerTransaction(
            connection,
            transaction,
            new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)),
            cancellationToken
        );
    }

    /// <summary>Appends an entry.</summary>
    /// <returns>Its number, from 0.</returns>
    public Task<long> EntryAsync(string kind, Attribution by, object body) =>
        _connection.ExecuteScalarAsync<long>(
            new CommandDefinition(
                "select registry.append_entry(@at, @kind, @bytes)",
                new
                {
                    at = At.UtcDateTime,
                    kind,
                    bytes = LedgerEntry.Write(At, kind, by, body),
                },
                _transaction,
                cancellationToken: _cancellationToken
            )
        );

    /// <summary>
    /// Writes down what was done to a device: a fixed one in the ledger, which everybody reads; a mobile one among the acts, which nobody
    /// does who may not read single units.
    /// </summary>
    /// <param name="device">The device as it is registered from now on.</param>
    /// <param name="body">What there is to say of it beside which device it is.</param>
    /// <returns>The number of the entry; null for a mobile unit, which has none.</returns>
    public async Task<long?> DeviceAsync(string kind, Attribution by, Device device, object body)
    {
        if (device.Fleet is null)
            return await EntryAsync(kind, by, body);
        // Whoever writes an act holds the head: acts are committed in the order of their numbers.
        await _connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into registry.mobile_act (at, act, by, device, fleet, kind, department, lifecycle, body)
                values (@at, @act, @by::jsonb, @Id, @Fleet, @Kind, @Department, @lifecycle, @body::jsonb)
                """,
                new
                {
                    at = At.UtcDateTime,
                    act = kind,
                    by = JsonRow.Body(by),
                    device.Id,
                    device.Fleet,
                    device.Kind,
                    device.Department,
                    lifecycle = Json.Word(device.Lifecycle),
                    body = JsonRow.Body(body),
                },
                _transaction,
                cancellationToken: _cancellationToken
            )
        );
        return null;
    }

    /// <summary>
    /// Says in the ledger that there is a fleet with units of a technology, the first time that there is: neither who they are nor how
    /// many, nor anything afterwards.
    /// </summary>
    public async Task FleetAsync(Attribution by, string fleet, string technology)
    {
        if (
            await _connection.ExecuteScalarAsync<bool>(
                new CommandDefinition(
                    "select exists (select from registry.fleet where id = @fleet and technology = @technology)",
                    new { fleet, technology },
                    _transaction,
                    cancellationToken: _cancellationToken
                )
            )
        )
            return;
        var entry = await EntryAsync("fleet-registered", by, new { fleet, technology });
        await _connection.ExecuteAsync(
            new CommandDefinition(
                "insert into registry.fleet (id, technology, entry) values (@fleet, @technology, @entry)",
                new
                {
                    fleet,
                    technology,
                    entry,
                },
                _transaction,
                cancellationToken: _cancellationToken
            )
        );
    }
}
