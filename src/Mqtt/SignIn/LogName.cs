using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt.SignIn;

/// <summary>
/// The names of clients in the server's log. Readers of the log need not have a role, so that it names no single mobile device.
/// </summary>
internal static class LogName
{
    /// <summary>The id of a gateway or a fixed device; the fleet of a mobile device.</summary>
    /// <param name="device">The device of the client; null for a gateway.</param>
    public static string Of(string id, Device? device) => device?.Fleet is { } fleet ? $"a device of the fleet {fleet}" : id;
}
