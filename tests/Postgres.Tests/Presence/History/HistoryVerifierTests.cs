using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence.History;

/// <summary>A sealed day cannot be changed without the verifier finding it.</summary>
public sealed class HistoryVerifierTests(SharedCluster cluster) : HistoryTestBase(cluster)
{
    public static TheoryData<string, string> ChangesOfObservations() =>
        new()
        {
            {
                "update registry.observation set body = body || '{\"presence\":\"online\"}' where presence = 'silent'",
                "2026-11-24T00:00:00.000000Z: it is not what was closed"
            },
            {
                "update registry.observation set at = at + interval '1 minute' where device = 'lobby-cam-1' and id = 1",
                "2026-11-24T00:00:00.000000Z: it is not what was closed"
            },
            {
                "delete from registry.observation where device = 'patrol-reader-1'",
                "2026-11-24T00:00:00.000000Z: it is not what was closed"
            },
            {
                "insert into registry.observation (id, device, at, epoch, seq, presence, body) overriding system value "
                    + "select -1, device, at, epoch, seq + 1, presence, body from registry.observation where id = 1",
                "2026-11-24T00:00:00.000000Z: it is not what was closed"
            },
            {
                "insert into registry.observation (device, at, epoch, seq, presence, body) "
                    + "select device, at, epoch, seq + 1, presence, body from registry.observation where id = 1",
                "1 states were written into days that had been closed"
            },
            {
                "update registry.watch set to_at = to_at - interval '2 hours' where id = 1",
                "2026-11-24T00:00:00.000000Z: it is not what was closed"
            },
            {
                "insert into registry.watch (from_at, to_at) values ('2026-11-24T03:00Z', '2026-11-24T04:00Z')",
                "1 observed periods were written into days that had been closed"
            },
            {
                "delete from registry.heartbeat",
                "2026-11-24T00:00:00.000000Z: 1 heartbeats were counted when it was closed, and 0 are there"
            },
        };

    public static TheoryData<string, string> ChangesOfDigests() =>
        new()
        {
            { "update registry.history_digest set salt = sha256('')", "2026-11-24T00:00:00.000000Z: it is not what was closed" },
            {
                "update registry.history_digest set beats = 2 where since is null",
                "2026-11-24T00:00:00.000000Z: it is not what was closed"
            },
            {
                "update registry.history_digest set last = last - 1, after = after - 1 where since is not null",
                "2026-11-25T00:00:00.000000Z: its digest does not follow"
            },
            { "delete from registry.history_digest where since is not null", "2026-11-25T00:00:00.000000Z: what its digest in entry" },
            {
                "update registry.history_digest set acts_after = null, acts_last = null, watch_after = null, watch_last = null "
                    + "where since is not null",
                "2026-11-25T00:00:00.000000Z: its digest does not follow"
            },
            {
                "update registry.history_digest set acts_after = null, acts_last = null, watch_after = null, watch_last = null "
                    + "where since is null",
                "2026-11-24T00:00:00.000000Z: it is not what was closed"
            },
        };

    public static TheoryData<string, string> ChangesOfActs() =>
        new()
        {
            {
                "update registry.mobile_act set body = body || '{\"reason\":\"Lost.\"}' where act = 'device-changed'",
                "2026-11-25T00:00:00.000000Z: it is not what was closed"
            },
            {
                "update registry.mobile_act set by = '{\"role\":\"registry\"}' where act = 'device-changed'",
                "2026-11-25T00:00:00.000000Z: it is not what was closed"
            },
            {
                "update registry.mobile_act set at = at + interval '1 minute' where act = 'device-registered'",
                "2026-11-24T00:00:00.000000Z: it is not what was closed"
            },
            {
                "update registry.mobile_act set fleet = 'night' where act = 'device-registered'",
                "2026-11-24T00:00:00.000000Z: it is not what was closed"
            },
            { "delete from registry.mobile_act where act = 'device-registered'", "2026-11-24T00:00:00.000000Z: it is not what was closed" },
            {
                "insert into registry.mobile_act (at, act, by, device, fleet, kind, department, lifecycle, body) "
                    + "select at, act, by, device, fleet, kind, department, lifecycle, body "
                    + "from registry.mobile_act where act = 'device-registered'",
                "1 acts on mobile devices were written into days that had been closed"
            },
        };

    public static TheoryData<string, string> ChangesOfReadings() =>
        new()
        {
            { "update registry.reading set reader = 'st-other' where id = 1", "2026-11-24T00:00:00.000000Z: it is not what was closed" },
            { "delete from registry.reading where id = 2", "2026-11-25T00:00:00.000000Z: it is not what was closed" },
            {
                "insert into registry.reading (at, reader, device, what) "
                    + "select at, reader, device, what from registry.reading where id = 1",
                "1 readings of mobile devices were written into days that had been closed"
            },
            {
                "update registry.history_digest set readings_after = null, readings_last = null where since is not null",
                "2026-11-25T00:00:00.000000Z: its digest does not follow"
            },
        };

    [Slow, Theory]
    [MemberData(nameof(ChangesOfReadings))]
    [MemberData(nameof(ChangesOfObservations))]
    [MemberData(nameof(ChangesOfDigests))]
    [MemberData(nameof(ChangesOfActs))]
    public async Task Rows_that_are_changed_deleted_or_added_afterwards_are_found(string change, string fault)
    {
        await LiveAsync();
        var audit = new MobileReadAudit(Database.Source);
        await audit.RecordAsync("st-reader", [SmallCity.Reader], "state", Midnight.AddHours(-1), Cancellation);
        Time.SetUtcNow(Midnight.AddHours(1));
        await Sealer.SealAsync(Cancellation);
        await StateAsync(SmallCity.Camera, 3, PresenceState.Online, Midnight.AddHours(2));
        await audit.RecordAsync("st-reader", [SmallCity.Reader], "history", Midnight.AddHours(2), Cancellation);
        Assert.True(
            (
                await new DeviceRegister(Database.Source).ChangeAsync(
                    SmallCity.Opening.Devices[1],
                    1,
                    new Attribution("device-clerk", "police", "st-1"),
                    "Seen.",
                    Midnight.AddHours(2),
                    Cancellation
                )
            ).IsDone
        );
        Time.SetUtcNow(Midnight.AddHours(26));
        await Sealer.SealAsync(Cancellation);
        await StateAsync(SmallCity.Camera, 4, PresenceState.Silent, Midnight.AddHours(26)); // A day that is not over.
        Assert.Null((await Verifier.VerifyAsync(Cancellation)).Fault);

        await using (var owner = await Database.ConnectAsync())
            Assert.NotEqual(0, await owner.ExecuteAsync(change));
        Assert.Contains(fault, (await Verifier.VerifyAsync(Cancellation)).Fault, StringComparison.Ordinal);

        // The fault stays, whatever is sealed afterwards.
        Time.SetUtcNow(Midnight.AddHours(50));
        await Sealer.SealAsync(Cancellation);
        Assert.Contains(fault, (await Verifier.VerifyAsync(Cancellation)).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recorded_clock_step_back_explains_rows_in_sealed_days()
    {
        await LiveAsync();
        Time.SetUtcNow(Midnight.AddHours(25)); // It is one o'clock, and the clock is a day fast.
        await Database.AskAsync<int>("update registry.watch set to_at = '2026-11-25T01:00Z'");
        Assert.Equal(Midnight.AddDays(1), await Sealer.SealAsync(Cancellation));

        var right = new FakeTimeProvider(Midnight.AddHours(1).AddMinutes(5)); // The clock is set right, and the registry is started again.
        var watch = new ClockStepDetector(Database.Source, right, NullLogger<ClockStepDetector>.Instance);
        await StateAsync(SmallCity.Camera, 3, PresenceState.Online, right.GetUtcNow());
        await Database.AskAsync<int>("insert into registry.watch (from_at, to_at) values ('2026-11-24T01:05Z', '2026-11-24T23:59Z')");
        await Database.AskAsync<int>(
            """
            insert into registry.heartbeat (slot, epoch, seq, received_at, capture, health, firmware)
            values (1, 2, 1, '2026-11-24T02:00Z', 1, 0, '1.0')
            """
        );
        Assert.NotNull((await Verifier.VerifyAsync(Cancellation)).Fault);
        await watch.LookAsync(Cancellation);
        await watch.LookAsync(Cancellation);
        Assert.Equal(1, await Database.AskAsync<int>("select count(*)::int from registry.ledger_entry where kind = 'clock-stepped'"));
        Assert.Contains(
            "\"body\":{\"from\":\"2026-11-25T01:00:00.000000Z\",\"to\":\"2026-11-24T01:05:00.000000Z\"}",
            await Database.AskAsync<string>("select convert_from(bytes, 'UTF8') from registry.ledger_entry where kind = 'clock-stepped'"),
            StringComparison.Ordinal
        );
        Assert.Null((await Verifier.VerifyAsync(Cancellation)).Fault);
        Time.SetUtcNow(Midnight.AddHours(49));
        await Sealer.SealAsync(Cancellation);
        Assert.Equal(new HistoryFinding(Midnight.AddDays(2), null), await Verifier.VerifyAsync(Cancellation));

        // The step excuses no row before it, and no missing row.
        await StateAsync(SmallCity.Camera, 4, PresenceState.Online, Midnight.AddHours(-1));
        Assert.Contains(
            "1 states were written into days that had been closed",
            (await Verifier.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
        await Database.AskAsync<int>("delete from registry.heartbeat");
        Assert.Contains(
            "1 heartbeats were counted when it was closed, and 0 are there",
            (await Verifier.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Days_sealed_by_version_1_can_be_verified_and_continued()
    {
        await LiveAsync();
        await SealAsVersion1Async();
        Assert.Equal(new HistoryFinding(Midnight, null), await Verifier.VerifyAsync(Cancellation));
        Time.SetUtcNow(Midnight.AddHours(25));
        await Sealer.SealAsync(Cancellation);
        Time.SetUtcNow(Midnight.AddHours(49));
        await Sealer.SealAsync(Cancellation);
        Assert.Equal(new HistoryFinding(Midnight.AddDays(2), null), await Verifier.VerifyAsync(Cancellation));

        // Acts before version 2 are covered by its first digest.
        await Database.AskAsync<int>("update registry.mobile_act set fleet = 'night'");
        Assert.Contains(
            "2026-11-25T00:00:00.000000Z: it is not what was closed",
            (await Verifier.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
        await Database.AskAsync<int>("update registry.observation set seq = 7 where id = 1");
        Assert.Contains(
            "2026-11-24T00:00:00.000000Z: it is not what was closed",
            (await Verifier.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Readings_before_version_3_are_covered_by_its_first_digest()
    {
        await LiveAsync();
        var audit = new MobileReadAudit(Database.Source);
        await audit.RecordAsync("st-reader", [SmallCity.Reader], "state", Midnight.AddHours(-1), Cancellation);
        await SealAsVersion1Async();
        Time.SetUtcNow(Midnight.AddHours(25));
        await Sealer.SealAsync(Cancellation);
        Assert.Equal(new HistoryFinding(Midnight.AddDays(1), null), await Verifier.VerifyAsync(Cancellation));
        await Database.AskAsync<int>("update registry.reading set device = 'patrol-reader-2'");
        Assert.Contains(
            "2026-11-25T00:00:00.000000Z: it is not what was closed",
            (await Verifier.VerifyAsync(Cancellation)).Fault,
            StringComparison.Ordinal
        );
    }

    /// <summary>
    /// Seals the first day as version 1 did, without acts on mobile devices: the text and the hash of that version are written out.
    /// </summary>
    private async Task SealAsVersion1Async()
    {
        var salt = Enumerable.Repeat((byte)9, 32).ToArray();
        var text = await Database.AskAsync<string>(
            """
            select E'history\t1\t\t2026-11-24T00:00:00.000000Z\t-9223372036854775808\t' || max(id) || E'\t1\n'
                || string_agg(
                    concat_ws(
                        E'\t', 'state', id, device, (extract(epoch from at) * 1000000)::bigint, epoch, seq, presence, body::text
                    ) || E'\n',
                    '' order by id
                )
                || (
                    select concat_ws(
                        E'\t',
                        'watch',
                        (extract(epoch from from_at) * 1000000)::bigint,
                        (extract(epoch from timestamptz '2026-11-24Z') * 1000000)::bigint
                    ) || E'\n'
                    from registry.watch
                )
            from registry.observation
            """
        );
        var sha256 = Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(text!)]));
        var entry = await AppendEntryAsync(
            "2026-11-24T01:00:00.000000Z",
            "history-digest",
            $$"""{"since":null,"until":"2026-11-24T00:00:00.000000Z","sha256":"{{sha256}}"}"""
        );
        await Database.AskAsync<int>(
            """
            insert into registry.history_digest (entry, since, until, after, last, beats, salt)
            select @entry, null, '2026-11-24Z', -9223372036854775808, max(id), 1, @salt from registry.observation
            """,
            new { entry, salt }
        );
    }
}
