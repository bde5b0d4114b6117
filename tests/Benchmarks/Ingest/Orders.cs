using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>What the generator is told, one line of JSON each. Which members count depends on <paramref name="Do"/>.</summary>
/// <param name="Do"><c>open</c>, <c>full</c>, <c>paced</c>, <c>spoken</c> or <c>close</c>.</param>
/// <param name="Swarm">The connections that are meant.</param>
/// <param name="First">The number of the first device.</param>
/// <param name="Devices">How many devices speak: as many as there are connections, or more, which then are gateways.</param>
/// <param name="Window">How many publishes each connection has in flight at most.</param>
/// <param name="SettleSeconds">How long the load runs before its figures count.</param>
/// <param name="Messages">How many messages to publish, instead of for so many seconds; 0: no such bound.</param>
/// <param name="PerSecond">How many beats a second fall due, of all devices together.</param>
internal sealed record Order(
    string Do,
    string Swarm,
    int Port = 0,
    int First = 0,
    int Devices = 0,
    int Connections = 0,
    int Window = 1,
    double SettleSeconds = 0,
    double Seconds = 0,
    long Messages = 0,
    double PerSecond = 0
);

/// <summary>What the generator answers.</summary>
/// <param name="Event"><c>begun</c> when figures begin to count, <c>ended</c> with the figures, <c>failed</c> with a problem.</param>
/// <param name="Acknowledged">PUBACKs of success while figures counted.</param>
/// <param name="AllAcknowledged">PUBACKs of success since the connections were opened.</param>
/// <param name="Refused">PUBACKs that were none.</param>
/// <param name="Unanswered">Publishes that had no answer when the load was over and ten seconds had passed.</param>
/// <param name="Ended">Connections that ended by themselves.</param>
/// <param name="P50">From the moment a message was due to its PUBACK, in milliseconds.</param>
/// <param name="LagMilliseconds">How far the generator itself was behind its own pace at worst.</param>
/// <param name="SpokeAt">For each device when its last beat was sent, in microseconds since 1970.</param>
internal sealed record Outcome(
    string Event,
    string? Problem = null,
    long Epoch = 0,
    int Connected = 0,
    int Window = 0,
    double Seconds = 0,
    long Acknowledged = 0,
    long AllAcknowledged = 0,
    long Refused = 0,
    long Unanswered = 0,
    int Ended = 0,
    double P50 = 0,
    double P99 = 0,
    double P999 = 0,
    double Max = 0,
    double LagMilliseconds = 0,
    long[]? SpokeAt = null
)
{
    [JsonIgnore]
    public double PerSecond => Acknowledged / Seconds;
}
