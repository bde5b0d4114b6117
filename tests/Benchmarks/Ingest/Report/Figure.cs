namespace SurveillanceRegistry.Benchmarks.Ingest.Report;

/// <summary>One figure of the registry beside its peer or its goal.</summary>
/// <param name="Peer">The same load on another system, in the same run.</param>
/// <param name="Latency">From due to acknowledged, or as the figure says.</param>
/// <param name="IsReached">Whether the goal was reached; null if there is no goal, or if the scale is too small to judge.</param>
internal sealed record Figure(
    string Load,
    string Registry,
    string Peer,
    string Latency,
    string Cores,
    string Duration,
    string Goal,
    bool? IsReached
);
