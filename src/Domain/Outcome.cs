using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain;

/// <summary>A "no" of the rules: what, where and what to do instead.</summary>
/// <param name="Code">Stable word for programs, e.g. <c>own-request</c>.</param>
/// <param name="Sentence">What is wrong and what to do, for people.</param>
/// <param name="Where">Which part of what was handed in, e.g. <c>instrument spd-manual-16.170 / versions 2 / effective</c>; null for the
/// whole.</param>
public sealed record Refusal(string Code, string Sentence, string? Where = null);

/// <summary>What came of an act: a value, or every reason why not.</summary>
public sealed record Outcome<T>(T? Value, ImmutableArray<Refusal> Refusals)
    where T : class
{
    /// <summary>Whether it was done.</summary>
    public bool IsDone => Refusals.IsEmpty;

    public static implicit operator Outcome<T>(T value) => new(value, []);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, [refusal]);

    public static implicit operator Outcome<T>(ImmutableArray<Refusal> refusals) => new(null, refusals);
}
