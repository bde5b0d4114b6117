namespace SurveillanceRegistry.Benchmarks;

/// <summary>Prints and computes figures.</summary>
internal static class Figures
{
    /// <summary>Prints a figure and its share of the limit.</summary>
    public static void Print(string what, string figure, double value, double limit) =>
        Console.WriteLine($"{what.PadRight(64)} {figure.PadRight(34)} {value / limit:0.00} of the limit");

    /// <summary>Returns the value below which so many percent of the values lie.</summary>
    public static double Percentile(IReadOnlyList<double> sorted, double percent) =>
        sorted[(int)Math.Ceiling(percent / 100 * sorted.Count) - 1];
}
