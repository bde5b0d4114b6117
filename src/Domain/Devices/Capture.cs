namespace SurveillanceRegistry.Domain.Devices;

/// <summary>The kinds of capture. Each also names the sensor that makes it.</summary>
public enum Capture
{
    Video,
    Stills,
    Audio,
    Plates,
    Faces,
    Location,
}

/// <summary>What a device does with a sensor. Ordered: a notice names the highest.</summary>
public enum Mode
{
    /// <summary>The sensor captures nothing.</summary>
    Off = 1,

    /// <summary>Seen or heard, and not stored.</summary>
    Live = 2,

    /// <summary>Stored.</summary>
    Recorded = 3,
}
