using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Postgres.Presence.History;

/// <summary>
/// Computes digests of the history. The history is <c>registry.observation</c> and <c>registry.watch</c>, from which the state of every
/// device at every instant follows, <c>registry.mobile_act</c>, the acts on mobile devices, which have no ledger entries of their own, and
/// <c>registry.reading</c>, the readings of mobile devices by staff.
/// </summary>
/// <remarks>
/// A digest is SHA-256 over a salt and the canonical text that <see cref="ComputeAsync"/> writes. It covers all devices, mobile ones too,
/// and the ledger is public: the salt prevents guessing what a device did. An entry does not say how many states or heartbeats there were:
/// whatever mobile devices do, every entry is there and looks random.
/// </remarks>
internal static class HistoryDigests
{
    /// <summary>Queries over a day of a large city take long.</summary>
    public const int TimeoutSeconds = 3600;

    private const string Columns = """
        entry, since, until, after, last, beats, salt,
        acts_after as ActsAfter, acts_last as ActsLast, watch_after as WatchAfter, watch_last as WatchLast,
        readings_after as ReadingsAfter, readings_last as ReadingsLast
        """;

    private const string States = """
        select concat_ws(
            E'\t', 'state', id, device, (extract(epoch from at) * 1000000)::bigint, epoch, seq, presence, body::text
        )
        from registry.observation
        where id > @After and id <= @Last
        order by id
        """;

    private const string ObservedPeriodsVersion1 = """
        select concat_ws(
            E'\t', 'watch',
            (extract(epoch from greatest(from_at, coalesce(@Since, from_at))) * 1000000)::bigint,
            (extract(epoch from least(to_at, @Until)) * 1000000)::bigint
        )
        from registry.watch
        where from_at < @Until and (@Since is null or to_at > @Since)
        order by greatest(from_at, coalesce(@Since, from_at)), least(to_at, @Until)
        """;

    /// <summary>The first digest that covers a period covers all of it, whatever the clock showed; later ones cover its growth.</summary>
    private const string ObservedPeriods = """
        select concat_ws(
            E'\t', 'watch', id,
            (extract(epoch from from_at) * 1000000)::bigint,
            (extract(epoch from least(to_at, @Until)) * 1000000)::bigint
        )
        from registry.watch
        where id <= @WatchLast and from_at < @Until and (id > @WatchAfter or @Since is null or to_at > @Since)
        order by id
        """;

    private const string Acts = """
        select concat_ws(
            E'\t', 'act',
            jsonb_build_array(
                number, (extract(epoch from at) * 1000000)::bigint, act, by, device, fleet, kind, department, lifecycle, body
            )::text
        )
        from registry.mobile_act
        where number > @ActsAfter and number <= @ActsLast
        order by number
        """;

    private const string Readings = """
        select concat_ws(
            E'\t', 'reading', jsonb_build_array(id, (extract(epoch from at) * 1000000)::bigint, reader, device, what)::text
        )
        from registry.reading
        where id > @ReadingsAfter and id <= @ReadingsLast
        order by id
        """;

    /// <summary>Returns all digests, in no order.</summary>
    public static async Task<ImmutableArray<HistoryDigest>> AllAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        [
            .. await connection.QueryAsync<HistoryDigest>(
                new CommandDefinition($"select {Columns} from registry.history_digest", cancellationToken: cancellationToken)
            ),
        ];

    /// <summary>Returns the last digest; null when there is none.</summary>
    public static Task<HistoryDigest?> LastAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<HistoryDigest>(
            new CommandDefinition(
                $"select {Columns} from registry.history_digest order by until desc limit 1",
                cancellationToken: cancellationToken
            )
        );

    /// <summary>Computes the hash of a digest from what is in the tables now, in lower-case hexadecimal.</summary>
    public static async Task<string> ComputeAsync(NpgsqlConnection connection, HistoryDigest digest, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(digest.Salt);
        AppendLine(hash, string.Join('\t', Header(digest)));
        await AppendAsync(States);
        await AppendAsync(digest.WatchLast is null ? ObservedPeriodsVersion1 : ObservedPeriods);
        if (digest.ActsLast is not null)
            await AppendAsync(Acts);
        if (digest.ReadingsLast is not null)
            await AppendAsync(Readings);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        async Task AppendAsync(string sql)
        {
            // The values are closed words and JSON: they contain neither a tab nor a line feed.
            await foreach (var line in LinesAsync(connection, sql, digest, cancellationToken))
                AppendLine(hash, line);
        }
    }

    /// <summary>Returns how many heartbeats of the covered days are in the log.</summary>
    public static Task<long> CountHeartbeatsAsync(NpgsqlConnection connection, HistoryDigest digest, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<long>(
            new CommandDefinition(
                """
                select count(*) from registry.heartbeat
                where received_at >= coalesce(@Since, '-infinity') and received_at < @Until
                """,
                Values(digest),
                commandTimeout: TimeoutSeconds,
                cancellationToken: cancellationToken
            )
        );

    private static IEnumerable<string> Header(HistoryDigest digest)
    {
        yield return "history";
        yield return digest.Version;
        yield return digest.Since is { } since ? LedgerEntry.FormatTime(since) : "";
        yield return LedgerEntry.FormatTime(digest.Until);
        yield return Number(digest.After);
        yield return Number(digest.Last);
        yield return Number(digest.Beats);
        if (digest.ActsLast is not { } actsLast)
            yield break;
        yield return Number(digest.ActsAfter!.Value);
        yield return Number(actsLast);
        yield return Number(digest.WatchAfter!.Value);
        yield return Number(digest.WatchLast!.Value);
        if (digest.ReadingsLast is not { } readingsLast)
            yield break;
        yield return Number(digest.ReadingsAfter!.Value);
        yield return Number(readingsLast);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void AppendLine(IncrementalHash hash, string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Streams the rows: a day of a city does not fit into memory.</summary>
    private static async IAsyncEnumerable<string> LinesAsync(
        NpgsqlConnection connection,
        string sql,
        HistoryDigest digest,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var rows = await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, Values(digest), commandTimeout: TimeoutSeconds, cancellationToken: cancellationToken)
        );
        while (await rows.ReadAsync(cancellationToken))
            yield return rows.GetString(0);
    }

    private static DynamicParameters Values(HistoryDigest digest)
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
                digest.ReadingsAfter,
                digest.ReadingsLast,
            }
        );
        // Without the type a null would be sent as text, and PostgreSQL could not compare it with a timestamp.
        values.Add("Since", digest.Since, System.Data.DbType.DateTime);
        values.Add("Until", digest.Until, System.Data.DbType.DateTime);
        return values;
    }
}
