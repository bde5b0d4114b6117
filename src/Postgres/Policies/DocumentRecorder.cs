using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Policies;

/// <summary>Records documents: for each an entry of the ledger, a revision, and the periods that the database guards.</summary>
internal static class DocumentRecorder
{
    /// <summary>What of an entry is not the document itself.</summary>
    private const int EntryAround = 2048;

    /// <summary>
    /// Records documents within a transaction. The first revision of a document without a change request is one of the opening.
    /// </summary>
    public static async Task DocumentsAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        LedgerTransaction append,
        Attribution by,
        ImmutableArray<PolicyDocument> documents,
        long? change
    )
    {
        var kinds = documents.Select(document => Json.Word(document.Kind)).ToArray();
        var ids = documents.Select(document => document.Id).ToArray();
        var held = (
            await connection.QueryAsync<(string Kind, string Id, int Number, int Position)>(
                """
                select distinct on (kind, id) kind, id, number, position from registry.revision
                where (kind, id) in (select * from unnest(@kinds, @ids)) order by kind, id, number desc
                """,
                new { kinds, ids },
                transaction
            )
        ).ToDictionary(row => (row.Kind, row.Id));
        var positions = (
            await connection.QueryAsync<(string Kind, int Next)>(
                "select kind, max(position) + 1 from registry.revision group by kind",
                transaction: transaction
            )
        ).ToDictionary(row => row.Kind, row => row.Next);

        foreach (var document in documents)
        {
            var kind = Json.Word(document.Kind);
            var (number, position) = held.TryGetValue((kind, document.Id), out var before)
                ? (before.Number + 1, before.Position)
                : (1, positions.GetValueOrDefault(kind));
            if (number == 1)
                positions[kind] = position + 1;
            // What is too large for an entry enters by its hash; the bytes stand in the revision.
            var fits = Encoding.UTF8.GetByteCount(document.Body) + EntryAround <= LedgerEntry.MaxBytes;
            var entry = await append.EntryAsync(
                "document-recorded",
                by,
                new
                {
                    document = kind,
                    document.Id,
                    revision = number,
                    change,
                    sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document.Body))),
                    content = fits ? JsonNode.Parse(document.Body) : null,
                }
            );
            await connection.ExecuteAsync(
                "insert into registry.revision (kind, id, number, position, recorded_at, entry, change, body) values (@kind, @Id, @number, @position, @at, @entry, @change, @Body)",
                new
                {
                    kind,
                    document.Id,
                    number,
                    position,
                    at = append.At.UtcDateTime,
                    entry,
                    change,
                    document.Body,
                },
                transaction
            );
            if (document.Kind == DocumentKind.Instrument)
                await PeriodsAsync(connection, transaction, document.Value<Instrument>(), append.At);
        }
    }

    /// <summary>Closes what was known of an instrument's periods, and opens what is known from now on.</summary>
    private static async Task PeriodsAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Instrument instrument,
        DateTimeOffset at
    )
    {
        var now = at.UtcDateTime;
        await connection.ExecuteAsync(
            "update registry.rule_period set recorded = tstzrange(lower(recorded), @now) where instrument = @Id and upper_inf(recorded)",
            new { instrument.Id, now },
            transaction
        );
        var periods = instrument
            .Versions.SelectMany(
                version => version.Rules,
                (version, rule) =>
                    (
                        rule.Technology,
                        version.Number,
                        From: Bound(version.Effective.MayHoldFrom),
                        Until: Bound(version.Effective.SurelyEndedFrom)
                    )
            )
            .ToArray();
        await connection.ExecuteAsync(
            """
            insert into registry.rule_period (technology, instrument, number, effective, recorded)
            select technology, @Id, number, daterange(held::date, until::date), tstzrange(@now, null) from unnest(@technologies, @numbers, @froms, @untils) as period (technology, number, held, until)
            """,
            new
            {
                instrument.Id,
                now,
                technologies = periods.Select(period => period.Technology).ToArray(),
                numbers = periods.Select(period => period.Number).ToArray(),
                froms = periods.Select(period => period.From).ToArray(),
                untils = periods.Select(period => period.Until).ToArray(),
            },
            transaction
        );
    }

    /// <summary>A bound of the days on which a text may hold, as PostgreSQL reads it; null for no bound.</summary>
    private static string? Bound(DateOnly day) =>
        day == DateOnly.MinValue || day == DateOnly.MaxValue ? null : day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
