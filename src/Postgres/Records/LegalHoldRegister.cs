using System.Collections.Immutable;
using System.Security.Cryptography;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Replay;
using SurveillanceRegistry.Domain.Records;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Records;

/// <summary>The legal holds, in a table. The functions that delete records read it.</summary>
public sealed class LegalHoldRegister(NpgsqlDataSource database) : ILegalHoldRegister
{
    private const int SaltBytes = 32;

    private const string Columns = "entry, records, reference, placed_at, released_at";

    public async Task<ImmutableArray<LegalHold>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(long, string, string, DateTime, DateTime?)>(
            $"select {Columns} from registry.legal_hold order by entry desc",
            null,
            cancellationToken
        );
        return [.. rows.Select(Read)];
    }

    public async Task<LegalHold> PlaceAsync(
        HeldRecords records,
        string reference,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var outcome = await LedgerTransaction.RunAsync<LegalHold>(
            database,
            at,
            async ledger =>
            {
                var (word, salt) = (Json.Word(records), RandomNumberGenerator.GetBytes(SaltBytes));
                // The reference may name a person, and may have to be erased one day: the ledger has only its hash.
                var referenceHash = ProposalHash.ComputeNote(reference, salt);
                var entry = await ledger.AppendAsync(LedgerKinds.LegalHoldPlaced, by, new { records = word, referenceHash });
                await ledger.ExecuteAsync(
                    """
                    insert into registry.legal_hold (entry, records, reference, salt, placed_at)
                    values (@entry, @word, @reference, @salt, @At)
                    """,
                    new
                    {
                        entry,
                        word,
                        reference,
                        salt,
                        At = ledger.At.UtcDateTime,
                    }
                );
                return new LegalHold(entry, records, reference, ledger.At, null);
            },
            cancellationToken
        );
        return outcome.Value!;
    }

    public Task<Outcome<LegalHold>> ReleaseAsync(long entry, Attribution by, DateTimeOffset at, CancellationToken cancellationToken) =>
        LedgerTransaction.RunAsync<LegalHold>(
            database,
            at,
            async ledger =>
            {
                var rows = await ledger.QueryAsync<(long, string, string, DateTime, DateTime?)>(
                    $"select {Columns} from registry.legal_hold where entry = @entry",
                    new { entry }
                );
                if (rows is not [var row])
                    return new Refusal(RefusalCodes.NotFound, $"There is no legal hold {entry}.", "hold");
                var hold = Read(row);
                if (hold.ReleasedAt is not null)
                    return new Refusal(RefusalCodes.WrongState, $"Legal hold {entry} was released before.", "hold");
                var release = await ledger.AppendAsync(
                    LedgerKinds.LegalHoldReleased,
                    by,
                    new { hold = entry, records = Json.Word(hold.Records) }
                );
                await ledger.ExecuteAsync(
                    "update registry.legal_hold set released_entry = @release, released_at = @At where entry = @entry",
                    new
                    {
                        entry,
                        release,
                        At = ledger.At.UtcDateTime,
                    }
                );
                return hold with { ReleasedAt = ledger.At };
            },
            cancellationToken
        );

    private static LegalHold Read((long Entry, string Records, string Reference, DateTime PlacedAt, DateTime? ReleasedAt) row) =>
        new(row.Entry, JsonRow.Word<HeldRecords>(row.Records), row.Reference, row.PlacedAt, row.ReleasedAt);
}
