using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

/// <summary>The number of dropped heartbeats is compared with its hash in the ledger and with the sealed day.</summary>
public sealed class DroppedHeartbeatsTests(SharedCluster cluster) : HistoryTestBase(cluster)
{
    private const string PurgedAt = "2026-12-26T00:00:00.000000Z";

    [Theory]
    [InlineData("update registry.dropped_heartbeats set beats = 2")]
    [InlineData("update registry.dropped_heartbeats set salt = sha256('')")]
    [InlineData("delete from registry.dropped_heartbeats")]
    public async Task A_changed_number_of_dropped_heartbeats_is_found(string change)
    {
        await LiveAsync();
        Time.SetUtcNow(Midnight.AddHours(1));
        await Sealer.SealAsync(Cancellation);
        await DropAsync(1);
        Assert.Null((await Verifier.VerifyAsync(Cancellation)).Fault);
        await Database.AskAsync<int>(change);
        Assert.Contains(
            "How many heartbeats of heartbeat_20261124 were dropped is not what stands in entry",
            (await Verifier.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_dropped_heartbeats_of_a_day_must_be_as_many_as_were_counted()
    {
        await LiveAsync();
        Time.SetUtcNow(Midnight.AddHours(1));
        await Sealer.SealAsync(Cancellation);
        Time.SetUtcNow(Midnight.AddHours(25));
        await Sealer.SealAsync(Cancellation); // The second day had no heartbeat, and one was inserted before it was dropped.
        await DropAsync(1);
        Assert.Contains(
            "0 heartbeats were counted when it was closed, and 1 when they were dropped",
            (await Verifier.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Heartbeats_that_the_retention_dropped_are_not_missed()
    {
        await LiveAsync();
        Time.SetUtcNow(Midnight.AddHours(1));
        await Sealer.SealAsync(Cancellation);
        Time.SetUtcNow(Midnight.AddHours(25));
        await Sealer.SealAsync(Cancellation);
        await Database.AskAsync<int>("delete from registry.heartbeat");
        Assert.NotNull((await Verifier.VerifyAsync(Cancellation)).Fault);

        // An entry of version 1. The second day had no heartbeat, and the entry is changed to a count of 2.
        await AppendEntryAsync(PurgedAt, "heartbeats-purged", """{"part":"heartbeat_20261124","beats":0,"keptDays":31}""");
        Assert.Null((await Verifier.VerifyAsync(Cancellation)).Fault);
        await Database.AskAsync<int>(
            """
            update registry.ledger_entry
            set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"beats":0,"kept', '"beats":2,"kept'), 'UTF8')
            where kind = 'heartbeats-purged'
            """
        );
        Assert.Contains(
            "0 heartbeats were counted when it was closed, and 2 when they were dropped",
            (await Verifier.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
    }

    /// <summary>Drops the second day as the maintenance does, with a number of heartbeats in it.</summary>
    private async Task DropAsync(int beats)
    {
        var dropped = new DroppedHeartbeats(0, "heartbeat_20261124", beats, [.. Enumerable.Repeat((byte)7, 32)]);
        var entry = await AppendEntryAsync(
            PurgedAt,
            "heartbeats-purged",
            $$"""{"part":"{{dropped.Part}}","keptDays":31,"sha256":"{{dropped.Sha256}}"}"""
        );
        await Database.AskAsync<int>(
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
}
