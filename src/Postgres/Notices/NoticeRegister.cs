using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Notices;

/// <summary>The register of all notices ever issued, in a table.</summary>
public sealed class NoticeRegister(NpgsqlDataSource database) : INoticeRegister
{
    private const string Columns = "place, sequence, issued_at, payload, protected, signature, hash, content_hash";
    private const string Select = $"select {Columns} from registry.notice ";

    public Task<SignedNotice?> LatestAsync(string place, CancellationToken cancellationToken) =>
        FindAsync(Select + "where place = @place order by sequence desc limit 1", new { place }, cancellationToken);

    public Task<SignedNotice?> FindAtAsync(string place, DateTimeOffset at, CancellationToken cancellationToken) =>
        FindAsync(
            Select + "where place = @place and issued_at <= @at order by issued_at desc, sequence desc limit 1",
            new { place, at = at.ToUniversalTime() },
            cancellationToken
        );

    public async Task<bool> AppendAsync(SignedNotice notice, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notice);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var inserted = await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                insert into registry.notice ({Columns})
                values (@Place, @Sequence, @issuedAt, @Payload, @Protected, @Signature, @Hash, @ContentHash)
                on conflict (place, sequence) do nothing
                """,
                new
                {
                    notice.Place,
                    notice.Sequence,
                    issuedAt = notice.IssuedAt.ToUniversalTime(),
                    notice.Payload,
                    notice.Protected,
                    notice.Signature,
                    notice.Hash,
                    notice.ContentHash,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (inserted == 0)
            return false;
        var ledger = await LedgerTransaction.BeginAsync(connection, transaction, notice.IssuedAt, cancellationToken);
        await ledger.AppendAsync(
            LedgerKinds.NoticeIssued,
            Attribution.Registry,
            new
            {
                notice.Place,
                notice.Sequence,
                notice.Hash,
                notice.ContentHash,
            }
        );
        await transaction.CommitDurablyAsync();
        return true;
    }

    public async Task<long> LedgerSizeAsync(CancellationToken cancellationToken)
    {
        return await database.ScalarAsync<long>("select size from registry.ledger_head", null, cancellationToken);
    }

    public Task<long> FirstSequenceAsync(CancellationToken cancellationToken) =>
        database.ScalarAsync<long>("select coalesce(max(notices_from), 1) from registry.restoration", null, cancellationToken);

    private async Task<SignedNotice?> FindAsync(string sql, object values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<NoticeRow>(
            new CommandDefinition(sql, values, cancellationToken: cancellationToken)
        );
        return row?.Notice();
    }

    private sealed record NoticeRow(
        string Place,
        long Sequence,
        DateTime Issued_at,
        string Payload,
        string Protected,
        string Signature,
        string Hash,
        string Content_hash
    )
    {
        public SignedNotice Notice() =>
            new(Place, Sequence, new DateTimeOffset(Issued_at, TimeSpan.Zero), Payload, Protected, Signature, Hash, Content_hash);
    }
}
