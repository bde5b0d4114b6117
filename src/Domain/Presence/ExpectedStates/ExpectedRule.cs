namespace SurveillanceRegistry.Domain.Presence.ExpectedStates;

/// <summary>A version of an instrument that an expected state follows from.</summary>
/// <param name="Instrument">Id of the instrument.</param>
/// <param name="Version">Number of its version.</param>
public sealed record ExpectedRule(string Instrument, int Version);
