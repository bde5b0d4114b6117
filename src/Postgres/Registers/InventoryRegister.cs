using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Registers.Lists;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Registers;

/// <summary>A register with versions, in the table of all versions. The rows that hold now are in a table of their own.</summary>
public abstract class InventoryRegister<T> : IInventoryRegister<T>, IRegisterLists<T>
    where T : class
{
    private readonly NpgsqlDataSource _database;
    private readonly InventoryRows<T> _rows;

    private protected InventoryRegister(NpgsqlDataSource database, InventoryRows<T> rows) => (_database, _rows) = (database, rows);

    public async Task<ImmutableArray<RegisterVersion<T>>> ListAsync(RegisterPoint? point, CancellationToken cancellationToken) =>
        [
            .. (await ReadAsync("select distinct on (id)", "order by id, version desc", null, point, cancellationToken)).OrderBy(
                version => _rows.IdOf(version.Value),
                StringComparer.Ordinal
            ),
        ];

    public async Task<RegisterVersion<T>?> FindAsync(string id, RegisterPoint? point, CancellationToken cancellationToken) =>
        (await ReadAsync("select", "and id = @id order by version desc limit 1", id, point, cancellationToken)).FirstOrDefault();

    public async Task<ImmutableArray<AttributedVersion<T>>> HistoryAsync(string id, CancellationToken cancellationToken)
    {
        var rows = await _database.QueryAsync<HistoryRow>(
            """
            select version, holds_from as HoldsFrom, recorded_at as RecordedAt, entry, version.body::text as Body, (act->'by')::text as By,
                act->'body'->>'reason' as Reason
            from registry.inventory_version version
                join registry.ledger_entry on index = entry
                cross join lateral (select convert_from(bytes, 'UTF8')::jsonb as act) one
            where register = @Word and id = @id
            order by version
            """,
            new { _rows.Word, id },
            cancellationToken
        );
        return [.. rows.Select(row => new AttributedVersion<T>(row.ToVersion(), JsonRow.Value<Attribution>(row.By), row.Reason))];
    }

    public Task<Outcome<RegisterVersion<T>>> RegisterAsync(T value, RegisterAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(act);
        return LedgerTransaction.RunAsync(_database, act.At, ledger => _rows.RegisterAsync(ledger, value, act), cancellationToken);
    }

    public Task<Outcome<RegisterVersion<T>>> ChangeAsync(T value, int version, RegisterAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(act);
        return LedgerTransaction.RunAsync(_database, act.At, ledger => _rows.ChangeAsync(ledger, value, version, act), cancellationToken);
    }

    public Task<Outcome<RecordedList>> RecordAsync(
        ImmutableArray<ListedChange<T>> changes,
        RegisterAct act,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(act);
        return LedgerTransaction.RunAsync<RecordedList>(
            _database,
            act.At,
            async ledger =>
            {
                foreach (var change in changes)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var outcome =
                        change.Version == 0
                            ? await _rows.RegisterAsync(ledger, change.Value, act)
                            : await _rows.ChangeAsync(ledger, change.Value, change.Version, act);
                    if (!outcome.IsDone)
                        return outcome
                            .Refusals.Select(one => one with { Sentence = $"Row {change.Row}: {one.Sentence}" })
                            .ToImmutableArray();
                }

                return new RecordedList(changes.Length);
            },
            cancellationToken
        );
    }

    private async Task<IEnumerable<RegisterVersion<T>>> ReadAsync(
        string select,
        string which,
        string? id,
        RegisterPoint? point,
        CancellationToken cancellationToken
    )
    {
        var rows = await _database.QueryAsync<Row>(
            $"""
            {select} version, holds_from as HoldsFrom, recorded_at as RecordedAt, entry, body::text as Body
            from registry.inventory_version
            where register = @Word
                and (@asOf::timestamptz is null or holds_from <= @asOf)
                and (@knownAt::timestamptz is null or recorded_at <= @knownAt)
                {which}
            """,
            new
            {
                _rows.Word,
                id,
                asOf = point?.AsOf.UtcDateTime,
                knownAt = point?.KnownAt.UtcDateTime,
            },
            cancellationToken
        );
        return rows.Select(row => row.ToVersion());
    }

    private record Row
    {
        public int Version { get; init; }

        public DateTime HoldsFrom { get; init; }

        public DateTime RecordedAt { get; init; }

        public long Entry { get; init; }

        public string Body { get; init; } = "";

        public RegisterVersion<T> ToVersion() => new(Version, HoldsFrom, RecordedAt, Entry, JsonRow.Value<T>(Body));
    }

    private sealed record HistoryRow : Row
    {
        public string By { get; init; } = "";

        public string? Reason { get; init; }
    }
}
