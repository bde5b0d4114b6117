using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>
/// Appends ledger entries in the transaction of the change that they record: both are committed, or neither. <see cref="BeginAsync"/>
/// locks the ledger's head until the transaction ends, so a transaction takes it last and commits soon.
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
    )
    {
        _connection = connection;
        _transaction = transaction;
        _cancellationToken = cancellationToken;
        At = at;
    }

    /// <summary>What an act returns when it succeeded and has no value of its own.</summary>
    public static object Done { get; } = new();

    /// <summary>
    /// The recorded time of everything in this transaction, in whole microseconds. It is always later than every recorded time before it,
    /// even when the clock was set back.
    /// </summary>
    public DateTimeOffset At { get; }

    /// <summary>Locks the head of the ledger.</summary>
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

    /// <summary>
    /// Runs an act in a transaction of its own, with the ledger's head locked from the start. Commits when the act returns a value; rolls
    /// back when it refuses or throws.
    /// </summary>
    /// <param name="now">The time by the clock.</param>
    public static async Task<Outcome<T>> RunAsync<T>(
        NpgsqlDataSource database,
        DateTimeOffset now,
        Func<LedgerTransaction, Task<Outcome<T>>> act,
        CancellationToken cancellationToken
    )
        where T : class
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var outcome = await act(await BeginAsync(connection, transaction, now, cancellationToken));
        if (outcome.Value is not null)
            await transaction.CommitDurablyAsync();
        return outcome;
    }

    /// <summary>Executes a statement in this transaction. Returns the number of rows it affected.</summary>
    public Task<int> ExecuteAsync(string sql, object values) => _connection.ExecuteAsync(Command(sql, values));

    /// <summary>Returns the first column of the first row that a statement returns in this transaction.</summary>
    public Task<T?> ScalarAsync<T>(string sql, object? values = null) => _connection.ExecuteScalarAsync<T>(Command(sql, values));

    /// <summary>Returns the rows that a statement returns in this transaction.</summary>
    public async Task<T[]> QueryAsync<T>(string sql, object? values = null) => [.. await _connection.QueryAsync<T>(Command(sql, values))];

    /// <summary>Appends an entry.</summary>
    /// <returns>Its number, from 0.</returns>
    public Task<long> AppendAsync(string kind, Attribution by, object body) =>
        ScalarAsync<long>(
            "select registry.append_entry(@at, @kind, @bytes)",
            new
            {
                at = At.UtcDateTime,
                kind,
                bytes = LedgerEntry.Write(At, kind, by, body),
            }
        );

    /// <summary>Appends entries of one kind, in their order, in one statement.</summary>
    /// <returns>Their numbers.</returns>
    public async Task<long[]> AppendManyAsync(string kind, Attribution by, IEnumerable<object> bodies)
    {
        var entries = bodies.Select(body => LedgerEntry.Write(At, kind, by, body)).ToArray();
        var first = await ScalarAsync<long>(
            "select registry.append_entries(@at, @kind, @entries)",
            new
            {
                at = At.UtcDateTime,
                kind,
                entries,
            }
        );
        return [.. Enumerable.Range(0, entries.Length).Select(number => first + number)];
    }

    /// <summary>
    /// Records an act on a device: of a fixed device in the ledger, which is public; of a mobile device among the acts, which only people
    /// who may read single mobile devices can read.
    /// </summary>
    /// <param name="device">The device as it is registered from now on.</param>
    /// <param name="body">The details of the act, without the device's id for a mobile device.</param>
    /// <returns>The number of the entry; null for a mobile device, which has none.</returns>
    public async Task<long?> RecordDeviceAsync(string kind, Attribution by, Device device, object body)
    {
        if (device.Fleet is null)
            return await AppendAsync(kind, by, body);
        // The transaction holds the head, so acts are committed in the order of their numbers.
        await ExecuteAsync(
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
            }
        );
        return null;
    }

    /// <summary>
    /// Appends an entry for a fleet with a technology, the first time that there is one. The ledger says neither which devices are in it
    /// nor how many.
    /// </summary>
    /// <returns>The number of the entry; null when the ledger has one already.</returns>
    public async Task<long?> RecordFleetAsync(Attribution by, string fleet, string technology)
    {
        var isRecorded = await ScalarAsync<bool>(
            "select exists (select from registry.fleet where id = @fleet and technology = @technology)",
            new { fleet, technology }
        );
        if (isRecorded)
            return null;
        var entry = await AppendAsync(LedgerKinds.FleetRegistered, by, new { fleet, technology });
        await ExecuteAsync(
            "insert into registry.fleet (id, technology, entry) values (@fleet, @technology, @entry)",
            new
            {
                fleet,
                technology,
                entry,
            }
        );
        return entry;
    }

    private CommandDefinition Command(string sql, object? values) => new(sql, values, _transaction, cancellationToken: _cancellationToken);
}
