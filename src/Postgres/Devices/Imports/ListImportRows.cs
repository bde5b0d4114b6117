using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Outbox;

namespace SurveillanceRegistry.Postgres.Devices.Imports;

/// <summary>
/// Records and undoes a list within one transaction. First comes one entry for the act, then those of its devices, all of one time.
/// </summary>
internal static class ListImportRows
{
    public static async Task<Outcome<ListImport>> RecordAsync(
        LedgerTransaction ledger,
        ListImport draft,
        ListComparison compared,
        Attribution by,
        string reason
    )
    {
        ImmutableArray<GoneDevice> gone = [.. compared.Gone.Where(one => one.Decision == GoneDecision.Remove)];
        if (await EndDraftAsync(ledger, draft) is { } ended)
            return ended;
        var recorded = draft with
        {
            State = ListImportState.Recorded,
            MadeAt = ledger.At,
            Version = 0,
            Added = compared.New.Length,
            Changed = compared.Changed.Length,
            Removed = gone.Length,
        };
        await InsertAsync(ledger, recorded, await AppendAsync(ledger, recorded, by, reason));
        await OutboxRows.AddAsync(ledger, OccasionKind.ListImported, draft.Id, by);
        // What is removed gives its asset number free for what follows.
        foreach (var (device, version, _) in gone)
        {
            if (
                await ChangeAsync(ledger, draft.Id, device, device with { Lifecycle = Lifecycle.Removed }, version, by, reason) is
                { } refusal
            )
                return refusal;
        }

        foreach (var change in compared.Changed)
        {
            if (await ChangeAsync(ledger, draft.Id, change.Before, change.After, change.Version, by, reason) is { } refusal)
                return refusal with { Sentence = $"Row {change.Row}: {refusal.Sentence}" };
        }

        if (await DeviceBatch.RegisterAsync(ledger, [.. compared.New.Select(row => row.Device)], by, reason) is { } refused)
            return refused;
        await ledger.ExecuteAsync(
            "insert into registry.list_import_device (import, device, version) select @Id, unnest(@devices), 1",
            new { draft.Id, devices = compared.New.Select(row => row.Device.Id).ToArray() }
        );
        return recorded;
    }

    public static async Task<Outcome<ListImport>> UndoAsync(
        LedgerTransaction ledger,
        ListImport import,
        FactChecks checks,
        Attribution by,
        string reason
    )
    {
        var body = new
        {
            import = import.Id,
            import.Mapping.List,
            reason,
        };
        var entry = await ledger.AppendAsync(LedgerKinds.ListImportUndone, by, body);
        var isUndone = await ledger.ExecuteAsync(
            "update registry.list_import set undone_entry = @entry where id = @Id and undone_entry is null",
            new { import.Id, entry }
        );
        if (isUndone == 0)
            return new Refusal(RefusalCodes.WrongState, "The list is not recorded, or was undone already.");
        await OutboxRows.AddAsync(ledger, OccasionKind.ListImportUndone, import.Id, by);
        var rows = await ledger.QueryAsync<(string Device, int Version, string? Before, string Body, int Now)>(
            """
            select made.device, made.version, made.before::text, device.body::text, device.version
            from registry.list_import_device made join registry.device on device.id = made.device
            where made.import = @Id
            order by made.before is not null, made.device
            """,
            new { import.Id }
        );
        if (rows.Where(row => row.Now != row.Version).Select(row => row.Device).ToArray() is { Length: > 0 } changed)
            return new Refusal(
                RefusalCodes.Stale,
                $"{changed.Length} devices of the list were changed since, such as '{changed[0]}': undo the list by hand."
            );
        foreach (var (device, version, before, now, _) in rows)
        {
            var then = before is null ? JsonRow.Value<Device>(now) with { Lifecycle = Lifecycle.Removed } : JsonRow.Value<Device>(before);
            if (await RestoreAsync(ledger, then, version, checks, by, reason) is { } refusal)
                return refusal;
        }

        return import with
        {
            State = ListImportState.Undone,
        };
    }

    /// <summary>Ends a draft in the version that was seen. Returns the refusal; null when it has ended.</summary>
    private static async Task<Refusal?> EndDraftAsync(LedgerTransaction ledger, ListImport draft)
    {
        var seen = new { draft.Id, draft.Version };
        if (await ledger.ExecuteAsync("delete from registry.list_draft where id = @Id and version = @Version", seen) > 0)
            return null;
        return (await ledger.QueryAsync<string>("select id from registry.list_draft where id = @Id", seen)).Length > 0
            ? new Refusal(RefusalCodes.Stale, "Another person decided about the list since you looked: look at it again.")
            : new Refusal(RefusalCodes.WrongState, "The list is no draft any more: it was recorded already, or forgotten.");
    }

    /// <summary>Makes a device what it was before its list. Returns the refusal; null when it is that again.</summary>
    private static async Task<Refusal?> RestoreAsync(
        LedgerTransaction ledger,
        Device then,
        int version,
        FactChecks checks,
        Attribution by,
        string reason
    )
    {
        if (Check(then, checks) is { } refusal)
            return refusal;
        var outcome = await DeviceRows.ChangeAsync(ledger, then, version, by, reason);
        if (!outcome.IsDone)
            return outcome.Refusals[0];
        // The device is again as an earlier list left it, so that list can be undone too.
        await ledger.ExecuteAsync(
            "update registry.list_import_device set version = @version + 1 where device = @Id and version = @version - 1",
            new { then.Id, version }
        );
        return null;
    }

    /// <summary>The refusal of a device as it was, by the rules of today: departments and names change. A removed one stands.</summary>
    private static Refusal? Check(Device then, FactChecks checks) =>
        then.Lifecycle != Lifecycle.Removed
        && Registration.Check(then, checks.City).Concat(checks.Check(then)).FirstOrDefault() is { } found
            ? found with
            {
                Sentence = $"Device '{then.Id}' cannot be as it was before the list: {found.Sentence} Undo the list by hand.",
            }
            : null;

    /// <summary>Changes a device and remembers what it was. Returns the refusal; null when it was changed.</summary>
    private static async Task<Refusal?> ChangeAsync(
        LedgerTransaction ledger,
        string import,
        Device before,
        Device after,
        int version,
        Attribution by,
        string reason
    )
    {
        var outcome = await DeviceRows.ChangeAsync(ledger, after, version, by, reason);
        if (!outcome.IsDone)
            return outcome.Refusals[0];
        await ledger.ExecuteAsync(
            """
            insert into registry.list_import_device (import, device, version, before) values (@import, @Id, @version, @before::jsonb)
            """,
            new
            {
                import,
                after.Id,
                version = version + 1,
                before = JsonRow.Body(before),
            }
        );
        return null;
    }

    private static Task<long> AppendAsync(LedgerTransaction ledger, ListImport recorded, Attribution by, string reason) =>
        ledger.AppendAsync(
            LedgerKinds.ListImported,
            by,
            new
            {
                import = recorded.Id,
                recorded.Mapping.List,
                recorded.Sha256,
                recorded.Format,
                recorded.Added,
                recorded.Changed,
                recorded.Removed,
                reason,
            }
        );

    private static Task<int> InsertAsync(LedgerTransaction ledger, ListImport recorded, long entry) =>
        ledger.ExecuteAsync(
            """
            insert into registry.list_import
                (id, list, file_name, file_sha256, format, mapping, decisions, added, changed, removed, recorded_at, entry)
            values (@Id, @List, @FileName, @Sha256, @Format, @mapping::jsonb, @decisions::jsonb, @Added, @Changed, @Removed, @at, @entry)
            """,
            new
            {
                recorded.Id,
                recorded.Mapping.List,
                recorded.FileName,
                recorded.Sha256,
                recorded.Format,
                mapping = JsonRow.Body(recorded.Mapping),
                decisions = JsonRow.Body(recorded.Decisions),
                recorded.Added,
                recorded.Changed,
                recorded.Removed,
                at = ledger.At.UtcDateTime,
                entry,
            }
        );
}
