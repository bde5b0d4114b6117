namespace SurveillanceRegistry.Benchmarks;

/// <summary>Prints one figure beside its limit.</summary>
internal static class Figures
{
    public static void Print(string what, string figure, double value, double limit) =>
        Console.WriteLine($"{what, -64} {figure, -34} {value / limit:0.00} of the limit");

    /// <summary>The value below which so many percent lie.</summary>
    public static double Percentile(IReadOnlyList<double> sorted, double percent) =>
        sorted[(int)Math.Ceiling(percent / 100 * sorted.Count) - 1];
}
