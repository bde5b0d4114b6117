namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// What one client, one address and all clients together may ask of the broker. Every refusal for a limit is counted. The property names
/// are the names of the <c>REGISTRY_MQTT_LIMITS__…</c> settings.
/// </summary>
public sealed record Limits
{
    /// <summary>Open connections in all.</summary>
    public int Connections { get; init; } = 50_000;

    /// <summary>Connections of one address that have not signed in.</summary>
    public int WaitingPerAddress { get; init; } = 512;

    /// <summary>How many connections one address may open at once: a city's gateways behind one router, after a power cut.</summary>
    public int ConnectionBurstPerAddress { get; init; } = 2_000;

    /// <summary>How many connections a second one address may open in the long run.</summary>
    public int ConnectionsPerSecondAndAddress { get; init; } = 200;

    /// <summary>How many sign-ins are decided at the same time; the others wait.</summary>
    public int JudgedAtOnce { get; init; } = 64;

    /// <summary>
    /// How many sign-ins of one address may fail within a minute. Further wrong ones are answered as too many and not logged; a right
    /// credential is let in all the same.
    /// </summary>
    public int FailuresPerAddressAndMinute { get; init; } = 60;

    /// <summary>
    /// How often a session may be taken over within a minute. Two devices with the same id would otherwise take over from each other
    /// forever.
    /// </summary>
    public int TakeoversPerMinute { get; init; } = 10;

    /// <summary>How many heartbeats one device may publish at once: a little more than a day of them.</summary>
    public int BurstPerDevice { get; init; } = 10_000;

    /// <summary>How many heartbeats a second one device may publish in the long run: a hundred times the usual rate.</summary>
    public int PerSecondAndDevice { get; init; } = 10;

    /// <summary>
    /// The longest keep-alive in seconds. A client that asks for none, or for a longer one, gets this (MQTT 5.0 section 3.2.2.3.14).
    /// </summary>
    public int KeepAliveSeconds { get; init; } = 600;

    /// <summary>How many publishes of one connection may wait for their acknowledgement (MQTT 5.0 section 3.2.2.3.3).</summary>
    public int InFlight { get; init; } = 256;
}
