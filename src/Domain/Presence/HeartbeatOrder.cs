namespace SurveillanceRegistry.Domain.Presence;

/// <summary>The position of a heartbeat relative to the newest one of its device, by (epoch, seq).</summary>
public enum HeartbeatOrder
{
    /// <summary>It is before the newest. It is stored, and changes no state.</summary>
    Late,

    /// <summary>It has the same (epoch, seq) as the newest.</summary>
    Duplicate,

    /// <summary>It is after every heartbeat of the device so far.</summary>
    Newest,
}
