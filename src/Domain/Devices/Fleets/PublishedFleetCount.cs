namespace SurveillanceRegistry.Domain.Devices.Fleets;

/// <summary>The number of devices that is published of a fleet: rounded, and none of a small fleet.</summary>
public static class PublishedFleetCount
{
    /// <summary>
    /// The smallest fleet whose number of devices is public. With 11 as the smallest, a public 10 could only mean 11 or 12.
    /// </summary>
    public const int MinDevices = 13;

    /// <summary>
    /// The public number of devices of a fleet, rounded to 5; null when it has fewer than <see cref="MinDevices"/>.
    /// </summary>
    public static int? Of(int devices) => devices < MinDevices ? null : (devices + 2) / 5 * 5;
}
