using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Benchmarks.Ingest.Load;

/// <summary>An order to the load generator, one line of JSON. Which members are used depends on <paramref name="Kind"/>.</summary>
/// <param name="Kind"><c>open</c>, <c>full</c>, <c>paced</c>, <c>published</c> or <c>close</c>.</param>
/// <param name="Clients">The name of the group of connections.</param>
/// <param name="First">The number of the first device.</param>
/// <param name="Devices">How many devices publish. If there are more devices than connections, each connection is a gateway.</param>
/// <param name="Window">Each connection has at most this many publishes in flight.</param>
/// <param name="SettleSeconds">How long the load runs before it is measured.</param>
/// <param name="Messages">The number of messages to publish instead of a time; 0 for none.</param>
/// <param name="PerSecond">How many heartbeats of all devices are due each second.</param>
internal sealed record LoadOrder(
    string Kind,
    string Clients,
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

/// <summary>An answer of the load generator, one line of JSON.</summary>
/// <param name="Event"><c>begun</c> when the measured time begins, <c>ended</c> with the result, <c>failed</c> with a problem.</param>
/// <param name="Acknowledged">Successful PUBACKs within the measured time.</param>
/// <param name="AllAcknowledged">Successful PUBACKs since the connections were opened.</param>
/// <param name="Refused">PUBACKs with an error code.</param>
/// <param name="Unanswered">Publishes without a PUBACK ten seconds after the end of the load.</param>
/// <param name="Lost">Connections that the broker or the network ended.</param>
/// <param name="P50">Milliseconds from the time at which a message was due to its PUBACK.</param>
/// <param name="LagMilliseconds">How far the generator was behind its own schedule at worst.</param>
/// <param name="PublishedAt">When each device last published, in microseconds since 1970.</param>
internal sealed record LoadResult(
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
    int Lost = 0,
    double P50 = 0,
    double P99 = 0,
    double P999 = 0,
    double Max = 0,
    double LagMilliseconds = 0,
    long[]? PublishedAt = null
)
{
    [JsonIgnore]
    public double PerSecond => Acknowledged / Seconds;
}
