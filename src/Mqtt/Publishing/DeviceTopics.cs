using System.Text;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// What a topic is to the client that publishes on it. <c>Own…</c>: a topic of the device itself, or of one behind the gateway.
/// <c>Vendor</c>: a topic of a gateway's profile. <c>Foreign</c>: any other topic. <c>Unread</c>: the packet was refused before its topic
/// was read. The members are tags of metrics. A topic that was not classified is a foreign one.
/// </summary>
public enum TopicClass
{
    Foreign,
    Unread,
    OwnHeartbeat,
    OwnDeath,
    Vendor,
}

/// <summary>The topics of the contract: <c>registry/v1/devices/{deviceId}/…</c>.</summary>
public static class DeviceTopics
{
    private const string Devices = "registry/v1/devices/";

    public static string Heartbeat(string deviceId) => Devices + deviceId + "/heartbeat";

    public static string Death(string deviceId) => Devices + deviceId + "/death";

    public static string Expected(string deviceId) => Devices + deviceId + "/expected";

    public static TopicClass ClassOf(string topic, string deviceId)
    {
        if (topic == Heartbeat(deviceId))
            return TopicClass.OwnHeartbeat;
        return topic == Death(deviceId) ? TopicClass.OwnDeath : TopicClass.Foreign;
    }

    /// <summary>Parses a topic on which a device publishes. False for any other topic.</summary>
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

    /// <summary>Parses the topic of a device's expected state. False for any other topic, and for every wildcard.</summary>
    public static bool TryExpected(string filter, out string deviceId)
    {
        const string suffix = "/expected";
        deviceId = filter.Length > Devices.Length + suffix.Length ? filter[Devices.Length..^suffix.Length] : "";
        return Domain.Identifier.IsValid(deviceId) && filter == Expected(deviceId);
    }

    /// <summary>Whether the bytes spell this id.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes, string deviceId) => Ascii.Equals(bytes, deviceId);
}
