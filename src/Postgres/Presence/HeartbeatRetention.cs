namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>For how many whole days single heartbeats are stored. The states of each device, derived from them, stay.</summary>
public sealed record HeartbeatRetention(int Days)
{
    /// <summary>Long enough to answer a question about last month.</summary>
    public const int DefaultDays = 31;
}
