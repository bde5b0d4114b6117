using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>
/// One event in the history of the governance, as the public may know it: documents were recorded together, or a rule took effect or ended
/// at the beginning of a day.
/// </summary>
/// <param name="Entry">Number of its first ledger entry; no two acts share one.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Revisions">What was recorded; empty for a rule that took effect or ended.</param>
/// <param name="Change">The approved change request; null for what the registry was opened with, and for a rule that took effect or
/// ended.</param>
/// <param name="Switch">The rule that took effect or ended; null when documents were recorded.</param>
public sealed record PublicAct(
    long Entry,
    DateTimeOffset At,
    ImmutableArray<PolicyRevision> Revisions,
    PublicChange? Change,
    RecordedTransition? Switch
);
