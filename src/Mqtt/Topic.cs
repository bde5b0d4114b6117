namespace SurveillanceRegistry.Mqtt;

/// <summary>What a topic is to the device that publishes on it. <c>Unread</c>: the packet was too long to be read.</summary>
public enum TopicClass { OwnHeartbeat, OwnDeath, Foreign, Unread }

/// <summary>The topics of the contract: <c>registry/v1/devices/{deviceId}/…</c>.</summary>
public static class Topic
{
    private const string Devices = "registry/v1/devices/";

    public static string Heartbeat(string deviceId) => Devices + deviceId + "/heartbeat";

    public static string Death(string deviceId) => Devices + deviceId + "/death";

    public static string Expected(string deviceId) => Devices + deviceId + "/expected";

    public static TopicClass ClassOf(string topic, string deviceId) =>
        topic == Heartbeat(deviceId) ? TopicClass.OwnHeartbeat : topic == Death(deviceId) ? TopicClass.OwnDeath : TopicClass.Foreign;
}
