namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>
/// How far a stated fact can be trusted: read in the named source; told by somebody else ("reported"); unsure (never on a sign).
/// </summary>
public enum Confidence
{
    Sourced,
    Secondary,
    Unsure,
}

/// <summary>Where a fact was read.</summary>
/// <param name="Title">The source in words.</param>
/// <param name="Url">Its address, or null when it has none.</param>
/// <param name="ReadOn">The day on which somebody read it.</param>
/// <param name="Confidence">How far it can be trusted.</param>
public sealed record Source(string Title, string? Url, DateOnly ReadOn, Confidence Confidence);
