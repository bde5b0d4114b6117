using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices.Imports;

/// <summary>The register of lists, in tables. What is recorded of a list is in <see cref="ListImportRows"/>.</summary>
public sealed class ListImportRegister(NpgsqlDataSource database) : IListImportRegister
{
    private const string Columns = """
        select id as Id, file_name as FileName, file_sha256 as Sha256, format as Format, mapping::text as Mapping,
            decisions::text as Decisions, 'draft' as State, made_at as MadeAt, version as Version, 0 as Added, 0 as Changed, 0 as Removed
        from registry.list_draft
        union all
        select id, file_name, file_sha256, format, mapping::text, decisions::text,
            case when undone_entry is null then 'recorded' else 'undone' end, recorded_at, 0, added, changed, removed
        from registry.list_import
        """;

    /// <summary>What the overview shows: a mapping and its decisions may have megabytes.</summary>
    private const string Overview = """
        select id as Id, file_name as FileName, file_sha256 as Sha256, format as Format, coalesce(mapping->>'list', '') as list,
            'draft' as State, made_at as MadeAt, 0 as Added, 0 as Changed, 0 as Removed
        from registry.list_draft
        union all
        select id, file_name, file_sha256, format, list, case when undone_entry is null then 'recorded' else 'undone' end, recorded_at,
            added, changed, removed
        from registry.list_import
        """;

    private const string Forget = """
        delete from registry.list_draft where made_at < @oldest;
        delete from registry.list_file
        where not exists (select from registry.list_draft where file_sha256 = sha256)
            and not exists (select from registry.list_import where file_sha256 = sha256);
        """;

    /// <summary>Keeps a draft if there is room, and forgets the oldest of its sender for it.</summary>
    private const string Keep = """
        lock table registry.list_draft in share row exclusive mode;
        with kept as (
            select id, sum(octet_length(content)) over newest as bytes, row_number() over newest as number
            from registry.list_draft join registry.list_file on sha256 = file_sha256
            where sent_by = @sender
            window newest as (order by made_at desc, id)
        )
        delete from registry.list_draft using kept
        where list_draft.id = kept.id and (number >= @ofOne or bytes + @size > @bytesOfOne);
        with used as (
            select count(*) as drafts, coalesce(sum(octet_length(content)), 0) as bytes
            from registry.list_draft join registry.list_file on sha256 = file_sha256
        ), room as (
            select from used where drafts < @inAll and bytes + @size <= @bytesInAll
        ), file as (
            insert into registry.list_file (sha256, content) select @Sha256, @content from room on conflict do nothing
        )
        insert into registry.list_draft (id, file_name, file_sha256, format, mapping, decisions, made_at, sent_by)
        select @Id, @FileName, @Sha256, @Format, @mapping::jsonb, @decisions::jsonb, @now, @sender from room
        returning id
        """;

    private const int MaxListed = 200;

    public async Task<ImmutableArray<ListImport>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<Row>(
            $"""
            select Id, FileName, Sha256, Format, jsonb_build_object('list', list)::text as Mapping,
                jsonb_build_object()::text as Decisions, State, MadeAt, 0 as Version, Added, Changed, Removed
            from ({Overview}) one order by MadeAt desc limit {MaxListed}
            """,
            null,
            cancellationToken
        );
        return [.. rows.Select(row => row.Import())];
    }

    public async Task<ListImport?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<Row>($"select * from ({Columns}) one where Id = @id", new { id }, cancellationToken);
        return rows.FirstOrDefault()?.Import();
    }

    public async Task<byte[]> FileAsync(string sha256, CancellationToken cancellationToken) =>
        await database.ScalarAsync<byte[]?>(
            "select content from registry.list_file where sha256 = @sha256",
            new { sha256 },
            cancellationToken
        ) ?? throw new InvalidOperationException($"The file {sha256} of a list is missing.");

    public async Task<Refusal?> SaveDraftAsync(
        ListImport draft,
        string sender,
        ReadOnlyMemory<byte> file,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(draft);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var values = new
        {
            oldest = Oldest(now),
            draft.Id,
            draft.FileName,
            draft.Sha256,
            draft.Format,
            content = file.ToArray(),
            size = (long)file.Length,
            mapping = JsonRow.Body(draft.Mapping),
            decisions = JsonRow.Body(draft.Decisions),
            now = now.UtcDateTime,
            sender,
            ofOne = IListImportRegister.MaxDraftsOfOne,
            bytesOfOne = IListImportRegister.MaxBytesOfOne,
            inAll = IListImportRegister.MaxDrafts,
            bytesInAll = IListImportRegister.MaxBytes,
        };
        var command = new CommandDefinition(Forget + Keep, values, transaction, cancellationToken: cancellationToken);
        var isKept = (await connection.QueryAsync<string>(command)).Any();
        await transaction.CommitDurablyAsync();
        return isKept
            ? null
            : new Refusal(
                RefusalCodes.Invalid,
                $"There are {IListImportRegister.MaxDrafts} drafts of lists, or their files are too large together: record or wait. "
                    + $"A draft is forgotten after {IListImportRegister.DraftValidity.Days} days."
            );
    }

    public async Task ForgetDraftsAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(Forget, new { oldest = Oldest(now) }, cancellationToken);

    private static DateTime Oldest(DateTimeOffset now) => (now - IListImportRegister.DraftValidity).UtcDateTime;

    public async Task<ListImport?> DecideAsync(
        ListImport draft,
        ListMapping mapping,
        ImportDecisions decisions,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(draft);
        var changed = await database.ExecuteAsync(
            """
            update registry.list_draft set mapping = @mapping::jsonb, decisions = @decisions::jsonb, version = version + 1
            where id = @Id and version = @Version
            """,
            new
            {
                draft.Id,
                draft.Version,
                mapping = JsonRow.Body(mapping),
                decisions = JsonRow.Body(decisions),
            },
            cancellationToken
        );
        return changed == 0 ? null : draft with { Mapping = mapping, Decisions = decisions, Version = draft.Version + 1 };
    }

    public async Task<ImmutableArray<RegisteredFixedDevice>> RegisteredAsync(string list, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(int Number, string Body, int Version, bool IsOfList)>(
            """
            select slot, body::text, version, exists (
                select from registry.list_import_device made
                join registry.list_import on id = made.import
                where made.device = device.id and list = @list and undone_entry is null
            )
            from registry.device
            where fleet is null
            order by id
            """,
            new { list },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new RegisteredFixedDevice(
                JsonRow.Value<Device>(row.Body) with
                {
                    Number = row.Number,
                },
                row.Version,
                row.IsOfList
            )),
        ];
    }

    public Task<Outcome<ListImport>> RecordAsync(
        ListImport draft,
        ListComparison compared,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(compared);
        return LedgerTransaction.RunAsync(
            database,
            at,
            ledger => ListImportRows.RecordAsync(ledger, draft, compared, by, reason),
            cancellationToken
        );
    }

    public async Task<Outcome<ListImport>> UndoAsync(
        string id,
        FactChecks checks,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, cancellationToken) is not { } import)
            return new Refusal(RefusalCodes.NotFound, $"There is no list '{id}'.");
        return await LedgerTransaction.RunAsync(
            database,
            at,
            ledger => ListImportRows.UndoAsync(ledger, import, checks, by, reason),
            cancellationToken
        );
    }

    private sealed record Row(
        string Id,
        string FileName,
        string Sha256,
        string? Format,
        string Mapping,
        string Decisions,
        string State,
        DateTime MadeAt,
        int Version,
        int Added,
        int Changed,
        int Removed
    )
    {
        public ListImport Import() =>
            new(
                Id,
                FileName,
                Sha256,
                Format,
                JsonRow.Value<ListMapping>(Mapping),
                JsonRow.Value<ImportDecisions>(Decisions),
                JsonRow.Word<ListImportState>(State),
                MadeAt
            )
            {
                Version = Version,
                Added = Added,
                Changed = Changed,
                Removed = Removed,
            };
    }
}
