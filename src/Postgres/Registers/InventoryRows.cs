using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Outbox;

namespace SurveillanceRegistry.Postgres.Registers;

/// <summary>The statements that change one register with versions, each with its ledger entry, within a transaction.</summary>
/// <param name="word">The word of the register.</param>
/// <param name="table">The table of what holds now.</param>
/// <param name="registered">The kind of the entry of something new.</param>
/// <param name="changed">The kind of the entry of a change.</param>
internal abstract class InventoryRows<T>(string word, string table, string registered, string changed)
    where T : class
{
    public string Word => word;

    /// <summary>Records something that the files of an opening name.</summary>
    public Task OpenAsync(LedgerTransaction ledger, T value) => InsertAsync(ledger, value, Attribution.Registry, null, null);

    /// <summary>Registers something new. Refuses an id that is registered.</summary>
    public async Task<Outcome<RegisterVersion<T>>> RegisterAsync(LedgerTransaction ledger, T value, RegisterAct act)
    {
        if (CheckSince(ledger, act) is { } refusal)
            return refusal;
        if (await FindAsync(ledger, IdOf(value)) is not null)
            return new Refusal(RefusalCodes.Taken, $"'{IdOf(value)}' is registered already: choose another id.", "id");
        if (await CheckAsync(ledger, null, value) is { IsEmpty: false } refusals)
            return refusals;
        await OutboxRows.AddAsync(ledger, OccasionKind.InventoryChanged, $"{word}/{IdOf(value)}", act.By);
        return await InsertAsync(ledger, value, act.By, act.Reason, act.Since);
    }

    /// <summary>Records a new version of what is registered.</summary>
    public async Task<Outcome<RegisterVersion<T>>> ChangeAsync(LedgerTransaction ledger, T value, int version, RegisterAct act)
    {
        if (CheckSince(ledger, act) is { } refusal)
            return refusal;
        var id = IdOf(value);
        if (await FindAsync(ledger, id) is not { } found)
            return new Refusal(RefusalCodes.NotFound, $"No {word} '{id}' is registered.");
        if (found.Version != version)
            return new Refusal(RefusalCodes.Stale, $"The {word} '{id}' was changed meanwhile. Look at it again before you act.");
        if (act.Since is null && found.Value.Equals(value))
            return new Refusal(RefusalCodes.NothingChanged, $"Nothing changes: the {word} '{id}' is registered like this.");
        if (await CheckAsync(ledger, found.Value, value) is { IsEmpty: false } refusals)
            return refusals;
        var entry = await ledger.AppendAsync(changed, act.By, Details(value, version + 1, act.Reason, act.Since));
        await UpdateAsync(ledger, value);
        await OutboxRows.AddAsync(ledger, OccasionKind.InventoryChanged, $"{word}/{id}", act.By);
        return await AddVersionAsync(ledger, value, version + 1, entry, act.Since);
    }

    public abstract string IdOf(T value);

    /// <summary>Every reason why the rest of the register stands against a value; empty when nothing does.</summary>
    /// <param name="before">What was registered; null for something new.</param>
    protected abstract Task<ImmutableArray<Refusal>> CheckAsync(LedgerTransaction ledger, T? before, T after);

    /// <summary>Adds the row that holds now.</summary>
    protected abstract Task AddAsync(LedgerTransaction ledger, T value, long entry);

    /// <summary>Changes the row that holds now to the next version.</summary>
    protected abstract Task UpdateAsync(LedgerTransaction ledger, T value);

    /// <summary>
    /// The body of a ledger entry. The member <c>registered</c> is the whole body of the row: the verifier of the ledger compares them.
    /// </summary>
    /// <param name="reason">Null when the registry is opened.</param>
    /// <param name="since">Null when it holds from the time of the entry.</param>
    protected abstract object Details(T value, int version, string? reason, DateTimeOffset? since);

    /// <summary>The time from which something holds, as an entry states it; null for the time of the entry.</summary>
    protected static string? Format(DateTimeOffset? since) => since is { } from ? LedgerEntry.FormatTime(Whole(from)) : null;

    private async Task<RegisterVersion<T>> InsertAsync(
        LedgerTransaction ledger,
        T value,
        Attribution by,
        string? reason,
        DateTimeOffset? since
    )
    {
        var entry = await ledger.AppendAsync(registered, by, Details(value, 1, reason, since));
        await AddAsync(ledger, value, entry);
        return await AddVersionAsync(ledger, value, 1, entry, since);
    }

    /// <summary>Adds a version, with the entry that makes it.</summary>
    protected async Task<RegisterVersion<T>> AddVersionAsync(
        LedgerTransaction ledger,
        T value,
        int version,
        long entry,
        DateTimeOffset? since
    )
    {
        var holdsFrom = since is { } from ? Whole(from) : ledger.At;
        await ledger.ExecuteAsync(
            """
            insert into registry.inventory_version (register, id, version, holds_from, recorded_at, body, entry)
            values (@word, @id, @version, @holdsFrom, @at, @body::jsonb, @entry)
            """,
            new
            {
                word,
                id = IdOf(value),
                version,
                holdsFrom = holdsFrom.UtcDateTime,
                at = ledger.At.UtcDateTime,
                body = JsonRow.Body(value),
                entry,
            }
        );
        return new RegisterVersion<T>(version, holdsFrom, ledger.At, entry, value);
    }

    /// <summary>The value and version that hold now; null when the id is not registered.</summary>
    protected async Task<(T Value, int Version)?> FindAsync(LedgerTransaction ledger, string id)
    {
        var rows = await ledger.QueryAsync<(string Body, int Version)>(
            $"select body::text, version from registry.{table} where id = @id for update",
            new { id }
        );
        return rows.Length == 0 ? null : (JsonRow.Value<T>(rows[0].Body), rows[0].Version);
    }

    private static Refusal? CheckSince(LedgerTransaction ledger, RegisterAct act) =>
        act.Since > ledger.At
            ? new Refusal(RefusalCodes.Invalid, "The time since which it holds has not come: the register says what is there.", "since")
            : null;

    /// <summary>An instant in whole microseconds, the precision of the database.</summary>
    private static DateTimeOffset Whole(DateTimeOffset at) =>
        new(at.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
