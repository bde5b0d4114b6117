using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Presence.History;

/// <summary>What the ledger and the tables say about sealing, dropping and clock steps, for one verification.</summary>
internal sealed class HistoryRecords
{
    private readonly ImmutableArray<(long Index, ClockStep Step)> _stepsBack;

    private HistoryRecords(ILookup<string, Entry> entries, IEnumerable<HistoryDigest> digests, IEnumerable<DroppedHeartbeats> dropped)
    {
        DigestEntries = [.. entries[LedgerKinds.HistoryDigest]];
        PurgeEntries = [.. entries[LedgerKinds.HeartbeatsPurged]];
        Digests = digests.ToImmutableDictionary(digest => digest.Entry);
        Dropped = dropped.ToImmutableDictionary(day => day.Entry);
        OldestKept = PurgeEntries.Max(entry => (DateTime?)entry.At.Date.AddDays(-entry.Body.GetProperty("keptDays").GetInt32()));
        _stepsBack =
        [
            .. entries[LedgerKinds.ClockStepped]
                .Select(entry => (entry.Index, Step: entry.Body.Deserialize<ClockStep>(Json.Options)!))
                .Where(entry => entry.Step.To < entry.Step.From),
        ];
    }

    public ImmutableArray<Entry> DigestEntries { get; }

    public ImmutableArray<Entry> PurgeEntries { get; }

    /// <summary>Every digest, by its ledger entry.</summary>
    public ImmutableDictionary<long, HistoryDigest> Digests { get; }

    /// <summary>Every dropped day of the heartbeat log, by its ledger entry.</summary>
    public ImmutableDictionary<long, DroppedHeartbeats> Dropped { get; }

    /// <summary>The start of the oldest day whose heartbeats must still be in the log; null when none was ever dropped.</summary>
    public DateTime? OldestKept { get; }

    /// <summary>Loads everything within the transaction that the connection is in.</summary>
    public static async Task<HistoryRecords> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var entries = await connection.QueryAsync<(long Index, DateTime At, string Kind, string Text)>(
            new CommandDefinition(
                """
                select index, at, kind, convert_from(bytes, 'UTF8') from registry.ledger_entry
                where kind = any(@kinds) order by index
                """,
                new { kinds = new[] { LedgerKinds.HistoryDigest, LedgerKinds.HeartbeatsPurged, LedgerKinds.ClockStepped } },
                cancellationToken: cancellationToken
            )
        );
        var dropped = await connection.QueryAsync<DroppedHeartbeats>(
            new CommandDefinition("select entry, part, beats, salt from registry.dropped_heartbeats", cancellationToken: cancellationToken)
        );
        return new HistoryRecords(
            entries.ToLookup(
                entry => entry.Kind,
                entry => new Entry(entry.Index, entry.At, JsonDocument.Parse(entry.Text).RootElement.GetProperty("body"))
            ),
            await HistoryDigests.AllAsync(connection, cancellationToken),
            dropped
        );
    }

    /// <summary>
    /// Returns the earliest time to which the clock was set back after a digest was sealed; null when it was not. From that time on, rows
    /// may be recorded in days that are sealed already.
    /// </summary>
    public DateTime? SetBackTo(HistoryDigest digest) =>
        _stepsBack.Where(entry => entry.Index > digest.Entry).Min(entry => (DateTime?)entry.Step.To.UtcDateTime);

    /// <summary>
    /// Returns how many heartbeats of a digest were dropped; null when the digest covers not exactly one day, or its day was not dropped
    /// since it was sealed.
    /// </summary>
    public long? CountDropped(HistoryDigest digest)
    {
        var day = digest.Until.AddDays(-1);
        if (digest.Since != day)
            return null;
        var part = $"heartbeat_{day:yyyyMMdd}";
        var purge = PurgeEntries.FirstOrDefault(entry => entry.Index > digest.Entry && entry.Body.GetProperty("part").GetString() == part);
        if (purge is null)
            return null;
        // The first entries of this kind contain the number themselves.
        return purge.Body.TryGetProperty("beats", out var beats) ? beats.GetInt64() : Dropped[purge.Index].Beats;
    }

    /// <summary>A ledger entry.</summary>
    internal sealed record Entry(long Index, DateTime At, JsonElement Body);
}
