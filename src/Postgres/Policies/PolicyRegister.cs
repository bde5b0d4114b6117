using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Policies;

/// <summary>The governance table and its history, in tables.</summary>
public sealed class PolicyRegister(NpgsqlDataSource database) : IPolicyRegister
{
    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        return await database.ScalarAsync<bool>("select not exists (select from registry.revision)", null, cancellationToken);
    }

    public async Task<ImmutableArray<RecordedFile>> OpeningFilesAsync(CancellationToken cancellationToken)
    {
        var files = await database.QueryAsync<(string Name, string Sha256, byte[]? Salt)>(
            "select name, sha256, salt from registry.opening_file order by name",
            null,
            cancellationToken
        );
        return [.. files.Select(row => new RecordedFile(row.Name, row.Sha256, [.. row.Salt ?? []]))];
    }

    public async Task<ImmutableArray<PolicyRevision>> RevisionsAsync(long entry, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<RevisionRow>(
            """
            select kind, id, number, position, recorded_at as RecordedAt, entry, change, body from registry.revision
            where entry > @entry
            order by entry, kind, id
            """,
            new { entry },
            cancellationToken
        );
        return [.. rows.Select(row => row.Revision())];
    }

    public async Task<bool> OpenAsync(Opening opening, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Of two processes that seed at once, the second waits here for the ledger's head, and then finds revisions.
        var ledger = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        if (await ledger.ScalarAsync<bool>("select exists (select from registry.revision)"))
            return false;
        await OpeningRecorder.RecordAsync(ledger, opening);
        await transaction.CommitDurablyAsync();
        return true;
    }

    public async Task<bool> RecordDayAsync(
        DateOnly day,
        ImmutableArray<EffectiveTransition> switches,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var dayText = Text(day);
        var inserted = await connection.ExecuteAsync(
            new CommandDefinition(
                "insert into registry.turned_day (day) values (@dayText::date) on conflict do nothing",
                new { dayText },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (inserted == 0)
            return false;
        if (!switches.IsEmpty)
        {
            var ledger = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
            var entry = await RecordSwitchesAsync(ledger, dayText, switches);
            await ledger.ExecuteAsync("update registry.turned_day set entry = @entry where day = @dayText::date", new { entry, dayText });
        }

        await transaction.CommitDurablyAsync();
        return true;
    }

    /// <summary>Appends an entry for each switch. Returns the number of the first one.</summary>
    private static async Task<long> RecordSwitchesAsync(LedgerTransaction ledger, string day, ImmutableArray<EffectiveTransition> switches)
    {
        long? first = null;
        foreach (var transition in switches)
        {
            var entry = await ledger.AppendAsync(
                LedgerKinds.RuleSwitched,
                Attribution.Registry,
                new
                {
                    day,
                    transition.Technology,
                    transition.Instrument,
                    transition.Version,
                    transition.Before,
                    transition.Now,
                }
            );
            first ??= entry;
        }

        return first!.Value;
    }

    public async Task<DateOnly?> LastDayAsync(DateOnly notAfter, CancellationToken cancellationToken)
    {
        var day = await database.ScalarAsync<string?>(
            "select max(day)::text from registry.turned_day where day <= @limit::date",
            new { limit = Text(notAfter) },
            cancellationToken
        );
        return day is null ? null : DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    public async Task<ImmutableArray<RecordedTransition>> TransitionsAsync(long before, int most, CancellationToken cancellationToken)
    {
        var entries = await database.QueryAsync<(long Index, DateTime At, byte[] Bytes)>(
            """
            select index, at, bytes from registry.ledger_entry
            where kind = @RuleSwitched and index < @before
            order by index desc
            limit @most
            """,
            new
            {
                LedgerKinds.RuleSwitched,
                before,
                most,
            },
            cancellationToken
        );
        return [.. entries.Select(entry => Transition(entry.Index, entry.At, entry.Bytes))];
    }

    private static RecordedTransition Transition(long index, DateTime at, byte[] bytes)
    {
        using var entry = JsonDocument.Parse(bytes);
        var body = entry.RootElement.GetProperty("body");
        return new RecordedTransition(
            index,
            new DateTimeOffset(at),
            DateOnly.ParseExact(body.GetProperty("day").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            body.Deserialize<EffectiveTransition>(Json.Options)!
        );
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record RevisionRow(
        string Kind,
        string Id,
        int Number,
        int Position,
        DateTime RecordedAt,
        long Entry,
        long? Change,
        string Body
    )
    {
        public PolicyRevision Revision()
        {
            var kind = JsonRow.Word<DocumentKind>(Kind);
            return new PolicyRevision(Document(kind), Number, Position, new DateTimeOffset(RecordedAt), Entry, Change);
        }

        /// <summary>Reads and rewrites the body, so that equal documents are equal also when an older version wrote one of them.</summary>
        private PolicyDocument Document(DocumentKind kind)
        {
            var stored = new PolicyDocument(kind, Id, Body);
            return kind switch
            {
                DocumentKind.City => PolicyDocument.For(stored.Value<City>()),
                DocumentKind.Chapters => PolicyDocument.For(stored.Value<KnownChapters>()),
                DocumentKind.Wording => PolicyDocument.For(stored.Value<Domain.Notices.Wording>()),
                DocumentKind.Technology => PolicyDocument.For(stored.Value<Technology>()),
                DocumentKind.Instrument => PolicyDocument.For(stored.Value<Instrument>()),
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
            };
        }
    }
}
