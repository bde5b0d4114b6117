using System.Collections.Immutable;
using System.Text.Json;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Policies;

/// <summary>
/// The change requests: state, persons and times follow from their acts, reason and documents from the salted hash in the last entry.
/// </summary>
internal sealed class ChangeRequestTable()
    : ReplayedTable(
        "change_request",
        ["id"],
        [
            "version",
            "state",
            "author",
            "author_role",
            "author_department",
            "author_program",
            "drafted_at",
            "submitted_at",
            "decider",
            "decided_at",
            ProposalColumn,
        ]
    )
{
    /// <summary>The entries have one hash of the reason, the documents and the salt.</summary>
    private const string ProposalColumn = "reason, body, salt";

    private const int Version = 0,
        State = 1,
        Author = 2,
        AuthorRole = 3,
        AuthorDepartment = 4,
        AuthorProgram = 5,
        SubmittedAt = 7,
        Decider = 8,
        DecidedAt = 9,
        Hash = 10;

    private readonly Dictionary<string, int> _versions = new(StringComparer.Ordinal);

    public override ImmutableArray<string> Kinds => LedgerKinds.ChangeActs;

    public override void Apply(in ReplayedEntry entry)
    {
        var id = LedgerEntry.FormatNumber(entry.RequiredNumber("change"));
        var act = LedgerKinds.ActOnChange(entry.Kind);
        if (act == ChangeAct.Drafted)
        {
            _versions[id] = 1;
            Expect(id, entry.Index, NewRow(entry));
            return;
        }

        var row = Find(id) ?? throw new KeyNotFoundException($"Change request {id} was not drafted.");
        row[Version] = Held.Number(++_versions[id]);
        switch (act)
        {
            case ChangeAct.Revised:
                row[State] = Word(ChangeState.Draft);
                row[SubmittedAt] = Held.Text(null);
                break;
            case ChangeAct.Submitted:
                row[State] = Word(ChangeState.Submitted);
                row[SubmittedAt] = Held.Text(entry.At);
                break;
            case ChangeAct.Approved:
                Decide(row, ChangeState.Approved, entry);
                break;
            case ChangeAct.Rejected:
                Decide(row, ChangeState.Rejected, entry);
                break;
            case ChangeAct.Withdrawn:
                row[State] = Word(ChangeState.Withdrawn);
                break;
            case ChangeAct.Reopened:
                row[State] = Word(ChangeState.Draft);
                row[SubmittedAt] = row[Decider] = row[DecidedAt] = Held.Text(null);
                break;
            case ChangeAct.HandedOver:
                HandOver(row, entry.Body.GetProperty("to").Deserialize<Attribution>(Json.Options)!);
                break;
            case ChangeAct.Drafted:
            default:
                throw new ArgumentOutOfRangeException(nameof(entry), act, null);
        }

        if (entry.Text("proposalHash") is { } hash)
            row[Hash] = Held.Text(hash);
    }

    // Stored: the columns up to decided_at, then reason, body and salt.
    protected override string?[] Read(string?[] stored)
    {
        var row = stored[..12];
        row[11] = HashOf(stored[11]!, stored[12]!, stored[13]!);
        return row;
    }

    /// <summary>Computes the hash that the entries have of a proposal.</summary>
    /// <param name="body">The JSON of its source and documents, in any layout.</param>
    /// <param name="salt">In hexadecimal.</param>
    private static string HashOf(string reason, string body, string salt)
    {
        var (source, documents) =
            JsonSerializer.Deserialize<ProposalBody>(body, Json.Options) ?? throw new JsonException("A proposal is null.");
        return ProposalHash.Compute(new Proposal(reason, source, documents), Convert.FromHexString(salt));
    }

    private static Held[] NewRow(in ReplayedEntry entry) =>
        [
            Held.Number(1),
            Word(ChangeState.Draft),
            Held.Text(entry.Staff),
            Held.Text(entry.Role),
            Held.Text(entry.Department),
            entry.IsProgram,
            Held.Text(entry.At),
            Held.Text(null),
            Held.Text(null),
            Held.Text(null),
            Held.Text(entry.RequiredText("proposalHash")),
        ];

    private static void HandOver(Held[] row, Attribution author)
    {
        row[Author] = Held.Text(author.Staff);
        row[AuthorRole] = Held.Text(author.Role);
        row[AuthorDepartment] = Held.Text(author.Department);
        row[AuthorProgram] = Held.Text(author.IsProgram ? "true" : "false");
    }

    private static void Decide(Held[] row, ChangeState state, in ReplayedEntry entry)
    {
        row[State] = Word(state);
        row[Decider] = Held.Text(entry.Staff);
        row[DecidedAt] = Held.Text(entry.At);
    }

    private static Held Word(ChangeState state) => Held.Text(Json.Word(state));

    private sealed record ProposalBody(Source? Source, ImmutableArray<ProposedDocument> Documents);
}
