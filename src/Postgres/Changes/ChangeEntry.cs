using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Replay;

namespace SurveillanceRegistry.Postgres.Changes;

/// <summary>
/// The body of the ledger entry of an act on a change request. The staff's own text is in it only as a salted hash: it may have to be
/// erased one day, and a draft may contain personal data. The salt is in the request's row.
/// </summary>
internal static class ChangeEntry
{
    /// <summary>
    /// The most documents that an entry names. The hash covers all of them, and after an approval each document has an entry of its own.
    /// </summary>
    private const int MaxNamed = 200;

    /// <summary>The body for a proposal.</summary>
    /// <param name="author">The author of an approved request; null for other acts.</param>
    public static object ForProposal(long change, Proposal proposal, byte[] salt, Attribution? author, string? note) =>
        new
        {
            change,
            author,
            documents = proposal
                .Documents.Take(MaxNamed)
                .Select(proposed => new
                {
                    document = Json.Word(proposed.Document.Kind),
                    proposed.Document.Id,
                    proposed.Base,
                })
                .ToArray(),
            documentCount = proposal.Documents.Length,
            proposalHash = ProposalHash.Compute(proposal, salt),
            noteHash = HashOf(note, salt),
        };

    /// <summary>The body for a request that is handed over.</summary>
    /// <param name="to">The new author.</param>
    public static object ForHandOver(long change, Attribution to, byte[] salt, string? note) =>
        new
        {
            change,
            to,
            noteHash = HashOf(note, salt),
        };

    private static string? HashOf(string? note, byte[] salt) => note is null ? null : ProposalHash.ComputeNote(note, salt);
}
