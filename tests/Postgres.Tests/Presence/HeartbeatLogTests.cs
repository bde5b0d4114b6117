using System.Diagnostics;
using CsCheck;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

/// <summary>The promise behind a PUBACK: an acknowledged heartbeat is on disk, and one that is not stored is never acknowledged.</summary>
public sealed class HeartbeatLogTests(SharedCluster cluster) : HeartbeatLogTestBase(cluster)
{
    [Fact]
    public async Task A_heartbeat_is_committed_before_its_write_completes()
    {
        Assert.Equal(WriteResult.Durable, await AppendAsync(Beat(1)));
        Assert.Equal(1, await Database.AskAsync<int>(Stored));
    }

    /// <summary>
    /// No write is lost in a delay. The benchmarks measure how long a delay lasts.
    /// </summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(100, false)]
    [InlineData(100, true)]
    public async Task Delayed_heartbeats_are_committed_with_the_one_that_ends_the_delay(int others, bool isEndedByStateChange)
    {
        Assert.Equal(WriteResult.Durable, await AppendAsync(Beat(0)));
        RecordedWrite[] writes =
        [
            .. Enumerable.Range(1, others).Select(seq => new RecordedWrite { Heartbeat = Beat(seq), IsUnchanged = true }),
            new RecordedWrite { Heartbeat = Beat(others + 1), IsUnchanged = !isEndedByStateChange },
        ];
        foreach (var write in writes)
            await Log.AppendAsync(write);
        Assert.All(
            await Task.WhenAll(writes.Select(write => write.Answer)).WaitAsync(TimeSpan.FromSeconds(30), Cancellation),
            settled => Assert.Equal(WriteResult.Durable, settled)
        );
        Assert.Equal(others + 2, await Database.AskAsync<int>(Stored));
    }

    [Fact]
    public async Task State_changes_are_flushed_before_the_others_of_their_commit()
    {
        await Log.StopAsync(Cancellation);
        var flushed = new List<RecordedWrite>();
        using var log = new HeartbeatLog(Database.Source, TimeProvider.System, NullLogger<HeartbeatLog>.Instance);
        var writes = Enumerable
            .Range(1, 9)
            .Select(seq => new RecordedWrite
            {
                Heartbeat = Beat(seq),
                IsUnchanged = seq != 7,
                Flushed = flushed,
            })
            .ToArray();
        foreach (var write in writes)
            await log.AppendAsync(write);
        await log.StartAsync(Cancellation);
        await Task.WhenAll(writes.Select(write => write.Answer)).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await log.StopAsync(Cancellation); // After the last answer has left.
        Assert.Same(writes[6], flushed[0]);
        Assert.Equal(writes, flushed.Skip(1));
    }

    [Fact]
    public async Task A_commit_leaves_one_span_with_its_size_only()
    {
        await Log.StopAsync(Cancellation);
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CommitMetrics.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var log = new HeartbeatLog(Database.Source, TimeProvider.System, NullLogger<HeartbeatLog>.Instance);
        var writes = Enumerable.Range(1, 77).Select(seq => new RecordedWrite { Heartbeat = Beat(seq) }).ToArray();
        foreach (var write in writes)
            await log.AppendAsync(write);
        Assert.Equal(77, ((IHeartbeatLog)log).QueueLength);
        await log.StartAsync(Cancellation);
        await Task.WhenAll(writes.Select(write => write.Answer)).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await log.StopAsync(Cancellation);

        // Logs of other tests in this process leave spans too; none of those has 77 heartbeats.
        var span = Assert.Single(spans, span => span.TagObjects.Any(tag => tag.Value is 77));
        Assert.Equal([("registry.commit.size", (object?)77)], span.TagObjects.Select(tag => (tag.Key, tag.Value)));
        Assert.All(spans, span => Assert.Equal("heartbeats.commit", span.DisplayName));
        Assert.True(spans.Count < 77);
    }

    [Fact]
    public async Task A_write_does_not_complete_while_its_commit_is_blocked()
    {
        await using var held = await HoldAsync();
        var waiting = AppendAsync(Beat(1));
        await Database.BlockedAsync();
        Assert.False(waiting.IsCompleted);

        await held.Transaction.CommitAsync(Cancellation);
        await waiting;
        Assert.Equal(1, await Database.AskAsync<int>(Stored));
    }

    [Fact]
    public async Task Heartbeats_that_queue_during_a_commit_share_the_next_one()
    {
        await using var held = await HoldAsync();
        var first = AppendAsync(Beat(1));
        await Database.BlockedAsync();
        var queued = Enumerable.Range(2, 500).Select(seq => AppendAsync(Beat(seq))).ToArray();
        await held.Transaction.CommitAsync(Cancellation);
        await Task.WhenAll([first, .. queued]);
        Assert.Equal(2, await Database.AskAsync<int>("select count(distinct xmin::text) from registry.heartbeat"));
    }

    [Fact]
    public async Task Everything_acknowledged_to_eight_concurrent_writers_is_stored()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(epoch =>
                    Task.Run(
                        async () =>
                        {
                            for (var seq = 1; seq <= 100; seq++)
                            {
                                await AppendAsync(Beat(seq, epoch: epoch));
                                if (seq % 25 == 0)
                                    Assert.Equal(
                                        seq,
                                        await Database.AskAsync<int>(
                                            "select count(*) from registry.heartbeat where epoch = @epoch",
                                            new { epoch }
                                        )
                                    );
                            }
                        },
                        Cancellation
                    )
                )
        );
        Assert.Equal(800, await Database.AskAsync<int>("select count(distinct (epoch, seq)) from registry.heartbeat"));
    }

    [Fact]
    public async Task The_log_retries_after_a_lost_connection_and_stores_heartbeats_once()
    {
        await using var held = await HoldAsync();
        var first = AppendAsync(Beat(1));
        var session = await Database.BlockedAsync();
        var second = AppendAsync(Beat(2));

        await held.Connection.ExecuteAsync("select pg_terminate_backend(@session)", new { session });
        await held.Transaction.CommitAsync(Cancellation);

        Assert.Equal([WriteResult.Durable, WriteResult.Durable], await Task.WhenAll(first, second));
        Assert.Equal("1,2", await Database.AskAsync<string>("select string_agg(seq::text, ',' order by seq) from registry.heartbeat"));
    }

    [Fact]
    public async Task A_heartbeat_that_violates_a_constraint_fails_alone()
    {
        await using var held = await HoldAsync();
        var first = AppendAsync(Beat(1));
        await Database.BlockedAsync();
        var (before, bad, after) = (
            AppendAsync(Beat(2)),
            AppendAsync(Beat(3) with { Firmware = "one point <script>" }),
            AppendAsync(Beat(4))
        );
        await held.Transaction.CommitAsync(Cancellation);

        Assert.Equal(
            [WriteResult.Durable, WriteResult.Durable, WriteResult.Failed, WriteResult.Durable],
            await Task.WhenAll(first, before, bad, after)
        );
        Assert.Equal("1,2,4", await Database.AskAsync<string>("select string_agg(seq::text, ',' order by seq) from registry.heartbeat"));
    }

    [Fact]
    public async Task A_heartbeat_that_is_sent_again_is_stored_once()
    {
        Assert.Equal(WriteResult.Durable, await AppendAsync(Beat(1)));
        Assert.Equal(WriteResult.AlreadyStored, await AppendAsync(Beat(1), mayBeStored: true));
        await using var held = await HoldAsync();
        var first = AppendAsync(Beat(2));
        await Database.BlockedAsync();
        var again = new[]
        {
            AppendAsync(Beat(2), mayBeStored: true),
            AppendAsync(Beat(3)),
            AppendAsync(Beat(3), mayBeStored: true),
            AppendAsync(Beat(9, epoch: 0), mayBeStored: true),
        };
        await held.Transaction.CommitAsync(Cancellation);
        await first;
        Assert.Equal(
            [WriteResult.AlreadyStored, WriteResult.Durable, WriteResult.AlreadyStored, WriteResult.Durable],
            await Task.WhenAll(again)
        );
        Assert.Equal(
            "9,1,2,3",
            await Database.AskAsync<string>("select string_agg(seq::text, ',' order by epoch, seq) from registry.heartbeat")
        );
    }

    [Fact]
    public async Task Waiting_writes_fail_when_the_registry_stops()
    {
        await using var held = await HoldAsync();
        var committing = AppendAsync(Beat(1));
        await Database.BlockedAsync();
        var queued = AppendAsync(Beat(2));

        await Log.StopAsync(Cancellation);

        Assert.Equal([WriteResult.Failed, WriteResult.Failed], await Task.WhenAll(committing, queued));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AppendAsync(Beat(3)));
    }
}
