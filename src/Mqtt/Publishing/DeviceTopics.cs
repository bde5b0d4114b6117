using System.Text;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// What a topic is to the client that publishes on it. <c>Own…</c>: of the device itself, or of one behind the gateway. <c>Vendor</c>: of a
/// gateway's profile. <c>Unread</c>: the packet was refused before its topic was read.
/// </summary>
public enum TopicClass
{
    OwnHeartbeat,
    OwnDeath,
    Vendor,
    Foreign,
    Unread,
}

/// <summary>The topics of the contract: <c>registry/v1/devices/{deviceId}/…</c>.</summary>
public static class DeviceTopics
{
    private const string Devices = "registry/v1/devices/";

    public static string Heartbeat(string deviceId) => Devices + deviceId + "/heartbeat";

    public static string Death(string deviceId) => Devices + deviceId + "/death";

    public static string Expected(string deviceId) => Devices + deviceId + "/expected";

    public static TopicClass ClassOf(string topic, string deviceId) =>
        topic == Heartbeat(deviceId) ? TopicClass.OwnHeartbeat
        : topic == Death(deviceId) ? TopicClass.OwnDeath
        : TopicClass.Foreign;

    /// <summary>Takes a topic of the contract on which a device publishes apart, as bytes. False for any other.</summary>
    public static bool TryDevice(ReadOnlySpan<byte> topic, out ReadOnlySpan<byte> deviceId, out TopicClass kind)
    {
        deviceId = default;
        kind = TopicClass.Foreign;
        if (!topic.StartsWith("registry/v1/devices/"u8))
            return false;
        var rest = topic["registry/v1/devices/"u8.Length..];
        var slash = rest.IndexOf((byte)'/');
        if (slash < 0)
            return false;
        kind = rest[slash..] switch
        {
            var end when end.SequenceEqual("/heartbeat"u8) => TopicClass.OwnHeartbeat,
            var end when end.SequenceEqual("/death"u8) => TopicClass.OwnDeath,
            _ => TopicClass.Foreign,
        };
        deviceId = rest[..slash];
        return kind != TopicClass.Foreign;
    }

    /// <summary>Takes apart a topic on which a device hears what is expected of it. False for any other, and for every wildcard.</summary>
    public static bool TryExpected(string filter, out string deviceId)
    {
        const string end = "/expected";
        deviceId = filter.Length > Devices.Length + end.Length ? filter[Devices.Length..^end.Length] : "";
        return Domain.Identifier.IsValid(deviceId) && filter == Expected(deviceId);
    }

    /// <summary>Whether the bytes are this id.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes, string deviceId) => Ascii.Equals(bytes, deviceId);
}
