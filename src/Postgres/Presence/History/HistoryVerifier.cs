using System.Data;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Postgres.Presence.History;

/// <summary>Compares the sealed days of the history, and the dropped days of the heartbeat log, with their entries in the ledger.</summary>
public sealed class HistoryVerifier(NpgsqlDataSource database) : IHistoryVerifier
{
    public async Task<HistoryFinding> VerifyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // One snapshot of everything: what is sealed or dropped meanwhile is checked the next time.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var records = await HistoryRecords.LoadAsync(connection, cancellationToken);
        if (FindDropFault(records) is { } dropFault)
            return new HistoryFinding(null, dropFault);

        HistoryDigest? previous = null;
        foreach (var entry in records.DigestEntries)
        {
            var (digest, fault) = await CheckAsync(connection, records, entry, previous, cancellationToken);
            if (fault is not null)
            {
                var until = entry.Body.GetProperty("until").GetString();
                return new HistoryFinding(previous?.Until, $"The history of devices until {until}: {fault}");
            }

            previous = digest;
        }

        if (records.Digests.Count > records.DigestEntries.Length)
            return new HistoryFinding(previous?.Until, "A digest of the history is kept that no entry of the ledger has.");
        var lateFault = previous is null
            ? null
            : await LateRows.FindFaultAsync(connection, previous, next: null, records.SetBackTo(previous), cancellationToken);
        return new HistoryFinding(previous?.Until, lateFault);
    }

    /// <summary>Checks that the number of heartbeats of each dropped day is the one whose hash is in the ledger.</summary>
    private static string? FindDropFault(HistoryRecords records)
    {
        foreach (var (index, _, body) in records.PurgeEntries.Where(entry => entry.Body.TryGetProperty("sha256", out _)))
        {
            var part = body.GetProperty("part").GetString();
            var matches =
                records.Dropped.TryGetValue(index, out var dropped)
                && dropped.Part == part
                && dropped.Sha256 == body.GetProperty("sha256").GetString();
            if (!matches)
                return $"How many heartbeats of {part} were dropped is not what stands in entry {index}.";
        }

        return null;
    }

    /// <summary>Checks one digest. Returns it, with null when nothing is wrong with it.</summary>
    private static async Task<(HistoryDigest? Digest, string? Fault)> CheckAsync(
        NpgsqlConnection connection,
        HistoryRecords records,
        HistoryRecords.Entry entry,
        HistoryDigest? previous,
        CancellationToken cancellationToken
    )
    {
        if (!records.Digests.TryGetValue(entry.Index, out var digest))
            return (null, $"what its digest in entry {entry.Index} was made with is gone.");
        if (!Follows(digest, previous) || !IsDescribedBy(digest, entry))
            return (digest, "its digest does not follow the one before.");
        if (await HistoryDigests.ComputeAsync(connection, digest, cancellationToken) != entry.Body.GetProperty("sha256").GetString())
            return (digest, $"it is not what was closed in entry {entry.Index}.");
        if (previous is not null)
        {
            var late = await LateRows.FindFaultAsync(connection, previous, digest, records.SetBackTo(previous), cancellationToken);
            if (late is not null)
                return (digest, late);
        }

        return (digest, await FindCountFaultAsync(connection, records, digest, cancellationToken));
    }

    private static bool Follows(HistoryDigest digest, HistoryDigest? previous)
    {
        if (digest.Since != previous?.Until || digest.After != (previous?.Last ?? long.MinValue))
            return false;
        // An older version covers less. It must not come after a newer one, or acts and readings could be left out.
        return FollowsIn(digest.ActsAfter, digest.ActsLast, previous?.ActsLast)
            && FollowsIn(digest.ReadingsAfter, digest.ReadingsLast, previous?.ReadingsLast);
    }

    /// <summary>Whether the rows of one kind begin where the previous digest ended.</summary>
    private static bool FollowsIn(long? after, long? last, long? previousLast) =>
        last is null ? after is null && previousLast is null : after == (previousLast ?? long.MinValue);

    private static bool IsDescribedBy(HistoryDigest digest, HistoryRecords.Entry entry) =>
        entry.Body.GetProperty("until").GetString() == LedgerEntry.FormatTime(digest.Until)
        && entry.Body.GetProperty("since").GetString() == (digest.Since is { } since ? LedgerEntry.FormatTime(since) : null);

    /// <summary>Compares the counted heartbeats with those in the log, and with those that were dropped from it.</summary>
    private static async Task<string?> FindCountFaultAsync(
        NpgsqlConnection connection,
        HistoryRecords records,
        HistoryDigest digest,
        CancellationToken cancellationToken
    )
    {
        // After the clock was set back, heartbeats were received "again" in a sealed time.
        var mayGrow = records.SetBackTo(digest) < digest.Until;
        if (records.OldestKept is not { } oldest || digest.Since >= oldest)
        {
            var present = await HistoryDigests.CountHeartbeatsAsync(connection, digest, cancellationToken);
            if (IsWrong(present))
                return $"{digest.Beats} heartbeats were counted when it was closed, and {present} are there.";
        }

        if (records.CountDropped(digest) is { } dropped && IsWrong(dropped))
            return $"{digest.Beats} heartbeats were counted when it was closed, and {dropped} when they were dropped.";
        return null;

        bool IsWrong(long count) => count != digest.Beats && !(mayGrow && count > digest.Beats);
    }
}
