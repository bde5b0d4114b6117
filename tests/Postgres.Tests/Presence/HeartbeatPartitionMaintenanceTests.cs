using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

/// <summary>The days of the heartbeat log: opened ahead, dropped after the retention, without stopping readers or writers.</summary>
public sealed class HeartbeatPartitionMaintenanceTests(SharedCluster cluster) : HeartbeatLogTestBase(cluster)
{
    private const string Parts =
        "select string_agg(relname, ' ' order by relname) from pg_inherits join pg_class on pg_class.oid = inhrelid "
        + "where inhparent = 'registry.heartbeat'::regclass";

    [Fact]
    public async Task A_day_is_dropped_after_its_retention_with_an_entry_that_hides_the_count()
    {
        await BeganLongAgoAsync();
        var days = Days(TimeProvider.System);
        await days.KeepAsync(Cancellation);
        await AppendAsync(Beat(2) with { ReceivedAt = DateTimeOffset.UtcNow });
        await AppendAsync(Beat(3) with { ReceivedAt = DateTimeOffset.UtcNow.AddDays(1) });
        await AppendAsync(Beat(4) with { ReceivedAt = DateTimeOffset.UtcNow.AddYears(30) }); // A clock that was set wrongly.

        Assert.Equal("2,3,4", await Database.AskAsync<string>("select string_agg(seq::text, ',' order by seq) from registry.heartbeat"));
        Assert.Equal(3, await Database.AskAsync<int>("select count(distinct tableoid) from registry.heartbeat"));
        // The public ledger must not say how many heartbeats fixed and mobile devices sent together.
        Assert.Matches(
            """body":\{"part":"heartbeat_first","keptDays":31,"sha256":"[0-9a-f]{64}"\}""",
            await Database.AskAsync<string>(
                "select convert_from(bytes, 'UTF8') from registry.ledger_entry where kind = 'heartbeats-purged'"
            )
        );
        Assert.Equal(
            1,
            await Database.AskAsync<int>(
                """
                select beats from registry.dropped_heartbeats join registry.ledger_entry on index = entry
                where part = 'heartbeat_first' and kind = 'heartbeats-purged'
                """
            )
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writing_goes_on_while_a_reader_blocks_the_maintenance(bool isTodayOpen)
    {
        await BeganLongAgoAsync();
        if (isTodayOpen)
            await Database.AskAsync<int>("select registry.open_heartbeat_days(2)"); // One day is to be dropped, and none to be opened.
        var before = await Database.AskAsync<string>(Parts);
        var days = Days(TimeProvider.System);
        await using (var reader = await ReadAsync())
        {
            var keeping = days.KeepAsync(Cancellation);
            var seq = 1;
            do Assert.Equal(WriteResult.Durable, await AppendAsync(Beat(++seq) with { ReceivedAt = DateTimeOffset.UtcNow.AddDays(1) }));
            while (!keeping.IsCompleted);
            Assert.Equal(PostgresErrorCodes.LockNotAvailable, (await Assert.ThrowsAsync<PostgresException>(() => keeping)).SqlState);
            Assert.Equal(before, await Database.AskAsync<string>(Parts));
            Assert.Equal(seq, await Database.AskAsync<int>(Stored)); // Other readers are not blocked either.
        }

        await days.KeepAsync(Cancellation);
        Assert.Equal((false, true), (await HasPartAsync("heartbeat_first"), await HasPartAsync($"heartbeat_{DateTime.UtcNow:yyyyMMdd}")));
        Assert.Equal(1, await Database.AskAsync<int>("select count(*) from registry.ledger_entry where kind = 'heartbeats-purged'"));
    }

    [Fact]
    public async Task The_maintenance_is_retried_soon_after_a_reader_has_ended()
    {
        await BeganLongAgoAsync();
        var days = Days(TimeProvider.System);
        await using (var reader = await ReadAsync())
        {
            var busy = await Assert.ThrowsAsync<PostgresException>(() => days.RunOnceAsync(Cancellation));
            days.OnFailed(busy);
        }

        Assert.Equal(HeartbeatPartitionMaintenance.BeforeTryingAgain, days.Interval);
        await days.RunOnceAsync(Cancellation);
        Assert.False(await HasPartAsync("heartbeat_first"));
        Assert.Equal(TimeSpan.FromHours(1), days.Interval);
    }

    [Fact]
    public async Task Writing_goes_on_while_dropping_a_day_waits_for_the_ledger()
    {
        await BeganLongAgoAsync();
        await using var import = await Database.ConnectAsync();
        await using var importing = await import.BeginTransactionAsync(Cancellation);
        await import.ExecuteAsync("select registry.take_head(now())", transaction: importing);
        var days = Days(TimeProvider.System);
        var keeping = days.KeepAsync(Cancellation);
        await Database.BlockedAsync();
        Assert.Equal(WriteResult.Durable, await AppendAsync(Beat(2) with { ReceivedAt = DateTimeOffset.UtcNow }));
        Assert.Equal(2, await Database.AskAsync<int>(Stored));
        Assert.False(keeping.IsCompleted);
        await importing.CommitAsync(Cancellation);
        await keeping;
        Assert.False(await HasPartAsync("heartbeat_first"));
    }

    /// <summary>The log began long ago, and its first day is over; today is not open yet.</summary>
    private async Task BeganLongAgoAsync()
    {
        await Database.AskAsync<int>(
            """
            alter table registry.heartbeat detach partition registry.heartbeat_first;
            alter table registry.heartbeat attach partition registry.heartbeat_first for values from (minvalue) to ('2020-01-02Z');
            """
        );
        await AppendAsync(Beat(1) with { ReceivedAt = new DateTimeOffset(2020, 1, 1, 12, 0, 0, TimeSpan.Zero) });
    }

    private HeartbeatPartitionMaintenance Days(TimeProvider time) =>
        new(Database.Source, new HeartbeatRetention(31), time, NullLogger<HeartbeatPartitionMaintenance>.Instance);

    /// <summary>Opens a transaction that has read the whole log, like the one of the history verifier.</summary>
    private async Task<OpenTransaction> ReadAsync()
    {
        var connection = await Database.ConnectAsync();
        var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Cancellation);
        await connection.ExecuteScalarAsync<long>(Stored, transaction: transaction);
        return new OpenTransaction(connection, transaction);
    }

    private async Task<bool> HasPartAsync(string part) => (await Database.AskAsync<string>(Parts))!.Split(' ').Contains(part);
}
