namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>A step of the machine's clock: the time that it would show without the step, and the time that it shows.</summary>
public sealed record ClockStep(DateTimeOffset From, DateTimeOffset To);
