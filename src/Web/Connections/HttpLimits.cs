namespace SurveillanceRegistry.Web.Connections;

/// <summary>
/// What one network and all strangers together may hold open over HTTP. Everything beyond is answered with 503 and Retry-After. The
/// property names are the names of the <c>REGISTRY_HTTP_LIMITS__…</c> settings.
/// </summary>
public sealed record HttpLimits
{
    /// <summary>Open connections in all.</summary>
    public int Connections { get; init; } = 8_192;

    /// <summary>Open connections of one network.</summary>
    public int ConnectionsPerAddress { get; init; } = 1_024;

    /// <summary>Open event streams in all.</summary>
    public int Streams { get; init; } = 4_096;

    /// <summary>Open event streams of one network: a city's screens behind one router.</summary>
    public int StreamsPerAddress { get; init; } = 512;

    /// <summary>Requests a second of one network in the long run.</summary>
    public int RequestsPerSecondAndAddress { get; init; } = 200;

    /// <summary>
    /// How many requests one network may send at once: a city's screens after an outage, an auditor who copies the ledger.
    /// </summary>
    public int RequestBurstPerAddress { get; init; } = 4_000;

    /// <summary>
    /// These limits for a process that may open only so many HTTP connections. One network gets at most half of them, and event streams get
    /// at most half, so that a notice is always answered to a screen that asks for it.
    /// </summary>
    public HttpLimits Within(int connections)
    {
        var all = Math.Min(Connections, connections);
        var streams = Math.Min(Streams, all / 2);
        return this with
        {
            Connections = all,
            ConnectionsPerAddress = Math.Min(ConnectionsPerAddress, all / 2),
            Streams = streams,
            StreamsPerAddress = Math.Min(StreamsPerAddress, streams / 2),
        };
    }
}
