using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Presence.History;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence.History;

/// <summary>Each day is sealed once, with everything that was written, and the ledger reveals nothing about any device.</summary>
public sealed class HistorySealerTests(SharedCluster cluster) : HistoryTestBase(cluster)
{
    private const string Entries =
        "select string_agg(convert_from(bytes, 'UTF8'), E'\\n' order by index) from registry.ledger_entry where kind = 'history-digest'";

    [Fact]
    public async Task Each_day_is_sealed_once_an_hour_after_it_ended()
    {
        Assert.Null(await Sealer.SealAsync(Cancellation)); // The registry was never open.
        await LiveAsync();
        Assert.Null(await Sealer.SealAsync(Cancellation));
        Assert.Equal(new HistoryFinding(null, null), await Verifier.VerifyAsync(Cancellation));

        Time.SetUtcNow(Midnight.AddHours(1));
        Assert.Equal(Midnight, await Sealer.SealAsync(Cancellation));
        await StateAsync(SmallCity.Camera, 3, PresenceState.Online, Midnight.AddHours(2));
        Time.SetUtcNow(Midnight.AddDays(1));
        Assert.Equal(Midnight, await Sealer.SealAsync(Cancellation));
        Time.SetUtcNow(Midnight.AddDays(3).AddHours(5)); // The registry was down for two days.
        Assert.Equal(
            Midnight.AddDays(3),
            (await Task.WhenAll(Sealer.SealAsync(Cancellation), Sealer.SealAsync(Cancellation))).Distinct().Single()
        );

        var entries = (await Database.AskAsync<string>(Entries))!.Split('\n');
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
        Assert.Equal(new HistoryFinding(Midnight.AddDays(3), null), await Verifier.VerifyAsync(Cancellation));
    }

    [Fact]
    public async Task A_digest_tells_nothing_of_a_device_even_by_trying_its_history()
    {
        await LiveAsync();
        Time.SetUtcNow(Midnight.AddHours(1));
        await Sealer.SealAsync(Cancellation);
        await using var twin = await NewDatabaseAsync();
        var entry = (await Database.AskAsync<string>(Entries))!;
        Assert.DoesNotContain(SmallCity.Reader, entry, StringComparison.Ordinal);
        Assert.DoesNotContain(SmallCity.Camera, entry, StringComparison.Ordinal);

        // The same history in another database has another digest: a device's history cannot be guessed.
        await new PolicyRegister(twin.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        await LiveAsync(twin);
        var again = new HistorySealer(twin.Source, Time, NullLogger<HistorySealer>.Instance);
        await again.SealAsync(Cancellation);
        Assert.NotEqual(
            entry[entry.IndexOf("sha256", StringComparison.Ordinal)..],
            (await twin.AskAsync<string>(Entries))![entry.IndexOf("sha256", StringComparison.Ordinal)..]
        );
    }

    [Fact]
    public async Task A_digest_covers_states_that_were_in_flight_when_the_day_was_sealed()
    {
        await LiveAsync();
        Time.SetUtcNow(Midnight.AddHours(1));
        await using var writer = await Database.ConnectAsync();
        await using var writing = await writer.BeginTransactionAsync(Cancellation);
        // As the register writes: its partition's owner is held until the commit.
        await writer.ExecuteAsync("select from registry.partition_owner where part = 1 for share", transaction: writing);
        await writer.ExecuteAsync(Insert, Values(SmallCity.Camera, 9, PresenceState.Disconnected, Midnight.AddHours(1)), writing);
        await StateAsync(SmallCity.Camera, 10, PresenceState.Online, Midnight.AddHours(1)); // A later number, and committed first.
        var closing = Sealer.SealAsync(Cancellation);
        await Database.BlockedAsync();
        await writing.CommitAsync(Cancellation);
        await closing;
        Assert.Null((await Verifier.VerifyAsync(Cancellation)).Fault);
        await Database.AskAsync<int>("delete from registry.observation where presence = 'disconnected'");
        Assert.NotNull((await Verifier.VerifyAsync(Cancellation)).Fault);
    }

    [Fact]
    public async Task A_digest_covers_acts_that_were_in_flight_when_the_day_was_sealed()
    {
        await LiveAsync();
        Time.SetUtcNow(Midnight.AddHours(1));
        await using var writer = await Database.ConnectAsync();
        await using var writing = await writer.BeginTransactionAsync(Cancellation);
        // As the register writes: the ledger's head is held until the commit.
        await writer.ExecuteAsync("select registry.take_head(now())", transaction: writing);
        await writer.ExecuteAsync(
            """
            insert into registry.mobile_act (at, act, by, device, fleet, kind, department, lifecycle, body)
            select at, 'device-changed', by, device, fleet, kind, department, lifecycle, body from registry.mobile_act
            """,
            transaction: writing
        );
        var closing = Sealer.SealAsync(Cancellation);
        await Database.BlockedAsync();
        await writing.CommitAsync(Cancellation);
        await closing;
        Assert.Null((await Verifier.VerifyAsync(Cancellation)).Fault);
        await Database.AskAsync<int>("delete from registry.mobile_act where act = 'device-changed'");
        Assert.NotNull((await Verifier.VerifyAsync(Cancellation)).Fault);
    }

    [Fact]
    public async Task Days_on_which_nothing_happened_are_sealed()
    {
        await LiveAsync();
        for (var day = 0; day < 4; day++)
        {
            Time.SetUtcNow(Midnight.AddDays(day).AddHours(1));
            Assert.Equal(Midnight.AddDays(day), await Sealer.SealAsync(Cancellation));
        }

        Assert.Equal(new HistoryFinding(Midnight.AddDays(3), null), await Verifier.VerifyAsync(Cancellation));
    }
}
