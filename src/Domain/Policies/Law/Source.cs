namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>
/// How reliable a stated fact is: checked against the named source; reported by a secondary source; or unsure, and then never on a sign.
/// </summary>
public enum Confidence
{
    Sourced,
    Secondary,
    Unsure,
}

/// <summary>The source of a fact.</summary>
/// <param name="Title">The source in words.</param>
/// <param name="Url">Its address, or null when it has none.</param>
/// <param name="ReadOn">The day on which it was read.</param>
/// <param name="Confidence">How reliable it is.</param>
public sealed record Source(string Title, string? Url, DateOnly ReadOn, Confidence Confidence);
