using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Presence.History;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests;

/// <summary>
/// A server that waits for a synchronous standby which never answers. What is on one disk only is not called durable, whatever cancels
/// the wait.
/// </summary>
public sealed class StandbyConfirmationTests(StandbyConfirmationTests.Server server) : IClassFixture<StandbyConfirmationTests.Server>
{
    private readonly Database _database = server.Database;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_whose_wait_for_the_standby_is_cancelled_waits_again()
    {
        await server.RequireStandbyAsync();
        var recording = LedgerTransaction.RunAsync<object>(
            _database.Source,
            DateTimeOffset.UtcNow,
            async ledger =>
            {
                await ledger.AppendAsync(LedgerKinds.ClockStepped, Attribution.Registry, new { });
                return LedgerTransaction.Done;
            },
            Cancellation
        );
        await server.EndWaitAsync("pg_cancel_backend", of: "COMMIT");

        var again = server.WaitingAsync("%pg_logical_emit_message%");
        Assert.Same(again, await Task.WhenAny(again, recording));
        await server.ReleaseStandbyAsync();
        Assert.True((await recording).IsDone);
    }

    [Fact]
    public async Task A_heartbeat_is_durable_only_when_the_standby_has_it()
    {
        using var log = new HeartbeatLog(_database.Source, TimeProvider.System, NullLogger<HeartbeatLog>.Instance);
        await log.StartAsync(Cancellation);
        try
        {
            await server.RequireStandbyAsync();
            var write = new RecordedWrite();
            await log.AppendAsync(write);
            // The session ends while it waits. The heartbeat is on this disk, and the next attempt finds it there.
            await server.EndWaitAsync("pg_terminate_backend", of: "copy registry.heartbeat%");

            var again = server.WaitingAsync("%pg_logical_emit_message%");
            Assert.Same(again, await Task.WhenAny(again, write.Answer));
            await server.ReleaseStandbyAsync();
            Assert.Equal(WriteResult.AlreadyStored, await write.Answer);
        }
        finally
        {
            await server.ReleaseStandbyAsync();
            await log.StopAsync(CancellationToken.None);
        }
    }

    [Slow]
    [Fact]
    public async Task A_period_that_the_standby_does_not_confirm_in_time_is_not_observed()
    {
        var periods = new ObservedPeriodRegister(_database.Source);
        var period = await periods.BeginAsync(DateTimeOffset.UtcNow, Cancellation);
        await server.RequireStandbyAsync();
        await Assert.ThrowsAnyAsync<TimeoutException>(() => periods.ExtendAsync(period, DateTimeOffset.UtcNow, Cancellation));
        await server.ReleaseStandbyAsync();
    }

    [Fact]
    public void Every_transaction_of_the_registers_commits_durably()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SurveillanceRegistry.sln")))
            folder = folder.Parent!;
        var own = Directory
            .EnumerateFiles(Path.Combine(folder.FullName, "src", "Postgres"), "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "StandbyConfirmation.cs");
        Assert.DoesNotContain(own, file => File.ReadAllText(file).Contains("transaction.CommitAsync(", StringComparison.Ordinal));
    }

    private sealed class RecordedWrite : LogWrite
    {
        private readonly TaskCompletionSource<WriteResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RecordedWrite() =>
            Heartbeat = new Heartbeat(
                1,
                "lobby-cam-1",
                1,
                1,
                DateTimeOffset.UtcNow,
                null,
                default(CaptureReport).With(Capture.Video, Mode.Recorded),
                Health.Ok,
                "1.0",
                null
            );

        public Task<WriteResult> Answer => _answer.Task;

        public override void Complete(WriteResult settlement) => _answer.SetResult(settlement);
    }

    /// <summary>A server of its own: the setting holds for all its databases.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private readonly DataFolder _data = new();
        private PrivateCluster _cluster = null!;
        private NpgsqlConnection _administrator = null!;

        internal Database Database { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _cluster = await _data.OpenAsync();
            Schema.Migrate(_cluster.ConnectionString, NullLogger.Instance);
            await _cluster.GrantServiceAsync(CancellationToken.None);
            Database = new Database(_cluster.ConnectionString, _cluster.ServiceConnectionString);
            _administrator = await Database.ConnectAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _administrator.DisposeAsync();
            await Database.DisposeAsync();
            await _cluster.DisposeAsync();
            await _data.DisposeAsync();
        }

        /// <summary>Has the server wait for a standby that never answers. Returns when a commit does wait.</summary>
        public async Task RequireStandbyAsync()
        {
            await ConfigureAsync("set synchronous_standby_names = 'absent'", "absent");
            // The setting holds for commits once another process of the server has seen it.
            await using var probe = await Database.ConnectAsync();
            while (!await IsHeldUpAsync(probe, probe.ExecuteAsync(StandbyConfirmation.Barrier)))
                Cancellation.ThrowIfCancellationRequested();
        }

        public Task ReleaseStandbyAsync() => ConfigureAsync("reset synchronous_standby_names", "");

        /// <summary>Ends the wait of a statement for the standby, by an administrator's function.</summary>
        public async Task EndWaitAsync(string function, string of) =>
            await _administrator.ExecuteScalarAsync<bool>($"select {function}({await WaitingAsync(of)})");

        /// <summary>Waits until a statement waits for the standby. Returns the process id of its session.</summary>
        public async Task<int> WaitingAsync(string statement)
        {
            while (true)
            {
                Cancellation.ThrowIfCancellationRequested();
                var waiting = await _administrator.ExecuteScalarAsync<int?>(
                    $"select pid from pg_stat_activity where wait_event = 'SyncRep' and query ilike '{statement}'"
                );
                if (waiting is { } pid)
                    return pid;
            }
        }

        /// <summary>Returns whether a commit waits for the standby, and ends its wait then.</summary>
        private async Task<bool> IsHeldUpAsync(NpgsqlConnection session, Task commit)
        {
            var isHeldUp = false;
            while (!commit.IsCompleted && !isHeldUp)
            {
                isHeldUp = await _administrator.ExecuteScalarAsync<bool>(
                    $"select pg_cancel_backend(pid) from pg_stat_activity where pid = {session.ProcessID} and wait_event = 'SyncRep'"
                );
            }

            await commit;
            return isHeldUp;
        }

        private async Task ConfigureAsync(string change, string wanted)
        {
            await _administrator.ExecuteAsync("alter system " + change);
            await _administrator.ExecuteAsync("select pg_reload_conf()");
            // A session reads the setting at its next statement.
            while (await _administrator.ExecuteScalarAsync<string>("show synchronous_standby_names") != wanted)
                Cancellation.ThrowIfCancellationRequested();
        }
    }
}
