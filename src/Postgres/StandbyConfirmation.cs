using Npgsql;

namespace SurveillanceRegistry.Postgres;

/// <summary>
/// Watches the commits of a connection on a server with a synchronous standby. When the wait for the standby is cancelled, by a timeout or
/// by an administrator, PostgreSQL answers success with a warning: the commit is on one disk only. Then this waits again.
/// </summary>
internal sealed class StandbyConfirmation : IDisposable
{
    /// <summary>
    /// Writes something of its own, so that its commit waits for the standby too. The standby then has everything before it as well
    /// (measured; the form that is not transactional does not wait).
    /// </summary>
    public const string Barrier = "select pg_logical_emit_message(true, 'registry', '')";

    /// <summary>The function of PostgreSQL that warns (syncrep.c). The text of the warning depends on the server's language.</summary>
    private const string WaitRoutine = "SyncRepWaitForLSN";

    private readonly NpgsqlConnection _connection;

    private StandbyConfirmation(NpgsqlConnection connection)
    {
        _connection = connection;
        _connection.Notice += OnNotice;
    }

    /// <summary>Whether a wait for the standby was cancelled, and not made up for.</summary>
    public bool WasCancelled { get; private set; }

    /// <summary>Begins to watch; before the commit.</summary>
    public static StandbyConfirmation Watch(NpgsqlConnection connection) => new(connection);

    /// <summary>
    /// Returns when the standby has everything that this connection committed. Throws when the server ends; then the caller does not know
    /// whether it is durable.
    /// </summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (WasCancelled)
        {
            WasCancelled = false;
            await using var barrier = new NpgsqlCommand(Barrier, _connection);
            await barrier.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public void Dispose() => _connection.Notice -= OnNotice;

    private void OnNotice(object sender, NpgsqlNoticeEventArgs warning) => WasCancelled |= warning.Notice.Routine == WaitRoutine;
}

/// <summary>Commits so that success means durable.</summary>
internal static class DurableCommit
{
    /// <summary>
    /// Commits and waits for the standby, if there is one. Not cancellable: a cancelled commit would be neither done nor undone.
    /// </summary>
    public static async Task CommitDurablyAsync(this NpgsqlTransaction transaction)
    {
        using var standby = StandbyConfirmation.Watch(transaction.Connection!);
        await transaction.CommitAsync(CancellationToken.None);
        await standby.WaitAsync(CancellationToken.None);
    }
}
