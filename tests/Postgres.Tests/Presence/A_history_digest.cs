using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Presence;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

/// <summary>What devices were doing cannot be changed afterwards without somebody noticing, and the ledger tells nothing of any of them.</summary>
public sealed class A_history_digest(SharedCluster cluster) : IAsyncLifetime
{
    private const string Entries = "select string_agg(convert_from(bytes, 'UTF8'), E'\\n' order by index) from registry.ledger_entry where kind = 'history-digest'";

    private readonly FakeTimeProvider _time = new(Midnight);
    private Database _database = null!;
    private HistoryDigests _digests = null!;

    /// <summary>The end of the day on which the city was opened, at noon of its own time.</summary>
    private static DateTimeOffset Midnight => new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await cluster.NewRegisterAsync();
        await new PolicyRegister(_database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        _digests = new HistoryDigests(_database.Source, _time, NullLogger<HistoryDigests>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _digests.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Closes_each_day_once_an_hour_after_it_ended()
    {
        Assert.Null(await _digests.CloseAsync(Cancellation)); // The registry was never open.
        await LiveAsync();
        Assert.Null(await _digests.CloseAsync(Cancellation));
        Assert.Equal(new HistoryFinding(null, null), await _digests.CheckAsync(Cancellation));

        _time.SetUtcNow(Midnight.AddHours(1));
        Assert.Equal(Midnight, await _digests.CloseAsync(Cancellation));
        await StateAsync(SmallCity.Camera, 3, PresenceState.Online, Midnight.AddHours(2));
        _time.SetUtcNow(Midnight.AddDays(1));
        Assert.Equal(Midnight, await _digests.CloseAsync(Cancellation));
        _time.SetUtcNow(Midnight.AddDays(3).AddHours(5)); // The registry was down for two days.
        Assert.Equal(Midnight.AddDays(3), (await Task.WhenAll(_digests.CloseAsync(Cancellation), _digests.CloseAsync(Cancellation))).Distinct().Single());

        var entries = (await _database.AskAsync<string>(Entries))!.Split('\n');
        Assert.Collection(entries,
            first => Assert.Matches("""by":\{"role":"registry"\},"body":\{"since":null,"until":"2026-11-24T00:00:00.000000Z","sha256":"[0-9a-f]{64}"\}""", first),
            second => Assert.Matches("""body":\{"since":"2026-11-24T00:00:00.000000Z","until":"2026-11-27T00:00:00.000000Z","sha256":"[0-9a-f]{64}"\}""", second));
        Assert.Equal(new HistoryFinding(Midnight.AddDays(3), null), await _digests.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task Tells_nothing_of_any_unit_not_even_to_who_tries_out_what_it_did()
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(1));
        await _digests.CloseAsync(Cancellation);
        await using var twin = await cluster.NewRegisterAsync();
        var entry = (await _database.AskAsync<string>(Entries))!;
        Assert.DoesNotContain(SmallCity.Reader, entry, StringComparison.Ordinal);
        Assert.DoesNotContain(SmallCity.Camera, entry, StringComparison.Ordinal);

        // The same history again has another digest: nobody finds out what a unit did by trying.
        await new PolicyRegister(twin.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        await LiveAsync(twin);
        using var again = new HistoryDigests(twin.Source, _time, NullLogger<HistoryDigests>.Instance);
        await again.CloseAsync(Cancellation);
        Assert.NotEqual(entry[entry.IndexOf("sha256", StringComparison.Ordinal)..], (await twin.AskAsync<string>(Entries))![entry.IndexOf("sha256", StringComparison.Ordinal)..]);
    }

    [Theory]
    [InlineData("update registry.observation set body = body || '{\"presence\":\"online\"}' where presence = 'silent'", "2026-11-24T00:00:00.000000Z: it is not what was closed")]
    [InlineData("update registry.observation set at = at + interval '1 minute' where device = 'lobby-cam-1' and id = 1", "2026-11-24T00:00:00.000000Z: it is not what was closed")]
    [InlineData("delete from registry.observation where device = 'patrol-reader-1'", "2026-11-24T00:00:00.000000Z: it is not what was closed")]
    [InlineData("insert into registry.observation (id, device, at, epoch, seq, presence, body) overriding system value select -1, device, at, epoch, seq + 1, presence, body from registry.observation where id = 1", "2026-11-24T00:00:00.000000Z: it is not what was closed")]
    [InlineData("insert into registry.observation (device, at, epoch, seq, presence, body) select device, at, epoch, seq + 1, presence, body from registry.observation where id = 1", "1 states were written into days that had been closed")]
    [InlineData("update registry.watch set to_at = to_at - interval '2 hours' where id = 1", "2026-11-24T00:00:00.000000Z: it is not what was closed")]
    [InlineData("insert into registry.watch (from_at, to_at) values ('2026-11-24T03:00Z', '2026-11-24T04:00Z')", "2026-11-25T00:00:00.000000Z: it is not what was closed")]
    [InlineData("delete from registry.heartbeat", "2026-11-24T00:00:00.000000Z: 1 heartbeats were counted when it was closed, and 0 are there")]
    [InlineData("update registry.history_digest set salt = sha256('')", "2026-11-24T00:00:00.000000Z: it is not what was closed")]
    [InlineData("update registry.history_digest set beats = 2 where since is null", "2026-11-24T00:00:00.000000Z: it is not what was closed")]
    [InlineData("update registry.history_digest set last = last - 1, after = after - 1 where since is not null", "2026-11-25T00:00:00.000000Z: its digest does not follow")]
    [InlineData("delete from registry.history_digest where since is not null", "2026-11-25T00:00:00.000000Z: what its digest in entry")]
    public async Task Finds_what_was_changed_taken_away_or_added_afterwards(string change, string fault)
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(1));
        await _digests.CloseAsync(Cancellation);
        await StateAsync(SmallCity.Camera, 3, PresenceState.Online, Midnight.AddHours(2));
        _time.SetUtcNow(Midnight.AddHours(26));
        await _digests.CloseAsync(Cancellation);
        await StateAsync(SmallCity.Camera, 4, PresenceState.Silent, Midnight.AddHours(26)); // Of a day that is not over.
        Assert.Null((await _digests.CheckAsync(Cancellation)).Fault);

        await using (var owner = await _database.ConnectAsync())
            Assert.NotEqual(0, await owner.ExecuteAsync(change));
        Assert.Contains(fault, (await _digests.CheckAsync(Cancellation)).Fault, StringComparison.Ordinal);

        // And it stays so, whatever is closed afterwards.
        _time.SetUtcNow(Midnight.AddHours(50));
        await _digests.CloseAsync(Cancellation);
        Assert.Contains(fault, (await _digests.CheckAsync(Cancellation)).Fault, StringComparison.Ordinal);
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
        var closing = _digests.CloseAsync(Cancellation);
        await _database.BlockedAsync();
        await writing.CommitAsync(Cancellation);
        await closing;
        Assert.Null((await _digests.CheckAsync(Cancellation)).Fault);
        await _database.AskAsync<int>("delete from registry.observation where presence = 'disconnected'");
        Assert.NotNull((await _digests.CheckAsync(Cancellation)).Fault);
    }

    [Fact]
    public async Task Counts_no_heartbeats_that_the_retention_schedule_dropped_and_compares_what_was_dropped()
    {
        await LiveAsync();
        _time.SetUtcNow(Midnight.AddHours(1));
        await _digests.CloseAsync(Cancellation);
        _time.SetUtcNow(Midnight.AddHours(25));
        await _digests.CloseAsync(Cancellation);
        await _database.AskAsync<int>("delete from registry.heartbeat");
        Assert.NotNull((await _digests.CheckAsync(Cancellation)).Fault);

        // As the days of the log leave their entries; the second day had no heartbeat, and somebody says it had.
        await PurgedAsync("heartbeat_20261124", 0);
        Assert.Null((await _digests.CheckAsync(Cancellation)).Fault);
        await _database.AskAsync<int>("update registry.ledger_entry set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '\"beats\":0,\"kept', '\"beats\":2,\"kept'), 'UTF8') where kind = 'heartbeats-purged'");
        Assert.Contains("0 heartbeats were counted when it was closed, and 2 when they were dropped", (await _digests.CheckAsync(Cancellation)).Fault, StringComparison.Ordinal);

        Task PurgedAsync(string part, long beats) => _database.AskAsync<long>(
            "select registry.append_entry('2026-12-26Z', 'heartbeats-purged', convert_to(@bytes, 'UTF8'))",
            new { bytes = $$$"""{"v":1,"at":"2026-12-26T00:00:00.000000Z","kind":"heartbeats-purged","by":{"role":"registry"},"body":{"part":"{{{part}}}","beats":{{{beats}}},"keptDays":31}}""" });
    }

    private const string Insert = "insert into registry.observation (device, at, epoch, seq, presence, body) values (@device, @at, 1, @seq, @presence, @body::jsonb)";

    private static object Values(string device, long seq, PresenceState presence, DateTimeOffset at) => new
    {
        device, seq, at = at.UtcDateTime, presence = Domain.Json.Word(presence),
        body = SmallCity.Text(DeviceObservation.First(new Heartbeat(1, device, 1, seq, at, null, default(CaptureReport).With(Capture.Video, Mode.Recorded), Health.Ok, "1.0", null)) with { Presence = presence }),
    };

    private Task<int> StateAsync(string device, long seq, PresenceState presence, DateTimeOffset at, Database? database = null) => (database ?? _database).AskAsync<int>(Insert, Values(device, seq, presence, at));

    /// <summary>A day of a camera and of a unit that moves, a heartbeat of it, and the registry looking on over midnight.</summary>
    private async Task LiveAsync(Database? database = null)
    {
        await StateAsync(SmallCity.Camera, 1, PresenceState.Online, SmallCity.Noon, database);
        await StateAsync(SmallCity.Reader, 1, PresenceState.Online, SmallCity.Noon, database);
        await StateAsync(SmallCity.Camera, 2, PresenceState.Silent, SmallCity.Noon.AddHours(1), database);
        await (database ?? _database).AskAsync<int>("insert into registry.watch (from_at, to_at) values ('2026-11-23T10:00Z', '2026-11-24T01:30Z')");
        await (database ?? _database).AskAsync<int>(
            "insert into registry.heartbeat (slot, epoch, seq, received_at, capture, health, firmware) values (1, 1, 1, '2026-11-23T20:00Z', 1, 0, '1.0')");
    }
}
