using Dapper;
using Npgsql;

namespace SurveillanceRegistry.Postgres.Presence.History;

/// <summary>Rows that were written after a digest was sealed, with a time that the digest had sealed.</summary>
internal static class LateRows
{
    /// <summary>
    /// Returns a sentence about rows between two digests whose time is before the end of the first one; null when there are none.
    /// </summary>
    /// <param name="next">The next digest; null to check everything after the last one.</param>
    /// <param name="setBackTo">To when the clock was set back since: rows from then on are allowed. Null when it was not.</param>
    public static async Task<string?> FindFaultAsync(
        NpgsqlConnection connection,
        HistoryDigest sealedDigest,
        HistoryDigest? next,
        DateTime? setBackTo,
        CancellationToken cancellationToken
    )
    {
        (string Rows, string Table, string Number, string At, long? After, long? Last)[] kinds =
        [
            ("states", "observation", "id", "at", sealedDigest.Last, next?.Last),
            ("acts on mobile devices", "mobile_act", "number", "at", sealedDigest.ActsLast, next?.ActsLast),
            ("readings of mobile devices", "reading", "id", "at", sealedDigest.ReadingsLast, next?.ReadingsLast),
            ("observed periods", "watch", "id", "from_at", sealedDigest.WatchLast, next?.WatchLast),
        ];
        // A digest of version 1 has no last act and no last observed period, one of version 2 no last reading: those are not checked.
        foreach (var (rows, table, number, at, after, last) in kinds.Where(kind => kind.After is not null))
        {
            var late = await connection.ExecuteScalarAsync<long>(
                new CommandDefinition(
                    $"select count(*) from registry.{table} where {number} > @after and {number} <= @last and {at} < @before",
                    new
                    {
                        after,
                        last = last ?? long.MaxValue,
                        before = setBackTo is { } back && back < sealedDigest.Until ? back : sealedDigest.Until,
                    },
                    commandTimeout: HistoryDigests.TimeoutSeconds,
                    cancellationToken: cancellationToken
                )
            );
            if (late > 0)
                return $"{late} {rows} were written into days that had been closed before.";
        }

        return null;
    }
}
