using CsCheck;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>Generators that choose.</summary>
internal static class Choices
{
    /// <summary>One of the given values.</summary>
    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    /// <summary>A value or null.</summary>
    public static Gen<T?> Maybe<T>(Gen<T> generator) => Gen.Select(Gen.Bool, generator, (isGiven, value) => isGiven ? value : default(T?));
}
