using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

/// <summary>
/// What devices were doing cannot be changed afterwards without somebody noticing, and the ledger tells nothing of any of them.
/// </summary>
public sealed class HistorySealerTests(SharedCluster cluster) : IAsyncLifetime
{
    private const string Entries =
        "select string_agg(convert_from(bytes, 'UTF8'), E'\\n' order by index) from registry.ledger_entry where kind = 'history-digest'";

    private readonly FakeTimeProvider _time = new(Midnight);
    private Database _database = null!;
    private HistorySealer _digests = null!;

    /// <summary>The end of the day on which the city was opened, at noon of its own time.</summary>
    private static DateTimeOffset Midnight => new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await cluster.NewRegisterAsync();
        await new PolicyRegister(_database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        _digests = new HistorySealer(_database.Source, _time, NullLogger<HistorySealer>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _digests.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Closes_each_day_once_an_hour_after_it_ended()
    {
        Assert.Null(await _digests.SealAsync(Cancellation)); // The registry was never open.
        await LiveAsync();
        Assert.Null(await _digests.SealAsync(Cancellation));
        Assert.Equal(new HistoryFinding(null, null), await _digests.VerifyAsync(Cancellation));

        _time.SetUtcNow(Midnight.AddHours(1));
        Assert.Equal(Midnight, await _digests.SealAsync(Cancellation));
        await StateAsync(SmallCity.Camera, 3, PresenceState.Online, Midnight.AddHours(2));
        _time.SetUtcNow(Midnight.AddDays(1));
        Assert.Equal(Midnight, await _digests.SealAsync(Cancellation));
        _time.SetUtcNow(Midnight.AddDays(3).AddHours(5)); // The registry was down for two days.
        Assert.Equal(
            Midnight.AddDays(3),
            (await Task.WhenAll(_digests.SealAsync(Cancellation), _digests.SealAsync(Cancellation))).Distinct().Single()
        );

        var entries = (await _database.AskAsync<string>(Entries))!.Split('\n');
        Assert.Collection(
            entries,
            first =>
                Assert.Matches(
                    """by":\{"role":"registry"\},"body":\{"since":null,"until":"2026-11-24T00:00:00.000000Z","sha256":"[0-9a-f]{64}"\}""",
                    first
                ),
            second =>
                Assert.Matches(
                    """body":\{"since":"2026-11-24T00:00:00.000000Z","until":"2026-11-27T00:00:00.000000Z","sha256":"[0-9a-f]{64}"\}""",
                    second
                )
        );
        Assert.Equal(new HistoryFinding(Midnight.AddDays(3), null), await _digests.VerifyAsync(Cancellation));
    }

    [Fact]
    public async Task Tells_nothing_of_any_unit_not_even_to_who_tries_out_what_it_did()
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(1));
        await _digests.SealAsync(Cancellation);
        await using var twin = await cluster.NewRegisterAsync();
        var entry = (await _database.AskAsync<string>(Entries))!;
        Assert.DoesNotContain(SmallCity.Reader, entry, StringComparison.Ordinal);
        Assert.DoesNotContain(SmallCity.Camera, entry, StringComparison.Ordinal);

        // The same history again has another digest: nobody finds out what a unit did by trying.
        await new PolicyRegister(twin.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        await LiveAsync(twin);
        using var again = new HistorySealer(twin.Source, _time, NullLogger<HistorySealer>.Instance);
        await again.SealAsync(Cancellation);
        Assert.NotEqual(
            entry[entry.IndexOf("sha256", StringComparison.Ordinal)..],
            (await twin.AskAsync<string>(Entries))![entry.IndexOf("sha256", StringComparison.Ordinal)..]
        );
    }

    [Theory]
    [InlineData(
        "update registry.observation set body = body || '{\"presence\":\"online\"}' where presence = 'silent'",
        "2026-11-24T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "update registry.observation set at = at + interval '1 minute' where device = 'lobby-cam-1' and id = 1",
        "2026-11-24T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "delete from registry.observation where device = 'patrol-reader-1'",
        "2026-11-24T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "insert into registry.observation (id, device, at, epoch, seq, presence, body) overriding system value select -1, device, at, epoch, seq + 1, presence, body from registry.observation where id = 1",
        "2026-11-24T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "insert into registry.observation (device, at, epoch, seq, presence, body) select device, at, epoch, seq + 1, presence, body from registry.observation where id = 1",
        "1 states were written into days that had been closed"
    )]
    [InlineData(
        "update registry.watch set to_at = to_at - interval '2 hours' where id = 1",
        "2026-11-24T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "insert into registry.watch (from_at, to_at) values ('2026-11-24T03:00Z', '2026-11-24T04:00Z')",
        "1 times of seeing were written into days that had been closed"
    )]
    [InlineData(
        "delete from registry.heartbeat",
        "2026-11-24T00:00:00.000000Z: 1 heartbeats were counted when it was closed, and 0 are there"
    )]
    [InlineData("update registry.history_digest set salt = sha256('')", "2026-11-24T00:00:00.000000Z: it is not what was closed")]
    [InlineData(
        "update registry.history_digest set beats = 2 where since is null",
        "2026-11-24T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "update registry.history_digest set last = last - 1, after = after - 1 where since is not null",
        "2026-11-25T00:00:00.000000Z: its digest does not follow"
    )]
    [InlineData("delete from registry.history_digest where since is not null", "2026-11-25T00:00:00.000000Z: what its digest in entry")]
    [InlineData(
        "update registry.mobile_act set body = body || '{\"reason\":\"Lost.\"}' where act = 'device-changed'",
        "2026-11-25T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "update registry.mobile_act set by = '{\"role\":\"registry\"}' where act = 'device-changed'",
        "2026-11-25T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "update registry.mobile_act set at = at + interval '1 minute' where act = 'device-registered'",
        "2026-11-24T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "update registry.mobile_act set fleet = 'night' where act = 'device-registered'",
        "2026-11-24T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "delete from registry.mobile_act where act = 'device-registered'",
        "2026-11-24T00:00:00.000000Z: it is not what was closed"
    )]
    [InlineData(
        "insert into registry.mobile_act (at, act, by, device, fleet, kind, department, lifecycle, body) select at, act, by, device, fleet, kind, department, lifecycle, body from registry.mobile_act where act = 'device-registered'",
        "1 acts on mobile units were written into days that had been closed"
    )]
    [InlineData(
        "update registry.history_digest set acts_after = null, acts_last = null, watch_after = null, watch_last = null where since is not null",
        "2026-11-25T00:00:00.000000Z: its digest does not follow"
    )]
    [InlineData(
        "update registry.history_digest set acts_after = null, acts_last = null, watch_after = null, watch_last = null where since is null",
        "2026-11-24T00:00:00.000000Z: it is not what was closed"
    )]
    public async Task Finds_what_was_changed_taken_away_or_added_afterwards(string change, string fault)
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(1));
        await _digests.SealAsync(Cancellation);
        await StateAsync(SmallCity.Camera, 3, PresenceState.Online, Midnight.AddHours(2));
        Assert.True(
            (
                await new DeviceRegister(_database.Source).ChangeAsync(
                    SmallCity.Opening.Devices[1],
                    1,
                    new Attribution("device-clerk", "police", "st-1"),
                    "Seen.",
                    Midnight.AddHours(2),
                    Cancellation
                )
            ).IsDone
        );
        _time.SetUtcNow(Midnight.AddHours(26));
        await _digests.SealAsync(Cancellation);
        await StateAsync(SmallCity.Camera, 4, PresenceState.Silent, Midnight.AddHours(26)); // Of a day that is not over.
        Assert.Null((await _digests.VerifyAsync(Cancellation)).Fault);

        await using (var owner = await _database.ConnectAsync())
            Assert.NotEqual(0, await owner.ExecuteAsync(change));
        Assert.Contains(fault, (await _digests.VerifyAsync(Cancellation)).Fault, StringComparison.Ordinal);

        // And it stays so, whatever is closed afterwards.
        _time.SetUtcNow(Midnight.AddHours(50));
        await _digests.SealAsync(Cancellation);
        Assert.Contains(fault, (await _digests.VerifyAsync(Cancellation)).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Holds_what_was_being_written_as_the_day_was_closed()
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(1));
        await using var writer = await _database.ConnectAsync();
        await using var writing = await writer.BeginTransactionAsync(Cancellation);
        // As the register writes: its partition's owner is held until the commit.
        await writer.ExecuteAsync("select from registry.partition_owner where part = 1 for share", transaction: writing);
        await writer.ExecuteAsync(Insert, Values(SmallCity.Camera, 9, PresenceState.Disconnected, Midnight.AddHours(1)), writing);
        await StateAsync(SmallCity.Camera, 10, PresenceState.Online, Midnight.AddHours(1)); // A later number, and committed first.
        var closing = _digests.SealAsync(Cancellation);
        await _database.BlockedAsync();
        await writing.CommitAsync(Cancellation);
        await closing;
        Assert.Null((await _digests.VerifyAsync(Cancellation)).Fault);
        await _database.AskAsync<int>("delete from registry.observation where presence = 'disconnected'");
        Assert.NotNull((await _digests.VerifyAsync(Cancellation)).Fault);
    }

    [Fact]
    public async Task Holds_the_acts_that_were_being_written_as_the_day_was_closed()
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(1));
        await using var writer = await _database.ConnectAsync();
        await using var writing = await writer.BeginTransactionAsync(Cancellation);
        // As the register writes: the ledger's head is held until the commit.
        await writer.ExecuteAsync("select registry.take_head(now())", transaction: writing);
        await writer.ExecuteAsync(
            "insert into registry.mobile_act (at, act, by, device, fleet, kind, department, lifecycle, body) select at, 'device-changed', by, device, fleet, kind, department, lifecycle, body from registry.mobile_act",
            transaction: writing
        );
        var closing = _digests.SealAsync(Cancellation);
        await _database.BlockedAsync();
        await writing.CommitAsync(Cancellation);
        await closing;
        Assert.Null((await _digests.VerifyAsync(Cancellation)).Fault);
        await _database.AskAsync<int>("delete from registry.mobile_act where act = 'device-changed'");
        Assert.NotNull((await _digests.VerifyAsync(Cancellation)).Fault);
    }

    [Fact]
    public async Task Holds_although_a_clock_that_ran_a_day_ahead_was_set_back_since_the_ledger_says_that_it_was()
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(25)); // It is one o'clock, and the clock says that it is the next day's.
        await _database.AskAsync<int>("update registry.watch set to_at = '2026-11-25T01:00Z'");
        Assert.Equal(Midnight.AddDays(1), await _digests.SealAsync(Cancellation));

        var right = new FakeTimeProvider(Midnight.AddHours(1).AddMinutes(5)); // Set right, and the registry started again.
        using var watch = new ClockStepDetector(_database.Source, right, NullLogger<ClockStepDetector>.Instance);
        await StateAsync(SmallCity.Camera, 3, PresenceState.Online, right.GetUtcNow());
        await _database.AskAsync<int>("insert into registry.watch (from_at, to_at) values ('2026-11-24T01:05Z', '2026-11-24T23:59Z')");
        await _database.AskAsync<int>(
            "insert into registry.heartbeat (slot, epoch, seq, received_at, capture, health, firmware) values (1, 2, 1, '2026-11-24T02:00Z', 1, 0, '1.0')"
        );
        Assert.NotNull((await _digests.VerifyAsync(Cancellation)).Fault);
        await watch.LookAsync(Cancellation);
        await watch.LookAsync(Cancellation);
        Assert.Equal(1, await _database.AskAsync<int>("select count(*)::int from registry.ledger_entry where kind = 'clock-stepped'"));
        Assert.Contains(
            "\"body\":{\"from\":\"2026-11-25T01:00:00.000000Z\",\"to\":\"2026-11-24T01:05:00.000000Z\"}",
            await _database.AskAsync<string>("select convert_from(bytes, 'UTF8') from registry.ledger_entry where kind = 'clock-stepped'"),
            StringComparison.Ordinal
        );
        Assert.Null((await _digests.VerifyAsync(Cancellation)).Fault);
        _time.SetUtcNow(Midnight.AddHours(49));
        await _digests.SealAsync(Cancellation);
        Assert.Equal(new HistoryFinding(Midnight.AddDays(2), null), await _digests.VerifyAsync(Cancellation));

        // It excuses nothing that is told of before, nor that anything is gone.
        await StateAsync(SmallCity.Camera, 4, PresenceState.Online, Midnight.AddHours(-1));
        Assert.Contains(
            "1 states were written into days that had been closed",
            (await _digests.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
        await _database.AskAsync<int>("delete from registry.heartbeat");
        Assert.Contains(
            "1 heartbeats were counted when it was closed, and 0 are there",
            (await _digests.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Closes_days_on_which_nothing_happened()
    {
        await LiveAsync();
        for (var day = 0; day < 4; day++)
        {
            _time.SetUtcNow(Midnight.AddDays(day).AddHours(1));
            Assert.Equal(Midnight.AddDays(day), await _digests.SealAsync(Cancellation));
        }

        Assert.Equal(new HistoryFinding(Midnight.AddDays(3), null), await _digests.VerifyAsync(Cancellation));
    }

    [Fact]
    public async Task Still_holds_the_days_that_the_first_version_closed_and_goes_on_from_there()
    {
        await LiveAsync();
        await CloseAsTheFirstVersionAsync();
        Assert.Equal(new HistoryFinding(Midnight, null), await _digests.VerifyAsync(Cancellation));
        _time.SetUtcNow(Midnight.AddHours(25));
        await _digests.SealAsync(Cancellation);
        _time.SetUtcNow(Midnight.AddHours(49));
        await _digests.SealAsync(Cancellation);
        Assert.Equal(new HistoryFinding(Midnight.AddDays(2), null), await _digests.VerifyAsync(Cancellation));

        // What was done before there were acts is held from the first digest of the second version on.
        await _database.AskAsync<int>("update registry.mobile_act set fleet = 'night'");
        Assert.Contains(
            "2026-11-25T00:00:00.000000Z: it is not what was closed",
            (await _digests.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
        await _database.AskAsync<int>("update registry.observation set seq = 7 where id = 1");
        Assert.Contains(
            "2026-11-24T00:00:00.000000Z: it is not what was closed",
            (await _digests.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("update registry.dropped_heartbeats set beats = 2")]
    [InlineData("update registry.dropped_heartbeats set salt = sha256('')")]
    [InlineData("delete from registry.dropped_heartbeats")]
    public async Task Finds_that_the_number_of_dropped_heartbeats_is_not_what_the_ledger_has_the_hash_of(string change)
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(1));
        await _digests.SealAsync(Cancellation);
        await DropAsync(1);
        Assert.Null((await _digests.VerifyAsync(Cancellation)).Fault);
        await _database.AskAsync<int>(change);
        Assert.Contains(
            "How many heartbeats of heartbeat_20261124 were dropped is not what stands in entry",
            (await _digests.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Compares_what_was_dropped_with_what_was_counted_by_the_number_that_only_the_registry_has()
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(1));
        await _digests.SealAsync(Cancellation);
        _time.SetUtcNow(Midnight.AddHours(25));
        await _digests.SealAsync(Cancellation); // The second day had no heartbeat, and somebody put one there before it was dropped.
        await DropAsync(1);
        Assert.Contains(
            "0 heartbeats were counted when it was closed, and 1 when they were dropped",
            (await _digests.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Counts_no_heartbeats_that_the_retention_schedule_dropped_and_understands_entries_that_said_how_many()
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(1));
        await _digests.SealAsync(Cancellation);
        _time.SetUtcNow(Midnight.AddHours(25));
        await _digests.SealAsync(Cancellation);
        await _database.AskAsync<int>("delete from registry.heartbeat");
        Assert.NotNull((await _digests.VerifyAsync(Cancellation)).Fault);

        // As the days of the log leave their entries; the second day had no heartbeat, and somebody says it had.
        await PurgedAsync("heartbeat_20261124", 0);
        Assert.Null((await _digests.VerifyAsync(Cancellation)).Fault);
        await _database.AskAsync<int>(
            "update registry.ledger_entry set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '\"beats\":0,\"kept', '\"beats\":2,\"kept'), 'UTF8') where kind = 'heartbeats-purged'"
        );
        Assert.Contains(
            "0 heartbeats were counted when it was closed, and 2 when they were dropped",
            (await _digests.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );

        Task PurgedAsync(string part, long beats) =>
            _database.AskAsync<long>(
                "select registry.append_entry('2026-12-26Z', 'heartbeats-purged', convert_to(@bytes, 'UTF8'))",
                new
                {
                    bytes = $$$"""{"v":1,"at":"2026-12-26T00:00:00.000000Z","kind":"heartbeats-purged","by":{"role":"registry"},"body":{"part":"{{{part}}}","beats":{{{beats}}},"keptDays":31}}""",
                }
            );
    }

    /// <summary>Drops the second day as the days of the log do, with so many heartbeats in it.</summary>
    private async Task DropAsync(int beats)
    {
        var dropped = new DroppedHeartbeats(0, "heartbeat_20261124", beats, [.. Enumerable.Repeat((byte)7, 32)]);
        var entry = await _database.AskAsync<long>(
            "select registry.append_entry('2026-12-26Z', 'heartbeats-purged', convert_to(@bytes, 'UTF8'))",
            new
            {
                bytes = $$$"""{"v":1,"at":"2026-12-26T00:00:00.000000Z","kind":"heartbeats-purged","by":{"role":"registry"},"body":{"part":"{{{dropped.Part}}}","keptDays":31,"sha256":"{{{dropped.Sha256}}}"}}""",
            }
        );
        await _database.AskAsync<int>(
            "insert into registry.dropped_heartbeats (entry, part, beats, salt) values (@entry, @Part, @Beats, @Salt)",
            new
            {
                entry,
                dropped.Part,
                dropped.Beats,
                dropped.Salt,
            }
        );
    }

    /// <summary>
    /// Closes the first day as it was done before acts of mobile units were kept: the text and the hash of that version, written out.
    /// </summary>
    private async Task CloseAsTheFirstVersionAsync()
    {
        var salt = Enumerable.Repeat((byte)9, 32).ToArray();
        var text = await _database.AskAsync<string>(
            """
            select E'history\t1\t\t2026-11-24T00:00:00.000000Z\t-9223372036854775808\t' || max(id) || E'\t1\n'
                || string_agg(concat_ws(E'\t', 'state', id, device, (extract(epoch from at) * 1000000)::bigint, epoch, seq, presence, body::text) || E'\n', '' order by id)
                || (select concat_ws(E'\t', 'watch', (extract(epoch from from_at) * 1000000)::bigint, (extract(epoch from timestamptz '2026-11-24Z') * 1000000)::bigint) || E'\n' from registry.watch)
            from registry.observation
            """
        );
        var sha256 = Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(text!)]));
        var entry = await _database.AskAsync<long>(
            "select registry.append_entry('2026-11-24T01:00Z', 'history-digest', convert_to(@bytes, 'UTF8'))",
            new
            {
                bytes = $$$"""{"v":1,"at":"2026-11-24T01:00:00.000000Z","kind":"history-digest","by":{"role":"registry"},"body":{"since":null,"until":"2026-11-24T00:00:00.000000Z","sha256":"{{{sha256}}}"}}""",
            }
        );
        await _database.AskAsync<int>(
            "insert into registry.history_digest (entry, since, until, after, last, beats, salt) select @entry, null, '2026-11-24Z', -9223372036854775808, max(id), 1, @salt from registry.observation",
            new { entry, salt }
        );
    }

    private const string Insert =
        "insert into registry.observation (device, at, epoch, seq, presence, body) values (@device, @at, 1, @seq, @presence, @body::jsonb)";

    private static object Values(string device, long seq, PresenceState presence, DateTimeOffset at) =>
        new
        {
            device,
            seq,
            at = at.UtcDateTime,
            presence = Domain.Json.Word(presence),
            body = SmallCity.Text(
                DeviceObservation.First(
                    new Heartbeat(
                        1,
                        device,
                        1,
                        seq,
                        at,
                        null,
                        default(CaptureReport).With(Capture.Video, Mode.Recorded),
                        Health.Ok,
                        "1.0",
                        null
                    )
                ) with
                {
                    Presence = presence,
                }
            ),
        };

    private Task<int> StateAsync(string device, long seq, PresenceState presence, DateTimeOffset at, Database? database = null) =>
        (database ?? _database).AskAsync<int>(Insert, Values(device, seq, presence, at));

    /// <summary>A day of a camera and of a unit that moves, a heartbeat of it, and the registry looking on over midnight.</summary>
    private async Task LiveAsync(Database? database = null)
    {
        await StateAsync(SmallCity.Camera, 1, PresenceState.Online, SmallCity.Noon, database);
        await StateAsync(SmallCity.Reader, 1, PresenceState.Online, SmallCity.Noon, database);
        await StateAsync(SmallCity.Camera, 2, PresenceState.Silent, SmallCity.Noon.AddHours(1), database);
        await (database ?? _database).AskAsync<int>(
            "insert into registry.watch (from_at, to_at) values ('2026-11-23T10:00Z', '2026-11-24T01:30Z')"
        );
        await (database ?? _database).AskAsync<int>(
            "insert into registry.heartbeat (slot, epoch, seq, received_at, capture, health, firmware) values (1, 1, 1, '2026-11-23T20:00Z', 1, 0, '1.0')"
        );
    }
}
