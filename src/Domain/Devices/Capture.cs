namespace SurveillanceRegistry.Domain.Devices;

/// <summary>What a sensor takes in. One word for the sensor and for what it captures.</summary>
public enum Capture
{
    Video,
    Stills,
    Audio,
    Plates,
    Faces,
    Location,
}

/// <summary>What a unit does with a sensor. Ordered: a notice names the highest.</summary>
public enum Mode
{
    /// <summary>The sensor takes nothing in.</summary>
    Off = 1,

    /// <summary>Seen or heard, and not stored.</summary>
    Live = 2,

    /// <summary>Stored.</summary>
    Recorded = 3,
}
