namespace SurveillanceRegistry.Domain.Presence;

/// <summary>
/// How the MQTT session of a device's newest heartbeat ended: its own session, or its gateway's. A closed list: the registry never reads
/// a client's own reason string (MQTT 5.0 section 3.14.2.2.3).
/// </summary>
public enum SessionEnd
{
    /// <summary>The connection broke or was closed without a DISCONNECT.</summary>
    ConnectionLost,

    /// <summary>
    /// The client sent nothing for one and a half times its keep-alive (MQTT 5.0 section 3.1.2.10). The registry sent DISCONNECT 0x8D.
    /// </summary>
    KeepAlive,

    /// <summary>The client sent a normal DISCONNECT, 0x00.</summary>
    Farewell,

    /// <summary>The client sent DISCONNECT 0x04 and so asked for its will.</summary>
    FarewellWithWill,

    /// <summary>The client ended it because of an error of its own: DISCONNECT 0x80 or greater.</summary>
    ClientError,

    /// <summary>The same client signed in on another connection.</summary>
    TakenOver,

    /// <summary>The registry ended it because of what the client sent, or did not send or read in time.</summary>
    Refused,

    /// <summary>The client's credential is no longer valid. The registry sent DISCONNECT 0x87.</summary>
    NotAuthorized,

    /// <summary>The registry could not serve the client, and ended the session so that the client connects again.</summary>
    Registry,

    /// <summary>The device or its gateway published the death of the device.</summary>
    DeathMessage,
}
