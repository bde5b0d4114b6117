using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>A document as it was recorded. The registry knew this version of it until the next revision was recorded.</summary>
/// <param name="Number">1, 2, … for each document.</param>
/// <param name="Position">Its position among the documents of its kind, from 0.</param>
/// <param name="RecordedAt">When it was recorded. Later revisions of any document were recorded later, or in the same act.</param>
/// <param name="Entry">Number of the ledger entry with its hash.</param>
/// <param name="Change">Number of the change request that made it; null for what the registry was opened with.</param>
public sealed record PolicyRevision(PolicyDocument Document, int Number, int Position, DateTimeOffset RecordedAt, long Entry, long? Change);
