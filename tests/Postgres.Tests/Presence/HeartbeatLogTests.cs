using System.Diagnostics;
using CsCheck;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

/// <summary>The promise behind a PUBACK: what was acknowledged is on disk, what could not be kept is never acknowledged.</summary>
public sealed class HeartbeatLogTests(SharedCluster cluster) : IAsyncLifetime
{
    private const string Stored = "select count(*) from registry.heartbeat";

    private Database _database = null!;
    private HeartbeatLog _log = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The camera is the first that was registered.</summary>
    private const int Camera = 1;

    private static Heartbeat Beat(long seq, long epoch = 1) =>
        new(
            Camera,
            SmallCity.Camera,
            epoch,
            seq,
            SmallCity.Noon.AddSeconds(seq),
            null,
            default(CaptureReport).With(Capture.Video, Mode.Recorded),
            Health.Ok,
            "1.0",
            null
        );

    /// <summary>What the inlet does before a PUBACK; an answer that never comes is a failure too.</summary>
    private async Task<WriteResult> AppendAsync(Heartbeat heartbeat, bool mayBeKnown = false)
    {
        var asked = new Asked { Heartbeat = heartbeat, MayBeStored = mayBeKnown };
        await _log.AppendAsync(asked);
        return await asked.Answer.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    private sealed class Asked : LogWrite
    {
        public bool SaysNothingNew { get; init; }

        public override bool MayBeDelayed => SaysNothingNew;

        private readonly TaskCompletionSource<WriteResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<WriteResult> Answer => _answer.Task;

        public List<Asked>? Flushed { get; init; }

        public override void Complete(WriteResult settlement) => _answer.SetResult(settlement);

        public override void Flush() => Flushed?.Add(this);
    }

    [Fact]
    public async Task Has_committed_a_heartbeat_before_it_says_so()
    {
        Assert.Equal(WriteResult.Durable, await AppendAsync(Beat(1)));
        Assert.Equal(1, await _database.AskAsync<int>(Stored));
    }

    /// <summary>
    /// How long a rest lasts is a matter of pace, shown by the benchmarks; that nobody is forgotten in one is shown here.
    /// </summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(100, false)]
    [InlineData(100, true)]
    public async Task Keeps_what_rested_with_whoever_ended_the_rest(int others, bool isEndedByNews)
    {
        Assert.Equal(WriteResult.Durable, await AppendAsync(Beat(0)));
        Asked[] asked =
        [
            .. Enumerable.Range(1, others).Select(seq => new Asked { Heartbeat = Beat(seq), SaysNothingNew = true }),
            new Asked { Heartbeat = Beat(others + 1), SaysNothingNew = !isEndedByNews },
        ];
        foreach (var one in asked)
            await _log.AppendAsync(one);
        Assert.All(
            await Task.WhenAll(asked.Select(one => one.Answer)).WaitAsync(TimeSpan.FromSeconds(30), Cancellation),
            settled => Assert.Equal(WriteResult.Durable, settled)
        );
        Assert.Equal(others + 2, await _database.AskAsync<int>(Stored));
    }

    [Fact]
    public async Task Sends_the_answer_to_what_says_something_new_before_the_others_of_its_commit()
    {
        await _log.StopAsync(Cancellation);
        var flushed = new List<Asked>();
        using var log = new HeartbeatLog(_database.Source, TimeProvider.System, NullLogger<HeartbeatLog>.Instance);
        var asked = Enumerable
            .Range(1, 9)
            .Select(seq => new Asked
            {
                Heartbeat = Beat(seq),
                SaysNothingNew = seq != 7,
                Flushed = flushed,
            })
            .ToArray();
        foreach (var one in asked)
            await log.AppendAsync(one);
        await log.StartAsync(Cancellation);
        await Task.WhenAll(asked.Select(one => one.Answer)).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await log.StopAsync(Cancellation); // After the last answer has left.
        Assert.Same(asked[6], flushed[0]);
        Assert.Equal(asked, flushed.Skip(1));
    }

    [Fact]
    public async Task Leaves_one_span_for_a_whole_commit_that_says_only_how_many()
    {
        await _log.StopAsync(Cancellation);
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CommitMetrics.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var log = new HeartbeatLog(_database.Source, TimeProvider.System, NullLogger<HeartbeatLog>.Instance);
        var asked = Enumerable.Range(1, 77).Select(seq => new Asked { Heartbeat = Beat(seq) }).ToArray();
        foreach (var one in asked)
            await log.AppendAsync(one);
        Assert.Equal(77, ((IHeartbeatLog)log).QueueLength);
        await log.StartAsync(Cancellation);
        await Task.WhenAll(asked.Select(one => one.Answer)).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await log.StopAsync(Cancellation);

        // Other tests' logs of this process leave theirs; none has as many.
        var span = Assert.Single(spans, span => span.TagObjects.Any(tag => tag.Value is 77));
        Assert.Equal([("registry.commit.size", (object?)77)], span.TagObjects.Select(tag => (tag.Key, tag.Value)));
        Assert.All(spans, span => Assert.Equal("heartbeats.commit", span.DisplayName));
        Assert.True(spans.Count < 77);
    }

    [Fact]
    public async Task Says_nothing_while_the_commit_is_held_up()
    {
        await using var held = await HoldAsync();
        var waiting = AppendAsync(Beat(1));
        await _database.BlockedAsync();
        Assert.False(waiting.IsCompleted);

        await held.Transaction.CommitAsync(Cancellation);
        await waiting;
        Assert.Equal(1, await _database.AskAsync<int>(Stored));
    }

    [Fact]
    public async Task Commits_together_what_queued_while_it_was_busy()
    {
        await using var held = await HoldAsync();
        var first = AppendAsync(Beat(1));
        await _database.BlockedAsync();
        var queued = Enumerable.Range(2, 500).Select(seq => AppendAsync(Beat(seq))).ToArray();
        await held.Transaction.CommitAsync(Cancellation);
        await Task.WhenAll([first, .. queued]);
        Assert.Equal(2, await _database.AskAsync<int>("select count(distinct xmin::text) from registry.heartbeat"));
    }

    [Fact]
    public async Task Keeps_everything_that_eight_writers_were_promised()
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
                                        await _database.AskAsync<int>(
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
        Assert.Equal(800, await _database.AskAsync<int>("select count(distinct (epoch, seq)) from registry.heartbeat"));
    }

    [Fact]
    public async Task Tries_again_when_its_session_is_killed_and_keeps_each_heartbeat_once()
    {
        await using var held = await HoldAsync();
        var first = AppendAsync(Beat(1));
        var session = await _database.BlockedAsync();
        var second = AppendAsync(Beat(2));

        await held.Connection.ExecuteAsync("select pg_terminate_backend(@session)", new { session });
        await held.Transaction.CommitAsync(Cancellation);

        Assert.Equal([WriteResult.Durable, WriteResult.Durable], await Task.WhenAll(first, second));
        Assert.Equal("1,2", await _database.AskAsync<string>("select string_agg(seq::text, ',' order by seq) from registry.heartbeat"));
    }

    [Fact]
    public async Task Refuses_what_it_can_never_keep_without_holding_back_the_others()
    {
        await using var held = await HoldAsync();
        var first = AppendAsync(Beat(1));
        await _database.BlockedAsync();
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
        Assert.Equal("1,2,4", await _database.AskAsync<string>("select string_agg(seq::text, ',' order by seq) from registry.heartbeat"));
    }

    [Fact]
    public async Task Keeps_once_what_is_sent_again_whether_it_is_still_on_its_way_or_long_there()
    {
        Assert.Equal(WriteResult.Durable, await AppendAsync(Beat(1)));
        Assert.Equal(WriteResult.AlreadyStored, await AppendAsync(Beat(1), mayBeKnown: true));
        await using var held = await HoldAsync();
        var first = AppendAsync(Beat(2));
        await _database.BlockedAsync();
        var again = new[]
        {
            AppendAsync(Beat(2), mayBeKnown: true),
            AppendAsync(Beat(3)),
            AppendAsync(Beat(3), mayBeKnown: true),
            AppendAsync(Beat(9, epoch: 0), mayBeKnown: true),
        };
        await held.Transaction.CommitAsync(Cancellation);
        await first;
        Assert.Equal(
            [WriteResult.AlreadyStored, WriteResult.Durable, WriteResult.AlreadyStored, WriteResult.Durable],
            await Task.WhenAll(again)
        );
        Assert.Equal(
            "9,1,2,3",
            await _database.AskAsync<string>("select string_agg(seq::text, ',' order by epoch, seq) from registry.heartbeat")
        );
    }

    [Fact]
    public async Task Tells_those_who_wait_when_the_registry_stops_and_takes_no_more()
    {
        await using var held = await HoldAsync();
        var committing = AppendAsync(Beat(1));
        await _database.BlockedAsync();
        var queued = AppendAsync(Beat(2));

        await _log.StopAsync(Cancellation);

        Assert.Equal([WriteResult.Failed, WriteResult.Failed], await Task.WhenAll(committing, queued));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AppendAsync(Beat(3)));
    }

    [Fact]
    public async Task Forgets_the_order_of_what_was_said_before_a_clerk_reset_the_unit()
    {
        await AppendAsync(Beat(1, epoch: 9));
        Assert.True(
            await new DeviceRegister(_database.Source).ForgetEpochAsync(
                SmallCity.Camera,
                Attribution.Registry,
                "",
                SmallCity.Noon.AddMinutes(1),
                Cancellation
            )
        );
        Assert.Empty(await _log.LatestAsync(Camera, Cancellation));
        var after = Beat(1, epoch: 2) with { ReceivedAt = SmallCity.Noon.AddMinutes(2) };
        await AppendAsync(after);
        Assert.Equal(after, Assert.Single(await _log.LatestAsync(Camera, Cancellation)));
    }

    [Fact]
    public async Task Is_kept_in_days_that_the_retention_schedule_drops_with_an_entry_that_does_not_say_how_many()
    {
        await BeganLongAgoAsync();
        using var days = Days(TimeProvider.System);
        await days.KeepAsync(Cancellation);
        await AppendAsync(Beat(2) with { ReceivedAt = DateTimeOffset.UtcNow });
        await AppendAsync(Beat(3) with { ReceivedAt = DateTimeOffset.UtcNow.AddDays(1) });
        await AppendAsync(Beat(4) with { ReceivedAt = DateTimeOffset.UtcNow.AddYears(30) }); // A clock that was set wrongly.

        Assert.Equal("2,3,4", await _database.AskAsync<string>("select string_agg(seq::text, ',' order by seq) from registry.heartbeat"));
        Assert.Equal(3, await _database.AskAsync<int>("select count(distinct tableoid) from registry.heartbeat"));
        // How many there were, of fixed and mobile units together, is nobody's business who reads the ledger.
        Assert.Matches(
            """body":\{"part":"heartbeat_first","keptDays":31,"sha256":"[0-9a-f]{64}"\}""",
            await _database.AskAsync<string>(
                "select convert_from(bytes, 'UTF8') from registry.ledger_entry where kind = 'heartbeats-purged'"
            )
        );
        Assert.Equal(
            1,
            await _database.AskAsync<int>(
                "select beats from registry.dropped_heartbeats join registry.ledger_entry on index = entry where part = 'heartbeat_first' and kind = 'heartbeats-purged'"
            )
        );
    }

    /// <summary>The log began long ago, and its first day is over; today is not open yet.</summary>
    private async Task BeganLongAgoAsync()
    {
        await _database.AskAsync<int>(
            """
            alter table registry.heartbeat detach partition registry.heartbeat_first;
            alter table registry.heartbeat attach partition registry.heartbeat_first for values from (minvalue) to ('2020-01-02Z');
            """
        );
        await AppendAsync(Beat(1) with { ReceivedAt = new DateTimeOffset(2020, 1, 1, 12, 0, 0, TimeSpan.Zero) });
    }

    private HeartbeatPartitionMaintenance Days(TimeProvider time) =>
        new(_database.Source, new HeartbeatRetention(31), time, NullLogger<HeartbeatPartitionMaintenance>.Instance);

    /// <summary>Somebody who has read the whole log and is not done, as whoever verifies the history.</summary>
    private async Task<Held> ReadAsync()
    {
        var connection = await _database.ConnectAsync();
        var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Cancellation);
        await connection.ExecuteScalarAsync<long>(Stored, transaction: transaction);
        return new Held(connection, transaction);
    }

    private const string Parts =
        "select string_agg(relname, ' ' order by relname) from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = 'registry.heartbeat'::regclass";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Goes_on_while_somebody_reads_it_though_days_are_to_be_opened_and_dropped(bool isTodayOpen)
    {
        await BeganLongAgoAsync();
        if (isTodayOpen)
            await _database.AskAsync<int>("select registry.open_heartbeat_days(2)"); // Then one is to be dropped, and none to be opened.
        var before = await _database.AskAsync<string>(Parts);
        using var days = Days(TimeProvider.System);
        await using (var reader = await ReadAsync())
        {
            var keeping = days.KeepAsync(Cancellation);
            var seq = 1;
            do Assert.Equal(WriteResult.Durable, await AppendAsync(Beat(++seq) with { ReceivedAt = DateTimeOffset.UtcNow.AddDays(1) }));
            while (!keeping.IsCompleted);
            Assert.Equal(PostgresErrorCodes.LockNotAvailable, (await Assert.ThrowsAsync<PostgresException>(() => keeping)).SqlState);
            Assert.Equal(before, await _database.AskAsync<string>(Parts));
            Assert.Equal(seq, await _database.AskAsync<int>(Stored)); // And whoever else reads goes on too.
        }

        await days.KeepAsync(Cancellation);
        Assert.Equal((false, true), (await HasPartAsync("heartbeat_first"), await HasPartAsync($"heartbeat_{DateTime.UtcNow:yyyyMMdd}")));
        Assert.Equal(1, await _database.AskAsync<int>("select count(*) from registry.ledger_entry where kind = 'heartbeats-purged'"));
    }

    private async Task<bool> HasPartAsync(string part) => (await _database.AskAsync<string>(Parts))!.Split(' ').Contains(part);

    [Fact]
    public async Task Keeps_its_days_by_itself_soon_after_whoever_read_it_is_done()
    {
        await BeganLongAgoAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var days = Days(time);
        await using (var reader = await ReadAsync())
        {
            await days.StartAsync(Cancellation);
            for (var blocked = _database.BlockedAsync(); !blocked.IsCompleted; await _database.AskAsync<int>("select 1"))
                time.Advance(TimeSpan.FromSeconds(1));
            while (
                await _database.AskAsync<int>(
                    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                ) > 0
            ) { } // It gave up.
        }

        for (var began = time.GetUtcNow(); await HasPartAsync("heartbeat_first"); )
        {
            time.Advance(TimeSpan.FromSeconds(1));
            // By then it would have tried without being told that it should.
            Assert.InRange(time.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromMinutes(50));
        }

        await days.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Is_not_held_up_by_a_day_that_is_to_be_dropped_while_an_import_has_the_ledger()
    {
        await BeganLongAgoAsync();
        await using var import = await _database.ConnectAsync();
        await using var importing = await import.BeginTransactionAsync(Cancellation);
        await import.ExecuteAsync("select registry.take_head(now())", transaction: importing);
        using var days = Days(TimeProvider.System);
        var keeping = days.KeepAsync(Cancellation);
        await _database.BlockedAsync();
        Assert.Equal(WriteResult.Durable, await AppendAsync(Beat(2) with { ReceivedAt = DateTimeOffset.UtcNow }));
        Assert.Equal(2, await _database.AskAsync<int>(Stored));
        Assert.False(keeping.IsCompleted);
        await importing.CommitAsync(Cancellation);
        await keeping;
        Assert.False(await HasPartAsync("heartbeat_first"));
    }

    [Fact]
    public async Task Acknowledges_duplicates_and_late_ones_and_still_knows_the_latest()
    {
        foreach (
            var heartbeat in new[]
            {
                Beat(7, epoch: 2),
                Beat(7, epoch: 2) with
                {
                    ReceivedAt = SmallCity.Noon.AddHours(1),
                },
                Beat(9, epoch: 1),
                Beat(6, epoch: 2),
            }
        )
            await AppendAsync(heartbeat);
        Assert.Equal(Beat(7, epoch: 2), Assert.Single(await _log.LatestAsync(Camera, Cancellation)));
    }

    [Fact]
    public async Task Gives_back_any_heartbeat_as_it_was_kept()
    {
        var number = Gen.Long[0, Heartbeat.MaxNumber];
        var instant = Gen.Long[0, 4_000_000_000_000].Select(milliseconds => DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds));
        var any =
            from seq in number
            from receivedAt in instant
            from deviceAt in Gen.Nullable(instant)
            from bits in Gen.Int[0, (1 << 12) - 1]
            from health in Gen.Enum<Health>()
            from firmware in Gen.Int[0, 99999].Array[1, 5].Select(groups => string.Join('.', groups))
            from ruleVersion in Gen.Nullable(number)
            from beyond in Gen.Int[0, (1 << 6) - 1]
            from isLife in Gen.Bool
            select new Heartbeat(
                Camera,
                SmallCity.Camera,
                0,
                seq,
                receivedAt,
                deviceAt,
                new CaptureReport(bits),
                health,
                firmware,
                ruleVersion
            )
            {
                UnregisteredCaptures = new CaptureSet(beyond),
                ProvesLife = isLife,
            };

        // Each is of a later boot than the one before, and so the latest when it is looked for.
        long epoch = 0;
        await any.SampleAsync(
            async heartbeat =>
            {
                var later = heartbeat with { Epoch = epoch++ };
                await AppendAsync(later);
                return Assert.Single(await _log.LatestAsync(Camera, Cancellation)) == later;
            },
            iter: 200,
            threads: 1
        );
    }

    public async ValueTask InitializeAsync()
    {
        _database = await cluster.NewRegisterAsync();
        await new PolicyRegister(_database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        _log = new HeartbeatLog(_database.Source, TimeProvider.System, NullLogger<HeartbeatLog>.Instance);
        await _log.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _log.StopAsync(CancellationToken.None);
        _log.Dispose();
        await _database.DisposeAsync();
    }

    /// <summary>Keeps the log's table from being written until its transaction ends.</summary>
    private async Task<Held> HoldAsync()
    {
        var connection = await _database.ConnectAsync();
        var transaction = await connection.BeginTransactionAsync(Cancellation);
        await connection.ExecuteAsync("lock table registry.heartbeat in share mode", transaction: transaction);
        return new Held(connection, transaction);
    }

    private sealed record Held(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Connection.DisposeAsync();
    }
}
