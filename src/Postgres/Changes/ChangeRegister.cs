using System.Collections.Immutable;
using System.Security.Cryptography;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Outbox;
using SurveillanceRegistry.Postgres.Policies;

namespace SurveillanceRegistry.Postgres.Changes;

/// <summary>The register of change requests, in tables.</summary>
public sealed class ChangeRegister(NpgsqlDataSource database) : IChangeRegister
{
    private const int SaltBytes = 16;

    /// <summary>The conditions of migration 0041 on the people of a change. Their messages are sentences for these people.</summary>
    private static readonly HashSet<string?> PeopleConstraints =
    [
        "an_author_is_active_staff_with_the_role_editor",
        "a_decider_is_active_staff_with_the_role_approver",
        "an_act_is_of_active_staff_with_its_role",
    ];

    private const string Columns = """
        id, version, state, author, author_role as AuthorRole, author_department as AuthorDepartment,
        author_program as AuthorProgram, drafted_at as DraftedAt, submitted_at as SubmittedAt,
        decided_at as DecidedAt, reason, body::text as Body
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
        var ledger = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var id = await ledger.ScalarAsync<long>(
            """
            insert into registry.change_request
                (state, author, author_role, author_department, author_program, drafted_at, reason, body, salt)
            values ('draft', @Staff, @Role, @Department, @IsProgram, @at, @Reason, @body::jsonb, @salt)
            returning id
            """,
            new
            {
                author.Staff,
                author.Role,
                author.Department,
                author.IsProgram,
                at = ledger.At.UtcDateTime,
                proposal.Reason,
                body = ProposalBody.Write(proposal),
                salt,
            }
        );
        var entryBody = ChangeEntry.ForProposal(id, proposal, salt, author: null, note: null);
        await RecordStepAsync(ledger, id, ChangeAct.Drafted, author, null, entryBody);
        await transaction.CommitDurablyAsync();
        return (await FindAsync(id, cancellationToken))!;
    }

    public async Task<Outcome<ChangeRequest>?> ActAsync(
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
        try
        {
            if (!await RecordActAsync(before, after, act, by, note, at, cancellationToken))
                return null;
            return (await FindAsync(before.Id, cancellationToken))!;
        }
        catch (PostgresException refused) when (PeopleConstraints.Contains(refused.ConstraintName))
        {
            return new Refusal(RefusalCodes.NotEntitled, refused.MessageText);
        }
    }

    /// <summary>Records an act in one transaction. Returns false, with nothing recorded, when the request has changed meanwhile.</summary>
    private async Task<bool> RecordActAsync(
        ChangeRequest before,
        ChangeRequest after,
        ChangeAct act,
        Attribution by,
        string? note,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ledger = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        if (await UpdateAsync(ledger, before, after) is not { } salt)
            return false;
        var isApproval = act == ChangeAct.Approved;
        if (isApproval && await DocumentRecorder.IsStaleAsync(ledger, after.Proposal.Documents))
            return false;
        var entryBody =
            act == ChangeAct.HandedOver
                ? ChangeEntry.ForHandOver(before.Id, after.Author, salt, note)
                : ChangeEntry.ForProposal(before.Id, after.Proposal, salt, isApproval ? before.Author : null, note);
        await RecordStepAsync(ledger, before.Id, act, by, note, entryBody);
        await OutboxRows.AddAsync(ledger, before, after, act, by);
        if (isApproval)
        {
            var documents = after.Proposal.Documents.Select(proposed => proposed.Document);
            await DocumentRecorder.RecordAsync(ledger, by, [.. documents], before.Id);
        }

        await transaction.CommitDurablyAsync();
        return true;
    }

    public async Task<ChangeRequest?> FindAsync(long id, CancellationToken cancellationToken) =>
        (await QueryAsync($"select {Columns} from registry.change_request where id = @id", new { id }, cancellationToken)).FirstOrDefault();

    public Task<ImmutableArray<ChangeRequest>> ListAsync(ChangeState? state, long? before, int most, CancellationToken cancellationToken) =>
        QueryAsync(
            $"""
            select {Columns} from registry.change_request
            where (@stateText::text is null or state = @stateText) and (@before::bigint is null or id < @before)
            order by id desc
            limit @most
            """,
            new
            {
                stateText = state is { } given ? Json.Word(given) : null,
                before,
                most,
            },
            cancellationToken
        );

    public Task<ImmutableArray<ChangeRequest>> ListOpenByAuthorAsync(string author, CancellationToken cancellationToken) =>
        QueryAsync(
            $"""
            select {Columns} from registry.change_request
            where author = @author and state in ('draft', 'submitted') order by id desc limit 200
            """,
            new { author },
            cancellationToken
        );

    private async Task<ImmutableArray<ChangeRequest>> QueryAsync(string sql, object values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = (
            await connection.QueryAsync<RequestRow>(new CommandDefinition(sql, values, cancellationToken: cancellationToken))
        ).ToArray();
        var steps = await connection.QueryAsync<StepRow>(
            new CommandDefinition(
                """
                select change, step as StepWord, at, staff, role, department, program, note, entry
                from registry.change_step
                where change = any(@ids)
                order by change, number
                """,
                new { ids = rows.Select(row => row.Id).ToArray() },
                cancellationToken: cancellationToken
            )
        );
        var stepsOf = steps.ToLookup(step => step.Change, step => step.Step());
        return [.. rows.Select(row => row.Request([.. stepsOf[row.Id]]))];
    }

    /// <summary>
    /// Updates a request. Returns its salt; null when its version is not the one before. An act that leaves the state as it is, such as a
    /// hand-over, changes neither when the request was submitted nor when it was decided.
    /// </summary>
    private static Task<byte[]?> UpdateAsync(LedgerTransaction ledger, ChangeRequest before, ChangeRequest after) =>
        ledger.ScalarAsync<byte[]?>(
            """
            update registry.change_request
            set version = @after,
                state = @state,
                author = @author,
                author_role = @authorRole,
                author_department = @authorDepartment,
                author_program = @authorProgram,
                submitted_at = case
                    when @state = state then submitted_at
                    when @state = 'draft' then null
                    when @state = 'submitted' then @at
                    else submitted_at
                end,
                decider = @decider,
                decided_at = case when @decider is null then null when @state = state then decided_at else @at end,
                reason = @Reason,
                body = @body::jsonb
            where id = @Id and version = @version
            returning salt
            """,
            new
            {
                before.Id,
                version = before.Version,
                after = after.Version,
                state = Json.Word(after.State),
                author = after.Author.Staff,
                authorRole = after.Author.Role,
                authorDepartment = after.Author.Department,
                authorProgram = after.Author.IsProgram,
                at = ledger.At.UtcDateTime,
                decider = after.Decider?.Staff,
                after.Proposal.Reason,
                body = ProposalBody.Write(after.Proposal),
            }
        );

    private static async Task RecordStepAsync(
        LedgerTransaction ledger,
        long change,
        ChangeAct act,
        Attribution by,
        string? note,
        object entryBody
    )
    {
        var entry = await ledger.AppendAsync(LedgerKinds.ForChange(act), by, entryBody);
        await ledger.ExecuteAsync(
            """
            insert into registry.change_step (change, number, step, at, staff, role, department, program, note, entry)
            values (
                @change, 1 + (select count(*) from registry.change_step where change = @change),
                @step, @at, @Staff, @Role, @Department, @IsProgram, @note, @entry
            )
            """,
            new
            {
                change,
                step = Json.Word(act),
                at = ledger.At.UtcDateTime,
                by.Staff,
                by.Role,
                by.Department,
                by.IsProgram,
                note,
                entry,
            }
        );
    }
}
