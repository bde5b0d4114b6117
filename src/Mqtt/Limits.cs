namespace SurveillanceRegistry.Mqtt;

/// <summary>What one client, one address and all of them together may ask of the broker. Every limit is counted when it bites.</summary>
public sealed record Limits
{
    /// <summary>Open connections in all.</summary>
    public int Connections { get; init; } = 50_000;

    /// <summary>Connections of one address that have not signed in yet.</summary>
    public int WaitingPerAddress { get; init; } = 512;

    /// <summary>How many connections one address may open at once: a city's gateways behind one router, after a power cut.</summary>
    public int ConnectionBurstPerAddress { get; init; } = 2_000;

    /// <summary>How many it may open a second for ever.</summary>
    public int ConnectionsPerSecondAndAddress { get; init; } = 200;

    /// <summary>Connections in all that are being judged at the same moment; the others wait for their turn.</summary>
    public int JudgedAtOnce { get; init; } = 64;

    /// <summary>Sign-ins of one address that may fail within a minute, before it has to wait for the minute to end.</summary>
    public int FailuresPerAddressAndMinute { get; init; } = 60;

    /// <summary>
    /// How often a session may be taken over within a minute before the next has to wait: two units with one id would go on for ever.
    /// </summary>
    public int TakeoversPerMinute { get; init; } = 10;

    /// <summary>How many heartbeats one device may publish at once: a day of them, and some.</summary>
    public int BurstPerDevice { get; init; } = 10_000;

    /// <summary>How many it may publish a second for ever: a hundred times the ordinary.</summary>
    public int PerSecondAndDevice { get; init; } = 10;

    /// <summary>The longest keep-alive in seconds. Who asks for none, or for more, gets this (MQTT 5.0 section 3.2.2.3.14).</summary>
    public int KeepAliveSeconds { get; init; } = 600;

    /// <summary>How many publishes of one connection may wait for their acknowledgement (MQTT 5.0 section 3.2.2.3.3).</summary>
    public int InFlight { get; init; } = 256;
}
