using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Records;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Records;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Records;

/// <summary>While a legal hold stands on records, nothing deletes them.</summary>
public sealed class LegalHoldRegisterTests(SharedCluster cluster) : IAsyncLifetime
{
    private static readonly Attribution Officer = new("records-officer", null, "st-officerofficer22");

    private Database _database = null!;
    private LegalHoldRegister _holds = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await cluster.NewCityAsync();
        _holds = new LegalHoldRegister(_database.Source);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task No_day_of_heartbeats_is_dropped_before_the_last_hold_on_them_ended()
    {
        await _database.AskAsync<int>(
            """
            alter table registry.heartbeat detach partition registry.heartbeat_first;
            alter table registry.heartbeat attach partition registry.heartbeat_first for values from (minvalue) to ('2020-01-02Z');
            """
        );
        var days = new HeartbeatPartitionMaintenance(
            _database.Source,
            new HeartbeatRetention(31),
            TimeProvider.System,
            NullLogger<HeartbeatPartitionMaintenance>.Instance
        );
        var (one, other) = (await PlaceAsync(HeldRecords.Heartbeats), await PlaceAsync(HeldRecords.Heartbeats));
        await PlaceAsync(HeldRecords.SecurityLog);
        await days.KeepAsync(Cancellation);
        await EndAsync(one);
        await days.KeepAsync(Cancellation);
        Assert.True(await HasFirstDayAsync());
        Assert.Equal(0, await EntriesAsync("heartbeats-purged"));
        await EndAsync(other);
        await days.KeepAsync(Cancellation);
        Assert.False(await HasFirstDayAsync());
        Assert.Equal(1, await EntriesAsync("heartbeats-purged"));
    }

    [Fact]
    public async Task A_hold_that_is_placed_while_a_day_is_being_dropped_keeps_that_day()
    {
        await PlaceAsync(HeldRecords.Heartbeats);
        await using var connection = await _database.Source.OpenConnectionAsync(Cancellation);
        var failure = await Assert.ThrowsAsync<PostgresException>(() =>
            connection.ExecuteAsync("select registry.drop_heartbeat_day('heartbeat_first', 31)")
        );
        Assert.Contains("legal hold", failure.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_event_of_the_security_log_is_deleted_while_a_hold_stands()
    {
        var log = new SecurityLog(_database.Source, new SecurityLogRetention(30), NullLogger<SecurityLog>.Instance);
        var old = new SecurityEvent(SecurityEventKind.SignedOut, StaffMember.NewId(), null, null, "192.0.2.7");
        await log.RecordAsync(old, TimeProvider.System.GetUtcNow().AddDays(-31), Cancellation);
        var hold = await PlaceAsync(HeldRecords.SecurityLog);
        await log.RunOnceAsync(Cancellation);
        Assert.Single(await log.ListAsync(new SecurityFilter(null, null), null, 10, Cancellation));
        await EndAsync(hold);
        await log.RunOnceAsync(Cancellation);
        Assert.Empty(await log.ListAsync(new SecurityFilter(null, null), null, 10, Cancellation));
    }

    [Fact]
    public async Task A_hold_ends_once_and_the_ledger_has_only_the_hash_of_what_it_is_for()
    {
        var placed = await PlaceAsync(HeldRecords.Heartbeats, "Request P-2026-17 of Jane Doe");
        Assert.Equal([placed], await _holds.AllAsync(Cancellation));
        var ended = (await _holds.ReleaseAsync(placed.Entry, Officer, SmallCity.Noon, Cancellation)).Value!;
        Assert.True(ended.ReleasedAt > placed.PlacedAt);
        Assert.Equal([ended], await _holds.AllAsync(Cancellation));
        foreach (var (entry, code) in new[] { (placed.Entry, RefusalCodes.WrongState), (0L, RefusalCodes.NotFound) })
        {
            var refused = await _holds.ReleaseAsync(entry, Officer, SmallCity.Noon, Cancellation);
            Assert.Equal(code, Assert.Single(refused.Refusals).Code);
        }

        Assert.Equal((1, 1), (await EntriesAsync("legal-hold-placed"), await EntriesAsync("legal-hold-released")));
        Assert.Equal(
            0,
            await _database.AskAsync<int>("select count(*) from registry.ledger_entry where convert_from(bytes, 'UTF8') like '%Jane%'")
        );
    }

    private Task<LegalHold> PlaceAsync(HeldRecords records, string reference = "Request P-2026-17") =>
        _holds.PlaceAsync(records, reference, Officer, SmallCity.Noon, Cancellation);

    private async Task EndAsync(LegalHold hold) =>
        Assert.True((await _holds.ReleaseAsync(hold.Entry, Officer, SmallCity.Noon, Cancellation)).IsDone);

    private async Task<bool> HasFirstDayAsync() =>
        await _database.AskAsync<bool>("select to_regclass('registry.heartbeat_first') is not null");

    private Task<int> EntriesAsync(string kind) =>
        _database.AskAsync<int>($"select count(*) from registry.ledger_entry where kind = '{kind}'")!;
}
