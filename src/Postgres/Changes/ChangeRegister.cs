using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Policies;

namespace SurveillanceRegistry.Postgres.Changes;

/// <summary>Change requests, in tables.</summary>
public sealed class ChangeRegister(NpgsqlDataSource database) : IChangeRegister
{
    private const int SaltBytes = 16;

    private const string Columns = """
        id, version, state, author, author_role as AuthorRole, author_department as AuthorDepartment, drafted_at as DraftedAt,
        submitted_at as SubmittedAt, decided_at as DecidedAt, reason, body::text as Body
        """;

    public async Task<ChangeRequest> DraftAsync(
        Proposal proposal,
        Attribution author,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(author);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var append = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var id = await connection.ExecuteScalarAsync<long>(
            """
            insert into registry.change_request (state, author, author_role, author_department, drafted_at, reason, body, salt)
            values ('draft', @Staff, @Role, @Department, @at, @Reason, @body::jsonb, @salt) returning id
            """,
            new
            {
                author.Staff,
                author.Role,
                author.Department,
                at = append.At.UtcDateTime,
                proposal.Reason,
                body = Stored.Of(proposal),
                salt,
            },
            transaction
        );
        await StepAsync(connection, transaction, append, id, ChangeAct.Drafted, author, null, Entry(id, proposal, salt, null));
        await transaction.CommitAsync(cancellationToken);
        return (await FindAsync(id, cancellationToken))!;
    }

    public async Task<ChangeRequest?> ActAsync(
        ChangeRequest before,
        ChangeRequest after,
        ChangeAct act,
        Attribution by,
        string? note,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(by);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var append = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        var salt = await connection.ExecuteScalarAsync<byte[]?>(
            """
            update registry.change_request set version = @after, state = @state, submitted_at = case @state when 'draft' then null when 'submitted' then @at else submitted_at end,
                decider = @decider, decided_at = @decidedAt, reason = @Reason, body = @body::jsonb
            where id = @Id and version = @version returning salt
            """,
            new
            {
                before.Id,
                version = before.Version,
                after = after.Version,
                state = Json.Word(after.State),
                at = append.At.UtcDateTime,
                decider = after.Decider?.Staff,
                decidedAt = after.Decider is null ? (DateTime?)null : append.At.UtcDateTime,
                after.Proposal.Reason,
                body = Stored.Of(after.Proposal),
            },
            transaction
        );
        if (salt is null)
            return null;
        if (act == ChangeAct.Approved && await HasMovedAsync(connection, transaction, after))
            return null;
        await StepAsync(
            connection,
            transaction,
            append,
            before.Id,
            act,
            by,
            note,
            Entry(before.Id, after.Proposal, salt, act == ChangeAct.Approved ? before.Author : null)
        );
        if (act == ChangeAct.Approved)
            await DocumentRecorder.DocumentsAsync(
                connection,
                transaction,
                append,
                by,
                [.. after.Proposal.Documents.Select(proposed => proposed.Document)],
                before.Id
            );
        await transaction.CommitAsync(cancellationToken);
        return await FindAsync(before.Id, cancellationToken);
    }

    public async Task<ChangeRequest?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (
            await ReadAsync(connection, $"select {Columns} from registry.change_request where id = @id", new { id }, cancellationToken)
        ).FirstOrDefault();
    }

    public async Task<ImmutableArray<ChangeRequest>> ListAsync(
        ChangeState? state,
        long? before,
        int most,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(
            connection,
            $"select {Columns} from registry.change_request where (@word::text is null or state = @word) and (@before::bigint is null or id < @before) order by id desc limit @most",
            new
            {
                word = state is { } one ? Json.Word(one) : null,
                before,
                most,
            },
            cancellationToken
        );
    }

    private static async Task<ImmutableArray<ChangeRequest>> ReadAsync(
        NpgsqlConnection connection,
        string sql,
        object values,
        CancellationToken cancellationToken
    )
    {
        var rows = (
            await connection.QueryAsync<RequestRow>(new CommandDefinition(sql, values, cancellationToken: cancellationToken))
        ).ToArray();
        var steps = (
            await connection.QueryAsync<StepRow>(
                new CommandDefinition(
                    "select change, step as StepWord, at, staff, role, department, note, entry from registry.change_step where change = any(@ids) order by change, number",
                    new { ids = rows.Select(row => row.Id).ToArray() },
                    cancellationToken: cancellationToken
                )
            )
        ).ToLookup(step => step.Change, step => step.Step());
        return [.. rows.Select(row => row.Request([.. steps[row.Id]]))];
    }

    /// <summary>
    /// Whether a document was recorded meanwhile: asked while the head of the ledger is held, so nobody can record one now.
    /// </summary>
    private static async Task<bool> HasMovedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ChangeRequest request) =>
        await connection.ExecuteScalarAsync<bool>(
            """
            select exists (select from unnest(@kinds, @ids, @bases) as proposed (kind, id, base)
                where base <> coalesce((select max(number) from registry.revision where revision.kind = proposed.kind and revision.id = proposed.id), 0))
            """,
            new
            {
                kinds = request.Proposal.Documents.Select(one => Json.Word(one.Document.Kind)).ToArray(),
                ids = request.Proposal.Documents.Select(one => one.Document.Id).ToArray(),
                bases = request.Proposal.Documents.Select(one => one.Base).ToArray(),
            },
            transaction
        );

    private static async Task StepAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        LedgerTransaction append,
        long change,
        ChangeAct act,
        Attribution by,
        string? note,
        object body
    )
    {
        var step = Json.Word(act);
        var entry = await append.EntryAsync("change-" + step, by, body);
        await connection.ExecuteAsync(
            """
            insert into registry.change_step (change, number, step, at, staff, role, department, note, entry)
            values (@change, 1 + (select count(*) from registry.change_step where change = @change), @step, @at, @Staff, @Role, @Department, @note, @entry)
            """,
            new
            {
                change,
                step,
                at = append.At.UtcDateTime,
                by.Staff,
                by.Role,
                by.Department,
                note,
                entry,
            },
            transaction
        );
    }

    /// <summary>
    /// What the ledger says of an act. What staff wrote may have to be forgotten one day, and a draft may name what nobody may name: both
    /// enter
    /// as one hash with a salt that stands beside the request.
    /// </summary>
    private static object Entry(long change, Proposal proposal, byte[] salt, Attribution? author) =>
        new
        {
            change,
            author,
            documents = proposal
                .Documents.Take(MaxNamed)
                .Select(one => new
                {
                    document = Json.Word(one.Document.Kind),
                    one.Document.Id,
                    one.Base,
                })
                .ToArray(),
            documentCount = proposal.Documents.Length,
            proposalHash = Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(JsonRow.Body(proposal))])),
        };

    /// <summary>An act names so many documents; the hash holds them all, and an approval is followed by an entry for each.</summary>
    private const int MaxNamed = 200;

    private sealed record Stored(Source? Source, ImmutableArray<ProposedDocument> Documents)
    {
        public static string Of(Proposal proposal) => JsonRow.Body(new Stored(proposal.Source, proposal.Documents));
    }

    private sealed record RequestRow(
        long Id,
        int Version,
        string State,
        string Author,
        string AuthorRole,
        string? AuthorDepartment,
        DateTime DraftedAt,
        DateTime? SubmittedAt,
        DateTime? DecidedAt,
        string Reason,
        string Body
    )
    {
        public ChangeRequest Request(ImmutableArray<ChangeStep> steps)
        {
            var stored = JsonRow.Value<Stored>(Body);
            var state = Word<ChangeState>(State);
            return new ChangeRequest(
                Id,
                Version,
                state,
                new Attribution(AuthorRole, AuthorDepartment, Author),
                new DateTimeOffset(DraftedAt),
                SubmittedAt is { } submitted ? new DateTimeOffset(submitted) : null,
                state is ChangeState.Approved or ChangeState.Rejected
                    ? steps.Last(step => step.Act is ChangeAct.Approved or ChangeAct.Rejected).By
                    : null,
                DecidedAt is { } decided ? new DateTimeOffset(decided) : null,
                new Proposal(Reason, stored.Source, stored.Documents),
                steps
            );
        }
    }

    private sealed record StepRow(
        long Change,
        string StepWord,
        DateTime At,
        string Staff,
        string Role,
        string? Department,
        string? Note,
        long Entry
    )
    {
        public ChangeStep Step() =>
            new(Word<ChangeAct>(StepWord), new DateTimeOffset(At), new Attribution(Role, Department, Staff), Note, Entry);
    }

    private static T Word<T>(string word)
        where T : struct, Enum =>
        Json.TryWord<T>(word, out var value)
            ? value
            : throw new InvalidOperationException($"'{word}' is no {typeof(T).Name} that this version knows.");
}
