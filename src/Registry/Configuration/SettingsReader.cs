using System.Net;
using System.Reflection;

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

    /// <summary>
    /// Returns limits with the settings below a name, such as <c>REGISTRY_MQTT_LIMITS__…</c>. Throws <see cref="UsageException"/> for a
    /// limit that does not exist and for a number that is not possible.
    /// </summary>
    /// <param name="limits">The defaults, which are changed.</param>
    /// <param name="maxOf">The greatest value of a limit, by the name of its property.</param>
    public T Limits<T>(string section, T limits, Func<string, int> maxOf)
        where T : class
    {
        foreach (var setting in configuration.GetSection(section).GetChildren())
        {
            var limit = FindLimit(typeof(T).GetProperties(), section, setting.Key);
            var max = maxOf(limit.Name);
            if (!int.TryParse(setting.Value, out var number) || number < 1 || number > max)
                throw new UsageException($"REGISTRY_{section}__{setting.Key} is '{setting.Value}': expected a number from 1 to {max}.");
            limit.SetValue(limits, number);
        }

        return limits;
    }

    private static PropertyInfo FindLimit(PropertyInfo[] all, string section, string name) =>
        all.FirstOrDefault(limit => limit.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException(
            $"REGISTRY_{section}__{name} is no limit: there are {string.Join(", ", all.Select(limit => limit.Name.ToUpperInvariant()))}."
        );
}
