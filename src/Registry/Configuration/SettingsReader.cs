using System.Net;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>Reads settings by their names without the prefix <c>REGISTRY_</c>.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    /// <summary>Returns a text, or the default if the setting is missing or empty.</summary>
    public string Text(string name, string defaultText) => configuration[name] is { Length: > 0 } text ? text : defaultText;

    /// <summary>Returns an address with a port. Throws <see cref="UsageException"/> if the text is none.</summary>
    public IPEndPoint Endpoint(string name, string defaultText) =>
        IPEndPoint.TryParse(Text(name, defaultText), out var endpoint)
            ? endpoint
            : throw new UsageException(
                $"REGISTRY_{name} is '{Text(name, defaultText)}': expected an address and a port, such as {defaultText}."
            );

    /// <summary>Returns the settings below a name, such as <c>REGISTRY_MQTT_LIMITS__…</c>.</summary>
    public IEnumerable<(string Name, string? Text)> Section(string name) =>
        configuration.GetSection(name).GetChildren().Select(child => (child.Key, child.Value));
}
