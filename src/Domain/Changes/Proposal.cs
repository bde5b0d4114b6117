using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>A document as the author of a change request wants it to be.</summary>
/// <param name="Base">The revision that it was made from; 0 for a document that does not exist yet.</param>
public sealed record ProposedDocument(PolicyDocument Document, int Base);

/// <summary>What a change request proposes, and why.</summary>
/// <param name="Reason">The reason for readers of the history; 1 to <see cref="MaxReasonLength"/> characters when it is submitted.</param>
/// <param name="Source">The basis of the change: the order, the ordinance, the page that was read.</param>
/// <param name="Documents">Every document that must change together, each once.</param>
public sealed record Proposal(string Reason, Source? Source, ImmutableArray<ProposedDocument> Documents)
{
    /// <summary>The most characters of a reason or a note.</summary>
    public const int MaxReasonLength = 2000;
}
