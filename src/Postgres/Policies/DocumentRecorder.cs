using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Policies;

/// <summary>
/// Records policy documents within a transaction: for each a ledger entry, a revision, and for an instrument the periods of its rules,
/// which an exclusion constraint guards.
/// </summary>
internal static class DocumentRecorder
{
    /// <summary>Room in a ledger entry for everything but the document, in bytes.</summary>
    private const int EntryOverhead = 2048;

    /// <summary>Records documents.</summary>
    /// <param name="change">The change request; null when the registry is seeded.</param>
    public static async Task RecordAsync(LedgerTransaction ledger, Attribution by, ImmutableArray<PolicyDocument> documents, long? change)
    {
        var latest = await LatestRevisionsAsync(ledger, documents);
        var nextPositions = await NextPositionsAsync(ledger);
        foreach (var document in documents)
        {
            var kind = Json.Word(document.Kind);
            var number = 1;
            var position = nextPositions.GetValueOrDefault(kind);
            if (latest.TryGetValue((kind, document.Id), out var previous))
            {
                number = previous.Number + 1;
                position = previous.Position;
            }
            else
            {
                nextPositions[kind] = position + 1;
            }

            await RecordRevisionAsync(ledger, by, document, number, position, change);
            if (document.Kind == DocumentKind.Instrument)
                await ReplacePeriodsAsync(ledger, document.Value<Instrument>());
        }
    }

    /// <summary>
    /// Returns whether another revision of one of the documents was recorded since the proposal was made. The transaction holds the
    /// ledger's head, so none can be recorded after the check.
    /// </summary>
    public static Task<bool> IsStaleAsync(LedgerTransaction ledger, ImmutableArray<ProposedDocument> documents) =>
        ledger.ScalarAsync<bool>(
            """
            select exists (
                select from unnest(@kinds, @ids, @bases) as proposed (kind, id, base)
                where base <> coalesce(
                    (select max(number) from registry.revision where revision.kind = proposed.kind and revision.id = proposed.id), 0
                )
            )
            """,
            new
            {
                kinds = documents.Select(proposed => Json.Word(proposed.Document.Kind)).ToArray(),
                ids = documents.Select(proposed => proposed.Document.Id).ToArray(),
                bases = documents.Select(proposed => proposed.Base).ToArray(),
            }
        );

    private static async Task<Dictionary<(string Kind, string Id), (int Number, int Position)>> LatestRevisionsAsync(
        LedgerTransaction ledger,
        ImmutableArray<PolicyDocument> documents
    )
    {
        var rows = await ledger.QueryAsync<(string Kind, string Id, int Number, int Position)>(
            """
            select distinct on (kind, id) kind, id, number, position from registry.revision
            where (kind, id) in (select * from unnest(@kinds, @ids))
            order by kind, id, number desc
            """,
            new
            {
                kinds = documents.Select(document => Json.Word(document.Kind)).ToArray(),
                ids = documents.Select(document => document.Id).ToArray(),
            }
        );
        return rows.ToDictionary(row => (row.Kind, row.Id), row => (row.Number, row.Position));
    }

    /// <summary>Returns for each kind the position of the next new document.</summary>
    private static async Task<Dictionary<string, int>> NextPositionsAsync(LedgerTransaction ledger)
    {
        var rows = await ledger.QueryAsync<(string Kind, int Next)>("select kind, max(position) + 1 from registry.revision group by kind");
        return rows.ToDictionary(row => row.Kind, row => row.Next);
    }

    private static async Task RecordRevisionAsync(
        LedgerTransaction ledger,
        Attribution by,
        PolicyDocument document,
        int number,
        int position,
        long? change
    )
    {
        var kind = Json.Word(document.Kind);
        var bytes = Encoding.UTF8.GetBytes(document.Body);
        // A document that is too large for an entry is in it by its hash only; the revision has the text.
        var fits = bytes.Length + EntryOverhead <= LedgerEntry.MaxBytes;
        var entry = await ledger.AppendAsync(
            LedgerKinds.DocumentRecorded,
            by,
            new
            {
                document = kind,
                document.Id,
                revision = number,
                change,
                sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
                content = fits ? JsonNode.Parse(document.Body) : null,
            }
        );
        await ledger.ExecuteAsync(
            """
            insert into registry.revision (kind, id, number, position, recorded_at, entry, change, body)
            values (@kind, @Id, @number, @position, @at, @entry, @change, @Body)
            """,
            new
            {
                kind,
                document.Id,
                number,
                position,
                at = ledger.At.UtcDateTime,
                entry,
                change,
                document.Body,
            }
        );
    }

    /// <summary>Ends the recorded time of an instrument's current periods, and inserts the periods that are known from now on.</summary>
    private static async Task ReplacePeriodsAsync(LedgerTransaction ledger, Instrument instrument)
    {
        var now = ledger.At.UtcDateTime;
        await ledger.ExecuteAsync(
            """
            update registry.rule_period set recorded = tstzrange(lower(recorded), @now)
            where instrument = @Id and upper_inf(recorded)
            """,
            new { instrument.Id, now }
        );
        var periods = RulePeriod.ForInstrument(instrument);
        await ledger.ExecuteAsync(
            """
            insert into registry.rule_period (technology, instrument, number, effective, recorded)
            select technology, @Id, number, daterange(held::date, until::date), tstzrange(@now, null)
            from unnest(@technologies, @numbers, @froms, @untils) as period (technology, number, held, until)
            """,
            new
            {
                instrument.Id,
                now,
                technologies = periods.Select(period => period.Technology).ToArray(),
                numbers = periods.Select(period => period.Number).ToArray(),
                froms = periods.Select(period => Text(period.From)).ToArray(),
                untils = periods.Select(period => Text(period.Until)).ToArray(),
            }
        );
    }

    /// <summary>Returns a bound of a period in PostgreSQL's format; null for an unbounded one.</summary>
    private static string? Text(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
