using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>
/// Writes entries in the transaction of what they speak of: both are there, or neither is. The ledger's head is held from
/// <see cref="BeginAsync"/> until the transaction ends, so a transaction takes it last and commits soon.
/// </summary>
internal sealed class Appending
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly CancellationToken _cancellationToken;

    private Appending(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset at, CancellationToken cancellationToken) =>
        (_connection, _transaction, At, _cancellationToken) = (connection, transaction, at, cancellationToken);

    /// <summary>When everything of this transaction is recorded: always after what was recorded before, whatever the clock says. Whole microseconds.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Takes the head of the ledger.</summary>
    /// <param name="now">The time by the clock.</param>
    public static async Task<Appending> BeginAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var whole = new DateTime(now.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc);
        var at = await connection.QuerySingleAsync<DateTime>(new CommandDefinition(
            "select registry.take_head(@whole)", new { whole }, transaction, cancellationToken: cancellationToken));
        return new Appending(connection, transaction, new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)), cancellationToken);
    }

    /// <summary>Appends an entry.</summary>
    /// <returns>Its number, from 0.</returns>
    public Task<long> EntryAsync(string kind, Attribution by, object body) => _connection.ExecuteScalarAsync<long>(new CommandDefinition(
        "select registry.append_entry(@at, @kind, @bytes)", new { at = At.UtcDateTime, kind, bytes = LedgerEntry.Write(At, kind, by, body) }, _transaction, cancellationToken: _cancellationToken));
}
