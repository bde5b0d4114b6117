using System.Reflection;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Ledger;

/// <summary>What the database lets the service append to the ledger, whatever a program asks.</summary>
public sealed class LedgerTransactionTests(SharedCluster cluster)
{
    private const string Append = "select registry.append_entry(@at, @kind, convert_to('{}', 'UTF8'))";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_database_knows_every_kind_of_entry_of_this_version()
    {
        await using var database = await cluster.NewRegisterAsync();
        var kinds = typeof(LedgerKinds)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Concat(Enum.GetValues<ChangeAct>().Select(LedgerKinds.ForChange));
        var known = await database.AskAsync<string[]>("select array_agg(kind) from registry.ledger_kind");
        // A new kind needs a migration that inserts it into registry.ledger_kind.
        Assert.Empty(kinds.Except(known!));
    }

    [Fact]
    public async Task The_ledger_refuses_an_entry_of_an_unknown_kind()
    {
        await using var database = await StrictRegisterAsync();
        Assert.Equal("an_entry_is_of_a_known_kind", await RefusedAsync(database, DateTime.UtcNow, "invented"));
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(-5)]
    [InlineData(5)]
    [InlineData(3600)]
    public async Task The_ledger_refuses_an_entry_of_another_time_than_the_database_s(int seconds)
    {
        await using var database = await StrictRegisterAsync();
        var at = DateTime.UtcNow.AddSeconds(seconds);
        Assert.Equal("an_entry_has_the_time_of_the_database", await RefusedAsync(database, at, LedgerKinds.ClockStepped));
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task A_service_with_a_wrong_clock_records_the_database_s_time(int seconds)
    {
        await using var database = await StrictRegisterAsync();
        var entered = await database.Source.ExecuteAsync(
            "do $$ begin perform registry.append_entry("
                + $"registry.take_head(now() + interval '{seconds} seconds'), 'clock-stepped', '{{}}'); end $$",
            null,
            Cancellation
        );
        Assert.Equal(-1, entered);
        var difference = await database.AskAsync<double>(
            "select abs(extract(epoch from clock_timestamp() - at)) from registry.ledger_entry where index = 0"
        );
        Assert.InRange(difference, 0, 30); // A second, and the time that this test takes.
    }

    [Fact]
    public async Task The_ledger_goes_on_after_the_clock_was_set_back()
    {
        await using var database = await StrictRegisterAsync();
        await database.AskAsync<int>("update registry.ledger_head set last_at = now() + interval '1 hour'");
        await database.Source.ExecuteAsync(
            "do $$ begin perform registry.append_entry(registry.take_head(now()), 'clock-stepped', '{}'); end $$",
            null,
            Cancellation
        );
        Assert.True(await database.AskAsync<bool>("select at > now() + interval '50 minutes' from registry.ledger_entry where index = 0"));
    }

    [Theory]
    [InlineData("update registry.ledger_head set clock_tolerance = '1 year'")]
    [InlineData("insert into registry.ledger_kind (kind) values ('invented')")]
    public async Task The_service_cannot_widen_the_bounds_of_the_ledger(string sql)
    {
        await using var database = await StrictRegisterAsync();
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.Source.ExecuteAsync(sql, null, Cancellation));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    /// <summary>A register with the tolerance of a real one; the other tests' clocks are years away.</summary>
    private async Task<Database> StrictRegisterAsync()
    {
        var database = await cluster.NewRegisterAsync();
        await database.AskAsync<int>("update registry.ledger_head set clock_tolerance = default");
        return database;
    }

    private static async Task<string?> RefusedAsync(Database database, DateTime at, string kind)
    {
        await using var connection = await database.Source.OpenConnectionAsync(Cancellation);
        return (await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(Append, new { at, kind }))).ConstraintName;
    }
}
