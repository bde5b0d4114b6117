using System.Net;
using System.Reflection;
using SurveillanceRegistry.Mqtt;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>The settings of the embedded broker.</summary>
/// <param name="Endpoint">Address and port; port 0 means a free one.</param>
/// <param name="Limits">What the broker allows devices.</param>
internal sealed record MqttSettings(IPEndPoint Endpoint, Limits Limits)
{
    private const int MaxLimit = 10_000_000;

    public static MqttSettings Read(SettingsReader settings) => new(settings.Endpoint("MQTT", "127.0.0.1:1883"), ReadLimits(settings));

    private static Limits ReadLimits(SettingsReader settings)
    {
        var limits = new Limits();
        foreach (var (name, text) in settings.Section("MQTT_LIMITS"))
        {
            var limit = FindLimit(name);
            limit.SetValue(limits, ParseLimit(limit, name, text));
        }

        return limits;
    }

    private static PropertyInfo FindLimit(string name)
    {
        var all = typeof(Limits).GetProperties();
        return all.FirstOrDefault(limit => limit.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException(
                $"REGISTRY_MQTT_LIMITS__{name} is no limit: there are "
                    + $"{string.Join(", ", all.Select(limit => limit.Name.ToUpperInvariant()))}."
            );
    }

    private static int ParseLimit(PropertyInfo limit, string name, string? text)
    {
        // The broker sends these two to clients in 16 bits (MQTT 5.0 sections 3.2.2.3.3 and 3.2.2.3.14).
        var max = limit.Name is nameof(Limits.InFlight) or nameof(Limits.KeepAliveSeconds) ? ushort.MaxValue : MaxLimit;
        return int.TryParse(text, out var number) && number >= 1 && number <= max
            ? number
            : throw new UsageException($"REGISTRY_MQTT_LIMITS__{name} is '{text}': expected a number from 1 to {max}.");
    }
}
