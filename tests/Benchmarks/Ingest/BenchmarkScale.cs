using System.Globalization;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>The sizes and durations of the measurements. The small scale only proves that the measurements run.</summary>
/// <param name="WarmSeconds">Load before the first figure of each system: a cold .NET process runs at two thirds of its speed.</param>
/// <param name="SettleSeconds">Load before each measured run.</param>
/// <param name="TimedSeconds">The measured time of each of <paramref name="Runs"/> runs.</param>
/// <param name="PeerConnections">Connections of the measurement against a consumer in Node.</param>
/// <param name="PeerMessages">Messages of one run of that consumer.</param>
/// <param name="FewDevices">Devices of the smaller of two registries.</param>
/// <param name="ManyDevices">Devices of the larger of two registries.</param>
/// <param name="HeartbeatsPerSecond">The rate at which both registries are compared.</param>
/// <param name="SilentDevices">Devices that stop publishing.</param>
/// <param name="Changes">Measured changes of a device's capture.</param>
/// <param name="BackgroundPerSecond">Heartbeats a second of other devices meanwhile.</param>
internal sealed record BenchmarkScale(
    bool IsFull,
    int Runs,
    double WarmSeconds,
    double SettleSeconds,
    double TimedSeconds,
    int Connections,
    int PeerConnections,
    long PeerMessages,
    int FleetDevices,
    double FleetMinutes,
    int FewDevices,
    int ManyDevices,
    double HeartbeatsPerSecond,
    int Gateways,
    int SilentDevices,
    int Changes,
    double BackgroundPerSecond
)
{
    private static BenchmarkScale Full { get; } =
        new(
            IsFull: true,
            Runs: 3,
            WarmSeconds: 30,
            SettleSeconds: 2,
            TimedSeconds: 10,
            Connections: 1_000,
            PeerConnections: 100,
            PeerMessages: 30_000,
            FleetDevices: 15_000,
            FleetMinutes: 4,
            FewDevices: 1_000,
            ManyDevices: 1_000_000,
            HeartbeatsPerSecond: 20_000,
            Gateways: 4,
            SilentDevices: 200,
            Changes: 300,
            BackgroundPerSecond: 10_000
        );

    private static BenchmarkScale Small { get; } =
        new(
            IsFull: false,
            Runs: 3,
            WarmSeconds: 1,
            SettleSeconds: 0.2,
            TimedSeconds: 1,
            Connections: 20,
            PeerConnections: 10,
            PeerMessages: 500,
            FleetDevices: 50,
            FleetMinutes: 0.25,
            FewDevices: 100,
            ManyDevices: 1_000,
            HeartbeatsPerSecond: 200,
            Gateways: 2,
            SilentDevices: 12,
            Changes: 10,
            BackgroundPerSecond: 100
        );

    /// <summary>Reads <c>--small</c>, <c>--long</c> and <c>--minutes N</c>.</summary>
    public static BenchmarkScale Parse(string[] arguments)
    {
        var scale = arguments.Contains("--small") ? Small : Full;
        if (arguments.Contains("--long"))
            scale = scale with { FleetMinutes = 20 };
        if (Array.IndexOf(arguments, "--minutes") is var index and >= 0)
            scale = scale with { FleetMinutes = double.Parse(arguments[index + 1], CultureInfo.InvariantCulture) };
        return scale;
    }
}
