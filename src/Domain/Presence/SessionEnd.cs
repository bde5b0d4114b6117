namespace SurveillanceRegistry.Domain.Presence;

/// <summary>
/// How the MQTT session ended in which a unit last spoke, its own or its gateway's. A closed list: a client's own reason string
/// (MQTT 5.0 section 3.14.2.2.3) is never read.
/// </summary>
public enum SessionEnd
{
    /// <summary>The connection broke or was closed without a DISCONNECT.</summary>
    ConnectionLost,

    /// <summary>
    /// The client was silent for one and a half times its keep-alive (MQTT 5.0 section 3.1.2.10): DISCONNECT 0x8D was sent.
    /// </summary>
    KeepAlive,

    /// <summary>The client said goodbye: DISCONNECT 0x00.</summary>
    Farewell,

    /// <summary>The client said goodbye and asked for its will: DISCONNECT 0x04.</summary>
    FarewellWithWill,

    /// <summary>The client ended it over an error of its own: DISCONNECT 0x80 or greater.</summary>
    ClientError,

    /// <summary>The same client signed in on another connection.</summary>
    TakenOver,

    /// <summary>The registry ended it over what the client sent, or did not send or take in time.</summary>
    Refused,

    /// <summary>Its credential does not hold any more: DISCONNECT 0x87 was sent.</summary>
    NotAuthorized,

    /// <summary>The registry could not do its part, and ended it so that the client comes again.</summary>
    Registry,

    /// <summary>The unit's death was published in words, by itself or by its gateway.</summary>
    DeathMessage,
}
