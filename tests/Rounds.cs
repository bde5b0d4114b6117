namespace SurveillanceRegistry.Tests;

/// <summary>How many random cases a property looks at. The whole suite looks at the stated number.</summary>
internal static class Rounds
{
    private const int FewestCases = 20;

    private static readonly bool IsFast = Environment.GetEnvironmentVariable("REGISTRY_FAST") is "1";
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1";

    /// <summary>A fiftieth of <paramref name="usual"/>, but at least 20, with --fast, and twenty times as many with --long.</summary>
    public static int Of(int usual) =>
        IsFast ? Math.Max(Math.Min(usual, FewestCases), usual / 50)
        : IsLong ? usual * 20
        : usual;
}
