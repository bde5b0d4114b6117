using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices.Imports;

/// <summary>The register of lists, in tables. What is recorded of a list is in <see cref="ListImportRows"/>.</summary>
public sealed class ListImportRegister(NpgsqlDataSource database) : IListImportRegister
{
    private const string Columns = """
        select id as Id, file_name as FileName, file_sha256 as Sha256, format as Format, mapping::text as Mapping,
            decisions::text as Decisions, 'draft' as State, made_at as MadeAt, 0 as Added, 0 as Changed, 0 as Removed
        from registry.list_draft
        union all
        select id, file_name, file_sha256, format, mapping::text, decisions::text,
            case when undone_entry is null then 'recorded' else 'undone' end, recorded_at, added, changed, removed
        from registry.list_import
        """;

    private const int MaxListed = 200;

    public async Task<ImmutableArray<ListImport>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<Row>(
            $"select * from ({Columns}) one order by MadeAt desc limit {MaxListed}",
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

    public async Task SaveDraftAsync(ListImport draft, ReadOnlyMemory<byte> file, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        await database.ExecuteAsync(
            """
            delete from registry.list_draft where made_at < @oldest;
            delete from registry.list_file
            where not exists (select from registry.list_draft where file_sha256 = sha256)
                and not exists (select from registry.list_import where file_sha256 = sha256);
            insert into registry.list_file (sha256, content) values (@Sha256, @content) on conflict do nothing;
            insert into registry.list_draft (id, file_name, file_sha256, format, mapping, decisions, made_at)
            values (@Id, @FileName, @Sha256, @Format, @mapping::jsonb, @decisions::jsonb, @now)
            """,
            new
            {
                oldest = (now - IListImportRegister.DraftValidity).UtcDateTime,
                draft.Id,
                draft.FileName,
                draft.Sha256,
                draft.Format,
                content = file.ToArray(),
                mapping = JsonRow.Body(draft.Mapping),
                decisions = JsonRow.Body(draft.Decisions),
                now = now.UtcDateTime,
            },
            cancellationToken
        );
    }

    public async Task<bool> DecideAsync(string id, ListMapping mapping, ImportDecisions decisions, CancellationToken cancellationToken)
    {
        var changed = await database.ExecuteAsync(
            "update registry.list_draft set mapping = @mapping::jsonb, decisions = @decisions::jsonb where id = @id",
            new
            {
                id,
                mapping = JsonRow.Body(mapping),
                decisions = JsonRow.Body(decisions),
            },
            cancellationToken
        );
        return changed > 0;
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
            ledger => ListImportRows.UndoAsync(ledger, import, by, reason),
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
                Added = Added,
                Changed = Changed,
                Removed = Removed,
            };
    }
}
