namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>The result of comparing the history of devices with its digests in the ledger.</summary>
/// <param name="Until">Up to when the history is sealed; null when no day is sealed yet.</param>
/// <param name="Fault">The first fault, in a sentence; null when everything that was sealed is unchanged.</param>
public sealed record HistoryFinding(DateTimeOffset? Until, string? Fault);
