using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SurveillanceRegistry.Domain.Ledger.Replay.Backups;
using SurveillanceRegistry.Domain.Ledger.Replay.Devices;
using SurveillanceRegistry.Domain.Ledger.Replay.Lists;
using SurveillanceRegistry.Domain.Ledger.Replay.Places;
using SurveillanceRegistry.Domain.Ledger.Replay.Policies;
using SurveillanceRegistry.Domain.Ledger.Replay.Records;
using SurveillanceRegistry.Domain.Ledger.Replay.Staff;
using SurveillanceRegistry.Domain.Notices;

namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>
/// Replays the tables that pages, signs and the API read from the entries of the ledger, and compares them with the stored rows. The memory
/// that it needs grows with the register of devices and of staff, not with the number of notices or acts.
/// </summary>
internal sealed class LedgerReplay : IAsyncDisposable
{
    private readonly ILedgerSnapshot _snapshot;
    private readonly OlderEntries _older = new();
    private readonly NoticeSums _notices = new();
    private readonly ExpectedStates _expected = new();
    private readonly ImmutableArray<ReplayedTable> _tables;
    private readonly ImmutableArray<OrderedRows> _ordered;
    private readonly ImmutableArray<PreparedRows> _prepared;
    private readonly Dictionary<string, ReplayedTable[]> _tablesOf;
    private readonly HashSet<string> _expectedKinds = new(ExpectedStates.Kinds, StringComparer.Ordinal);

    public LedgerReplay(ILedgerSnapshot snapshot, CancellationToken cancellationToken)
    {
        _snapshot = snapshot;
        _tables = CreateTables(_older, _expected);
        _ordered =
        [
            .. _tables
                .Where(table => table.IsInEntryOrder)
                .Select(table => new OrderedRows(
                    table,
                    snapshot.RowsAsync(table.Name, cancellationToken).GetAsyncEnumerator(cancellationToken)
                )),
        ];
        _prepared =
        [
            .. _tables
                .Where(table => table.IsPrepared)
                .Select(table => table.Name)
                .Append(ExpectedStateRows.Name)
                .Select(name => new PreparedRows(snapshot, name, cancellationToken)),
        ];
        _tablesOf = _tables
            .SelectMany(table => table.Kinds, (table, kind) => (table, kind))
            .Concat(OlderEntries.Kinds.Select(kind => ((ReplayedTable)null!, kind)))
            .GroupBy(pair => pair.Item2)
            .ToDictionary(
                pairs => pairs.Key,
                pairs => pairs.Select(pair => pair.Item1).Where(table => table is not null).ToArray(),
                StringComparer.Ordinal
            );
    }

    /// <summary>For each table the columns that are compared with the ledger.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> ComparedColumns { get; } =
        CreateTables(new OlderEntries(), new ExpectedStates())
            .Append(new NoticeTable())
            .ToImmutableSortedDictionary(table => table.Name, table => table.Columns);

    /// <summary>For each column, or table, the number of rows that entries of older versions do not hold.</summary>
    public ImmutableSortedDictionary<string, long> NotHeld =>
        _tables
            .SelectMany(table =>
                table
                    .NotHeld.Select(column => KeyValuePair.Create($"{table.Name}.{column.Key}", column.Value))
                    .Append(KeyValuePair.Create(table.Name, table.OlderRows))
            )
            .Append(KeyValuePair.Create($"{NoticeTable.TableName}.content_hash", _notices.WithoutContent))
            .Where(rows => rows.Value > 0)
            .ToImmutableSortedDictionary();

    /// <summary>What no entry proves, a sentence each. It is complete when everything was compared.</summary>
    public ImmutableArray<string> Unproven =>
        [
            "Names and sign-in names of staff are not proven: personal data is in no entry.",
            "Labels and last uses of tokens are not proven: a person writes the one, and each use changes the other.",
            "The security log, saved views and stored answers are not proven: no sign and no public page shows them.",
            .. _expected.Unproven is { } expected ? (string[])[expected] : [],
        ];

    /// <summary>Applies an entry whose bytes were verified.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    /// <exception cref="InvalidOperationException">A member has another type than an entry's.</exception>
    /// <exception cref="KeyNotFoundException">A member is missing.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(StoredEntry entry)
    {
        _expected.NoteEntry(entry.At);
        if (!_tablesOf.TryGetValue(entry.Kind, out var tables))
        {
            var content = EntryReader.Read(entry);
            if (content is { Place: { } place, NoticeHash: { } hash })
                _notices.AddEntry(place, content.NoticeSequence, hash, content.NoticeContentHash);
            return;
        }

        using var json = JsonDocument.Parse(entry.Bytes);
        var replayed = new ReplayedEntry(entry, json.RootElement.GetProperty("by"), json.RootElement.GetProperty("body"));
        _older.Apply(replayed);
        foreach (var table in tables)
            table.Apply(replayed);
        if (_expectedKinds.Contains(entry.Kind))
            _expected.Apply(replayed);
    }

    /// <summary>Compares the rows that were made by one entry each, up to an entry. Returns the first fault, or null.</summary>
    public async ValueTask<TableFault?> CompareUpToAsync(long entry)
    {
        foreach (var rows in _ordered)
        {
            if (await rows.CompareUpToAsync(entry) is { } fault)
                return fault;
        }

        return null;
    }

    /// <summary>Compares everything else when all entries are applied. Returns the first fault, or null.</summary>
    public async Task<TableFault?> FinishAsync(NoticeKey key, CancellationToken cancellationToken)
    {
        if (await CompareUpToAsync(long.MaxValue) is { } fault)
            return fault;
        return await CompareTablesAsync(cancellationToken)
            ?? _expected.Compare(await RowsAsync(ExpectedStateRows.Name, cancellationToken).ToArrayAsync(cancellationToken))
            ?? await CompareNoticesAsync(key, cancellationToken);
    }

    private async Task<TableFault?> CompareTablesAsync(CancellationToken cancellationToken)
    {
        await ApplyMobileCredentialsAsync(cancellationToken);
        foreach (var table in _tables.Where(table => !table.IsInEntryOrder))
        {
            if (await CompareAsync(table, cancellationToken) is { } tableFault)
                return tableFault;
        }

        await foreach (var device in _snapshot.RowsAsync(MobileDeviceRows.Name, cancellationToken))
        {
            if (MobileDevices.Compare(device) is { } deviceFault)
                return deviceFault;
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var rows in _ordered)
            await rows.DisposeAsync();
        foreach (var rows in _prepared)
            await rows.DisposeAsync();
    }

    private IAsyncEnumerable<string?[]> RowsAsync(string table, CancellationToken cancellationToken) =>
        _prepared.FirstOrDefault(rows => rows.Table == table) is { } prepared
            ? prepared.ReadAsync(cancellationToken)
            : _snapshot.RowsAsync(table, cancellationToken);

    private static ImmutableArray<ReplayedTable> CreateTables(OlderEntries older, ExpectedStates expected)
    {
        var periods = new RulePeriodTable();
        return
        [
            new RevisionTable(older, periods, expected),
            new ChangeStepTable(),
            periods,
            new ChangeRequestTable(),
            new OpeningFileTable(),
            new TurnedDayTable(),
            new PlaceTable(older),
            new KioskTable(older),
            new InventoryTable(older),
            new DeviceTable(older),
            new GatewayTable(),
            new FleetTable(older),
            new FleetBaseTable(older),
            new ListedNameTable(),
            new ListImportTable(),
            new WithdrawalTable(),
            new AbsenceConfirmationTable(),
            new CredentialTable(older),
            new ClaimTable(),
            new StaffTable(),
            new TokenTable(),
            new RestorationTable(),
            new DrillTable(),
            new LegalHoldTable(),
        ];
    }

    /// <summary>Applies what happened to the credentials of mobile devices, which is in no entry.</summary>
    private async Task ApplyMobileCredentialsAsync(CancellationToken cancellationToken)
    {
        var credentials = _tables.OfType<CredentialTable>().Single();
        var claims = _tables.OfType<ClaimTable>().Single();
        await foreach (var row in _snapshot.RowsAsync(MobileCredentialRows.Name, cancellationToken))
        {
            using var body = JsonDocument.Parse(row[4]!);
            var act = CredentialAct.From(row, body.RootElement);
            credentials.Apply(act);
            claims.Apply(act);
        }
    }

    private async Task<TableFault?> CompareAsync(ReplayedTable table, CancellationToken cancellationToken)
    {
        await foreach (var row in RowsAsync(table.Name, cancellationToken))
        {
            if (table.Compare(row) is { } fault)
                return fault;
        }

        return table.FindMissing();
    }

    private async Task<TableFault?> CompareNoticesAsync(NoticeKey key, CancellationToken cancellationToken)
    {
        await foreach (var row in _snapshot.RowsAsync(NoticeTable.TableName, cancellationToken))
        {
            if (NoticeRow.Check(row, key) is { } fault)
                return fault;
            _notices.AddRow(
                row[NoticeRow.Place]!,
                long.Parse(row[NoticeRow.Sequence]!, CultureInfo.InvariantCulture),
                row[NoticeRow.Hash]!,
                row[NoticeRow.ContentHash]!
            );
        }

        return _notices.AreEqual ? null : await NameNoticeAsync(cancellationToken);
    }

    /// <summary>Reads the entries and the notices again, to name the notice that differs.</summary>
    private async Task<TableFault?> NameNoticeAsync(CancellationToken cancellationToken)
    {
        var table = new NoticeTable();
        await foreach (var entry in _snapshot.EntriesAsync(cancellationToken))
        {
            if (entry.Kind != LedgerKinds.NoticeIssued)
                continue;
            using var json = JsonDocument.Parse(entry.Bytes);
            var body = json.RootElement.GetProperty("body");
            table.Apply(new ReplayedEntry(entry, default, body));
        }

        return await CompareAsync(table, cancellationToken)
            ?? throw new InvalidOperationException("The notices differ from the ledger, and none of them does.");
    }

    /// <summary>Rows of a table in the order of their entries.</summary>
    private sealed class OrderedRows(ReplayedTable table, IAsyncEnumerator<string?[]> rows) : IAsyncDisposable
    {
        private string?[]? _next;
        private bool _hasStarted;

        public async ValueTask<TableFault?> CompareUpToAsync(long entry)
        {
            if (!_hasStarted)
                await AdvanceAsync();
            while (_next is { } row && long.Parse(row[0]!, CultureInfo.InvariantCulture) <= entry)
            {
                if (table.Compare(row) is { } fault)
                    return fault;
                await AdvanceAsync();
            }

            return table.FindMissing();
        }

        public ValueTask DisposeAsync() => rows.DisposeAsync();

        private async ValueTask AdvanceAsync()
        {
            _hasStarted = true;
            _next = await rows.MoveNextAsync() ? rows.Current : null;
        }
    }
}
