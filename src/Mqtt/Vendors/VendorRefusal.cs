namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>Why a gateway's message was refused. A closed list, so that nothing of a payload gets into logs or metrics.</summary>
public enum VendorRefusal
{
    /// <summary>The topic may carry data that the registry must never store. The payload was not read.</summary>
    Forbidden,

    /// <summary>The adapter does not read the topic, or the profile does not name its unit. The payload was not read.</summary>
    NotMapped,

    /// <summary>The payload has another shape, or is too long.</summary>
    Shape,
}
