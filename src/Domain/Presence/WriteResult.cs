namespace SurveillanceRegistry.Domain.Presence;

/// <summary>The result of writing a heartbeat to the log.</summary>
public enum WriteResult
{
    /// <summary>
    /// It is not durable: the broker must not acknowledge it. The zero value, so that a result that was never set fails closed.
    /// </summary>
    Failed = 0,

    /// <summary>Its transaction is committed and flushed.</summary>
    Durable,

    /// <summary>The log already contained it, and contains it once.</summary>
    AlreadyStored,
}
