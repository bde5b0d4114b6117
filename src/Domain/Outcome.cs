using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain;

/// <summary>The refusal of an act by a rule: what is wrong, where, and what to do instead.</summary>
/// <param name="Code">Code for programs, one of <see cref="RefusalCodes"/>.</param>
/// <param name="Sentence">What is wrong and what to do, for people.</param>
/// <param name="Where">The part of the input, e.g. <c>instrument spd-manual-16.170 / versions 2 / effective</c>; null for the
/// whole.</param>
public sealed record Refusal(string Code, string Sentence, string? Where = null);

/// <summary>The result of an act: a value, or every refusal.</summary>
public sealed record Outcome<T>(T? Value, ImmutableArray<Refusal> Refusals)
    where T : class
{
    /// <summary>Whether the act was done.</summary>
    public bool IsDone => Refusals.IsEmpty;

    public static implicit operator Outcome<T>(T value) => new(value, []);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, [refusal]);

    public static implicit operator Outcome<T>(ImmutableArray<Refusal> refusals) => new(null, refusals);
}
