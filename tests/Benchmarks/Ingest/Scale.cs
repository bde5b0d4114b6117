using System.Globalization;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>How large and how long the measurements are. Only the full scale says anything; the small one proves that they run.</summary>
/// <param name="WarmSeconds">Before the first figure of each system: a cold .NET process runs at two thirds.</param>
/// <param name="TimedSeconds">Of each of <paramref name="Runs"/> runs.</param>
internal sealed record Scale(
    bool IsFull,
    int Runs,
    double WarmSeconds,
    double SettleSeconds,
    double TimedSeconds,
    int Connections,
    int PeerConnections,
    long PeerMessages,
    int Fleet,
    double FleetMinutes,
    int Few,
    int Many,
    double Beats,
    int Gateways,
    int Silent,
    int Changes,
    double BeatsBehind
)
{
    public static Scale Read(string[] arguments)
    {
        var scale = arguments.Contains("--small")
            ? new Scale(false, 3, 1, 0.2, 1, 20, 10, 500, 50, 0.25, 100, 1_000, 200, 2, 12, 10, 100)
            : new Scale(true, 3, 30, 2, 10, 1_000, 100, 30_000, 15_000, 4, 1_000, 1_000_000, 20_000, 4, 200, 300, 10_000);
        if (arguments.Contains("--long"))
            scale = scale with { FleetMinutes = 20 };
        if (Array.IndexOf(arguments, "--minutes") is var at and >= 0)
            scale = scale with { FleetMinutes = double.Parse(arguments[at + 1], CultureInfo.InvariantCulture) };
        return scale;
    }
}
