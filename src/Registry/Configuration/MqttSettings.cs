using System.Net;
using SurveillanceRegistry.Mqtt;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>The settings of the embedded broker.</summary>
/// <param name="Endpoint">Address and port; port 0 means a free one.</param>
/// <param name="Limits">What the broker allows devices.</param>
internal sealed record MqttSettings(IPEndPoint Endpoint, Limits Limits)
{
    private const int MaxLimit = 10_000_000;

    public static MqttSettings Read(SettingsReader settings) =>
        new(settings.Endpoint("MQTT", "127.0.0.1:1883"), settings.Limits("MQTT_LIMITS", new Limits(), MaxOf));

    /// <summary>The broker sends two of them to clients in 16 bits (MQTT 5.0 sections 3.2.2.3.3 and 3.2.2.3.14).</summary>
    private static int MaxOf(string limit) =>
        limit is nameof(Limits.InFlight) or nameof(Limits.KeepAliveSeconds) ? ushort.MaxValue : MaxLimit;
}
