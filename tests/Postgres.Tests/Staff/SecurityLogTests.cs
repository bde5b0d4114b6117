using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Staff;

/// <summary>The security log as PostgreSQL stores it.</summary>
public sealed class SecurityLogTests(SharedCluster cluster)
{
    private static readonly DateTimeOffset Noon = SmallCity.Noon;

    private static readonly SecurityFilter Everything = new(null, null);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SecurityLog Log(Database database, int days = SecurityLogRetention.DefaultDays) =>
        new(database.Source, new SecurityLogRetention(days), NullLogger<SecurityLog>.Instance);

    [Fact]
    public async Task Each_event_of_staff_is_a_row_with_actor_account_token_and_address()
    {
        await using var database = await cluster.NewRegisterAsync();
        var log = Log(database);
        var (actor, subject) = (StaffMember.NewId(), StaffMember.NewId());
        var roles = new SecurityEvent(SecurityEventKind.RolesChanged, actor, subject, null, "192.0.2.7");
        var token = new SecurityEvent(SecurityEventKind.TokenMade, actor, null, 7, "2001:db8::1", "by-page");
        await log.RecordAsync(roles, Noon, Cancellation);
        await log.RecordAsync(roles, Noon.AddSeconds(1), Cancellation);
        await log.RecordAsync(token, Noon.AddSeconds(2), Cancellation);
        var stored = await log.ListAsync(Everything, null, 10, Cancellation);
        Assert.Equal([token, roles, roles], stored.Select(one => one.Event));
        Assert.All(stored, one => Assert.Equal(1, one.Times));
        Assert.Equal(2, (await log.ListAsync(new SecurityFilter(null, subject), null, 10, Cancellation)).Length);
        Assert.Equal(3, (await log.ListAsync(new SecurityFilter(null, actor), null, 10, Cancellation)).Length);
        Assert.Single(await log.ListAsync(new SecurityFilter(SecurityEventKind.TokenMade, null), null, 10, Cancellation));
        Assert.Equal(stored[1..], await log.ListAsync(Everything, stored[0].Number, 10, Cancellation));
    }

    [Fact]
    public async Task A_thousand_refusals_of_strangers_in_a_minute_are_one_row_with_a_count()
    {
        await using var database = await cluster.NewRegisterAsync();
        var log = Log(database);
        var refused = new SecurityEvent(SecurityEventKind.SignInRefused, null, null, null, "192.0.2.7", "password");
        for (var i = 0; i < 1000; i++)
            await log.RecordAsync(refused, Noon.AddMilliseconds(i * 59), Cancellation);
        await log.RecordAsync(refused with { Address = "192.0.2.8" }, Noon, Cancellation);
        await log.RecordAsync(refused, Noon.AddMinutes(1), Cancellation);
        var stored = await log.ListAsync(Everything, null, 10, Cancellation);
        Assert.Equal([1, 1, 1000], stored.Select(one => one.Times));
        Assert.Equal((Noon, Noon.AddMilliseconds(999 * 59)), (stored[2].At, stored[2].LastAt));
    }

    [Fact]
    public async Task Events_are_deleted_after_their_retention_and_never_before_30_days()
    {
        await using var database = await cluster.NewRegisterAsync();
        var log = Log(database, days: 30);
        var now = TimeProvider.System.GetUtcNow();
        var happened = new SecurityEvent(SecurityEventKind.SignedOut, StaffMember.NewId(), null, null, "192.0.2.7");
        await log.RecordAsync(happened, now.AddDays(-31), Cancellation);
        await log.RecordAsync(happened, now.AddDays(-29), Cancellation);
        await log.RunOnceAsync(Cancellation);
        Assert.Single(await log.ListAsync(Everything, null, 10, Cancellation));
        await Assert.ThrowsAsync<PostgresException>(() => Log(database, days: 29).RunOnceAsync(Cancellation));

        await using var connection = await database.Source.OpenConnectionAsync(Cancellation);
        foreach (var sql in (string[])["delete from registry.security_event", "update registry.security_event set actor = null"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancellation))).SqlState);
        }
    }
}
