using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>
/// Closes the days of the history in the ledger, and holds the history against what was closed. The history is what stands in
/// <c>registry.observation</c> and <c>registry.watch</c>, from which the states of every unit at every instant follow; and in
/// <c>registry.mobile_act</c>, what was done to
/// single mobile units, which has no entries of its own.
/// </summary>
/// <remarks>
/// A digest is SHA-256 over a salt of 32 random bytes and the canonical text that <see cref="DigestAsync"/> writes. It covers every unit,
/// those
/// that move among them, and the ledger is public: without the salt nobody can try out what a unit may have done. Nor does an entry say
/// how many states or heartbeats there were: whatever a unit that moves does, every entry is there and looks like random. Rows are told
/// apart by their numbers and not by their time, so that each is in one digest.
/// </remarks>
public sealed class HistorySealer(NpgsqlDataSource database, TimeProvider time, ILogger<HistorySealer> logger)
    : BackgroundService,
        IHistorySealer
{
    private const int OneAtATime = 12,
        LongestSeconds = 3600;
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private sealed record Digest(
        long Entry,
        DateTime? Since,
        DateTime Until,
        long After,
        long Last,
        long Beats,
        byte[] Salt,
        long? ActsAfter,
        long? ActsLast,
        long? WatchAfter,
        long? WatchLast
    )
    {
        /// <summary>The first version knew no acts of mobile units, and told the times of seeing apart by when they were.</summary>
        public string Version => ActsLast is null ? "1" : "2";
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await SealAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // What is not closed now is closed later, with what came since.
                logger.LogWarning(failure, "The history of the day could not be closed; tried again in an hour.");
            }
        } while (
            await timer
                .WaitForNextTickAsync(stoppingToken)
                .AsTask()
                .ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default)
        );
    }

    public async Task<DateTimeOffset?> SealAsync(CancellationToken cancellationToken)
    {
        var until = (time.GetUtcNow() - IHistorySealer.SealedAfter).UtcDateTime.Date;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "select pg_advisory_xact_lock(@OneAtATime)",
                new { OneAtATime },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var before = (await AllAsync(connection, "order by until desc limit 1", cancellationToken)).FirstOrDefault();
        if (before is not null && before.Until >= until)
            return before.Until;
        var last = await LastAsync(cancellationToken);
        // The first day that is closed is the first in which the registry could see: that hangs on no unit.
        if (
            before is null
            && !await connection.ExecuteScalarAsync<bool>(
                new CommandDefinition(
                    "select exists (select from registry.watch where from_at < @until)",
                    new { until },
                    transaction,
                    cancellationToken: cancellationToken
                )
            )
        )
            return null;
        var digest = new Digest(
            0,
            before?.Until,
            until,
            before?.Last ?? long.MinValue,
            last,
            0,
            RandomNumberGenerator.GetBytes(32),
            before?.ActsLast ?? long.MinValue,
            await LastActAsync(cancellationToken),
            before?.WatchLast ?? long.MinValue,
            await connection.ExecuteScalarAsync<long>(
                new CommandDefinition(
                    "select coalesce(max(id), 0) from registry.watch",
                    transaction: transaction,
                    cancellationToken: cancellationToken
                )
            )
        );
        digest = digest with { Beats = await BeatsAsync(connection, digest, cancellationToken) };
        var sha256 = await DigestAsync(connection, digest, cancellationToken);
        var append = await LedgerTransaction.BeginAsync(connection, transaction, time.GetUtcNow(), cancellationToken);
        var entry = await append.EntryAsync(
            "history-digest",
            Attribution.Registry,
            new
            {
                since = digest.Since is { } since ? LedgerEntry.Time(since) : null,
                until = LedgerEntry.Time(until),
                sha256,
            }
        );
        await connection.ExecuteAsync(
            new CommandDefinition(
                "insert into registry.history_digest (entry, since, until, after, last, beats, salt, acts_after, acts_last, watch_after, watch_last) values (@entry, @Since, @Until, @After, @Last, @Beats, @Salt, @ActsAfter, @ActsLast, @WatchAfter, @WatchLast)",
                new
                {
                    entry,
                    digest.Since,
                    digest.Until,
                    digest.After,
                    digest.Last,
                    digest.Beats,
                    digest.Salt,
                    digest.ActsAfter,
                    digest.ActsLast,
                    digest.WatchAfter,
                    digest.WatchLast,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await transaction.CommitAsync(cancellationToken);
        logger.LogInformation(
            "The history of devices until {Until} is closed in entry {Entry} of the ledger.",
            LedgerEntry.Time(until),
            entry
        );
        return until;
    }

    /// <summary>
    /// The number of the last change, such that no change with a smaller one can come any more: who writes holds the owners of their
    /// partitions until the commit, so whoever holds all of them for a moment sees nobody on the way.
    /// </summary>
    private async Task<long> LastAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "select from registry.partition_owner order by part for update",
                transaction: transaction,
                cancellationToken: cancellationToken
            )
        );
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(
                "select coalesce(max(id), 0) from registry.observation",
                transaction: transaction,
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>
    /// The number of the last act of a mobile unit, such that none with a smaller one can come any more: who writes one holds the ledger's
    /// head until the commit.
    /// </summary>
    private async Task<long> LastActAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LedgerTransaction.BeginAsync(connection, transaction, time.GetUtcNow(), cancellationToken);
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(
                "select coalesce(max(number), 0) from registry.mobile_act",
                transaction: transaction,
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>Works out a digest from what stands in the tables now.</summary>
    private static async Task<string> DigestAsync(NpgsqlConnection connection, Digest digest, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(digest.Salt);
        Line(
            hash,
            [
                "history",
                digest.Version,
                digest.Since is { } since ? LedgerEntry.Time(since) : "",
                LedgerEntry.Time(digest.Until),
                Number(digest.After),
                Number(digest.Last),
                Number(digest.Beats),
                .. digest.ActsLast is { } last
                    ? [Number(digest.ActsAfter!.Value), Number(last), Number(digest.WatchAfter!.Value), Number(digest.WatchLast!.Value)]
                    : Array.Empty<string>(),
            ]
        );
        // Words of the registry's own and JSON: no tabulator and no line feed can stand in them.
        await foreach (
            var line in LinesAsync(
                connection,
                "select concat_ws(E'\\t', 'state', id, device, (extract(epoch from at) * 1000000)::bigint, epoch, seq, presence, body::text) from registry.observation where id > @After and id <= @Last order by id",
                digest,
                cancellationToken
            )
        )
            Line(hash, line);
        await foreach (
            var line in LinesAsync(
                connection,
                digest.WatchLast is null
                    ? """
                    select concat_ws(E'\t', 'watch', (extract(epoch from greatest(from_at, coalesce(@Since, from_at))) * 1000000)::bigint, (extract(epoch from least(to_at, @Until)) * 1000000)::bigint)
                    from registry.watch where from_at < @Until and (@Since is null or to_at > @Since) order by greatest(from_at, coalesce(@Since, from_at)), least(to_at, @Until)
                    """
                    // Whole from the first digest that knows the row on, whatever its clock said; and then what it grew by.
                    : """
                    select concat_ws(E'\t', 'watch', id, (extract(epoch from from_at) * 1000000)::bigint, (extract(epoch from least(to_at, @Until)) * 1000000)::bigint)
                    from registry.watch where id <= @WatchLast and from_at < @Until and (id > @WatchAfter or @Since is null or to_at > @Since) order by id
                    """,
                digest,
                cancellationToken
            )
        )
            Line(hash, line);
        if (digest.ActsLast is not null)
        {
            await foreach (
                var line in LinesAsync(
                    connection,
                    """
                    select concat_ws(E'\t', 'act', jsonb_build_array(number, (extract(epoch from at) * 1000000)::bigint, act, by, device, fleet, kind, department, lifecycle, body)::text)
                    from registry.mobile_act where number > @ActsAfter and number <= @ActsLast order by number
                    """,
                    digest,
                    cancellationToken
                )
            )
                Line(hash, line);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async IAsyncEnumerable<string> LinesAsync(
        NpgsqlConnection connection,
        string sql,
        Digest digest,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // Read as it comes: a day of a city is not held in memory.
        await using var rows = await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, Values(digest), commandTimeout: LongestSeconds, cancellationToken: cancellationToken)
        );
        while (await rows.ReadAsync(cancellationToken))
            yield return rows.GetString(0);
    }

    private static Task<long> BeatsAsync(NpgsqlConnection connection, Digest digest, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<long>(
            new CommandDefinition(
                "select count(*) from registry.heartbeat where received_at >= coalesce(@Since, '-infinity') and received_at < @Until",
                Values(digest),
                commandTimeout: LongestSeconds,
                cancellationToken: cancellationToken
            )
        );

    private static DynamicParameters Values(Digest digest)
    {
        var values = new DynamicParameters(
            new
            {
                digest.After,
                digest.Last,
                digest.ActsAfter,
                digest.ActsLast,
                digest.WatchAfter,
                digest.WatchLast,
            }
        );
        values.Add("Since", digest.Since, System.Data.DbType.DateTime);
        values.Add("Until", digest.Until, System.Data.DbType.DateTime);
        return values;
    }

    private static void Line(IncrementalHash hash, params ReadOnlySpan<string> words) =>
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\t', words!) + "\n"));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    public async Task<HistoryFinding> VerifyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // One look at everything: what is closed or dropped meanwhile is left for the next time.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var entries = (
            await connection.QueryAsync<(long Index, DateTime At, string Kind, string Text)>(
                new CommandDefinition(
                    "select index, at, kind, convert_from(bytes, 'UTF8') from registry.ledger_entry where kind in ('history-digest', 'heartbeats-purged', 'clock-stepped') order by index",
                    transaction: transaction,
                    cancellationToken: cancellationToken
                )
            )
        )
            .Select(entry => (entry.Index, entry.At, entry.Kind, Body: JsonDocument.Parse(entry.Text).RootElement.GetProperty("body")))
            .ToArray();
        var digests = (await AllAsync(connection, "", cancellationToken)).ToDictionary(digest => digest.Entry);
        var purged = entries.Where(entry => entry.Kind == "heartbeats-purged").ToArray();
        var dropped = (
            await connection.QueryAsync<DroppedHeartbeats>(
                new CommandDefinition(
                    "select entry, part, beats, salt from registry.dropped_heartbeats",
                    transaction: transaction,
                    cancellationToken: cancellationToken
                )
            )
        ).ToDictionary(one => one.Entry);
        // The oldest heartbeats that must still be there.
        DateTime? kept =
            purged.Length == 0 ? null : purged.Max(entry => entry.At.Date.AddDays(-entry.Body.GetProperty("keptDays").GetInt32()));
        foreach (var (index, _, _, body) in purged.Where(entry => entry.Body.TryGetProperty("sha256", out _)))
        {
            if (
                !dropped.TryGetValue(index, out var one)
                || one.Part != body.GetProperty("part").GetString()
                || one.Sha256 != body.GetProperty("sha256").GetString()
            )
                return new HistoryFinding(
                    null,
                    $"How many heartbeats of {body.GetProperty("part").GetString()} were dropped is not what stands in entry {index}."
                );
        }

        // A clock that was set back writes times that are over already. The ledger says since when it may.
        DateTime? SetBackAfter(Digest closed) =>
            entries
                .Where(entry => entry.Kind == "clock-stepped" && entry.Index > closed.Entry)
                .Select(entry => Body<ClockStep>(entry.Body))
                .Where(step => step.To < step.From)
                .Min(step => (DateTime?)step.To.UtcDateTime);
        Digest? before = null;
        foreach (var (index, _, _, body) in entries.Where(entry => entry.Kind == "history-digest"))
        {
            var until = body.GetProperty("until").GetString();
            HistoryFinding Bad(string fault) => new(before?.Until, $"The history of devices until {until}: {fault}");
            if (!digests.Remove(index, out var digest))
                return Bad($"what its digest in entry {index} was made with is gone.");
            if (
                digest.Since != before?.Until
                || digest.After != (before?.Last ?? long.MinValue)
                || digest.ActsAfter != (digest.ActsLast is null ? null : before?.ActsLast ?? long.MinValue)
                || (digest.ActsLast is null && before?.ActsLast is not null)
                || until != LedgerEntry.Time(digest.Until)
                || body.GetProperty("since").GetString() != (digest.Since is { } since ? LedgerEntry.Time(since) : null)
            )
                return Bad("its digest does not follow the one before.");
            if (await DigestAsync(connection, digest, cancellationToken) != body.GetProperty("sha256").GetString())
                return Bad($"it is not what was closed in entry {index}.");
            if (before is not null && await LateAsync(before, digest) is { } late)
                return Bad(late);
            var (beats, mayGrow) = (digest.Beats, SetBackAfter(digest) < digest.Until);
            if (
                (kept is null || digest.Since >= kept)
                && await BeatsAsync(connection, digest, cancellationToken) is var now
                && now != beats
                && !(mayGrow && now > beats)
            )
                return Bad($"{beats} heartbeats were counted when it was closed, and {now} are there.");
            var part = $"heartbeat_{digest.Until.AddDays(-1):yyyyMMdd}";
            if (
                digest.Since == digest.Until.AddDays(-1)
                && purged
                    .Where(entry => entry.Index > index && entry.Body.GetProperty("part").GetString() == part)
                    .Select(BeatsOf)
                    .FirstOrDefault(beats)
                    is var gone
                && gone != beats
                && !(mayGrow && gone > beats)
            )
                return Bad($"{beats} heartbeats were counted when it was closed, and {gone} when they were dropped.");
            before = digest;
        }

        return digests.Count > 0 ? new HistoryFinding(before?.Until, "A digest of the history is kept that no entry of the ledger has.")
            : before is not null && await LateAsync(before, null) is { } written ? new HistoryFinding(before.Until, written)
            : new HistoryFinding(before?.Until, null);

        // The first entries of this kind said the number themselves.
        long BeatsOf((long Index, DateTime At, string Kind, JsonElement Body) entry) =>
            entry.Body.TryGetProperty("beats", out var said) ? said.GetInt64() : dropped[entry.Index].Beats;

        // What was written after a day had been closed, by the next closing, and says that it happened in that day or before.
        async Task<string?> LateAsync(Digest closed, Digest? next)
        {
            (string What, string Table, string Number, string At, long? After, long? Last)[] kinds =
            [
                ("states", "observation", "id", "at", closed.Last, next?.Last),
                ("acts on mobile units", "mobile_act", "number", "at", closed.ActsLast, next?.ActsLast),
                ("times of seeing", "watch", "id", "from_at", closed.WatchLast, next?.WatchLast),
            ];
            foreach (var (what, table, number, at, after, last) in kinds.Where(kind => kind.After is not null))
            {
                var late = await connection.ExecuteScalarAsync<long>(
                    new CommandDefinition(
                        $"select count(*) from registry.{table} where {number} > @after and {number} <= @last and {at} < @before",
                        new
                        {
                            after,
                            last = last ?? long.MaxValue,
                            before = SetBackAfter(closed) is { } back && back < closed.Until ? back : closed.Until,
                        },
                        transaction,
                        LongestSeconds,
                        cancellationToken: cancellationToken
                    )
                );
                if (late > 0)
                    return $"{late} {what} were written into days that had been closed before.";
            }

            return null;
        }

        static T Body<T>(JsonElement body) => body.Deserialize<T>(Domain.Json.Options)!;
    }

    private static async Task<ImmutableArray<Digest>> AllAsync(
        NpgsqlConnection connection,
        string order,
        CancellationToken cancellationToken
    ) =>
        [
            .. await connection.QueryAsync<Digest>(
                new CommandDefinition(
                    $"select entry, since, until, after, last, beats, salt, acts_after as ActsAfter, acts_last as ActsLast, watch_after as WatchAfter, watch_last as WatchLast from registry.history_digest {order}",
                    cancellationToken: cancellationToken
                )
            ),
        ];
}
