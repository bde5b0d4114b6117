using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>A row of the table whose status changed at the beginning of a day.</summary>
/// <param name="Before">Its status on the day before.</param>
/// <param name="Now">Its status on the day.</param>
/// <param name="Version">The version for the day; null when there is none.</param>
public sealed record EffectiveTransition(string Technology, string Instrument, int? Version, RuleStatus Before, RuleStatus Now);

/// <summary>A transition as it was recorded.</summary>
/// <param name="Entry">Number of the ledger entry.</param>
/// <param name="At">When it was recorded: at the beginning of the day, or when the registry started after it.</param>
/// <param name="Day">The day in the city.</param>
public sealed record RecordedTransition(long Entry, DateTimeOffset At, DateOnly Day, EffectiveTransition Switch);
