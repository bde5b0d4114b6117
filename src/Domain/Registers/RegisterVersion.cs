using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Registers;

/// <summary>
/// What a register says of one thing from a time on. A later version replaces every earlier one from its own time on, so that a version
/// with a time in the past corrects what was said of that past.
/// </summary>
/// <param name="Number">From 1, without a gap. A change names the latest.</param>
/// <param name="Since">The valid time: from when it holds.</param>
/// <param name="RecordedAt">The recorded time, never before <paramref name="Since"/>.</param>
/// <param name="Entry">The number of its ledger entry.</param>
public sealed record RegisterVersion<T>(int Number, DateTimeOffset Since, DateTimeOffset RecordedAt, long Entry, T Value);

/// <summary>A version of a register, and who made it and why.</summary>
/// <param name="Reason">Null for the opening, which has none.</param>
public sealed record AttributedVersion<T>(RegisterVersion<T> Version, Attribution By, string? Reason);

/// <summary>A point on both axes of time: what held at one time, as the registry knew it at another.</summary>
public sealed record RegisterPoint(DateTimeOffset AsOf, DateTimeOffset KnownAt);

/// <summary>What is stated of every act on a register.</summary>
/// <param name="At">The time by the clock.</param>
/// <param name="Since">From when it holds; null for the time of the act.</param>
public sealed record RegisterAct(Attribution By, string Reason, DateTimeOffset At, DateTimeOffset? Since = null);
