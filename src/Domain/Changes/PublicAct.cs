using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>
/// One thing that happened to the governance, as everybody may know it: documents were recorded together, or a rule took effect or ended
/// with the beginning of a day.
/// </summary>
/// <param name="Entry">Number of the first entry of the ledger that holds it; no two acts share one.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Revisions">What was recorded; empty when a rule switched.</param>
/// <param name="Change">The change request that was approved; null for what the registry was opened with, and for a switch.</param>
/// <param name="Switch">What switched; null when documents were recorded.</param>
public sealed record PublicAct(
    long Entry,
    DateTimeOffset At,
    ImmutableArray<PolicyRevision> Revisions,
    PublicChange? Change,
    RecordedTransition? Switch
);
