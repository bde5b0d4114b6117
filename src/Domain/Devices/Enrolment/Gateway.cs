namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>A client that publishes for the devices registered behind it. It has no presence of its own.</summary>
/// <param name="Id">Identifier; no device has the same.</param>
/// <param name="Department">Id of the accountable department.</param>
/// <param name="Profile">Id of the device profile that maps its vendor topics; null for the registry's own topics.</param>
public sealed record Gateway(string Id, string Department, string? Profile, bool Removed = false)
{
    /// <summary>Grows with every change; 0 before it is registered.</summary>
    public int Version { get; init; }
}
