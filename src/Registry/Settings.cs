using System.Net;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// The settings of the contract: <c>appsettings.json</c>, then environment (<c>REGISTRY_</c>, <c>__</c> between levels), then command line.
/// </summary>
/// <param name="Http">Address and port of pages and API; port 0: a free one.</param>
/// <param name="Mqtt">Address and port of the embedded broker; port 0: a free one.</param>
/// <param name="Data">The data folder, absolute.</param>
/// <param name="Database">A connection string; empty: a private PostgreSQL cluster below the data folder.</param>
/// <param name="PostgresBin">Where PostgreSQL's programs are; empty: found by itself.</param>
/// <param name="PublicUrl">What QR codes and signs point to; empty: the address of the pages.</param>
/// <param name="Policies">The folder of governance files.</param>
/// <param name="Devices">The inventory file.</param>
internal sealed record Settings(IPEndPoint Http, IPEndPoint Mqtt, string Data, string Database, string PostgresBin, string PublicUrl, string Policies, string Devices)
{
    /// <summary>Reads the settings. Throws <see cref="WrongUsage"/> for one that cannot be.</summary>
    public static Settings Read(string[] overrides)
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
            .AddEnvironmentVariables("REGISTRY_")
            .AddCommandLine(overrides)
            .Build();
        return new Settings(
            Endpoint("HTTP", "127.0.0.1:8080"), Endpoint("MQTT", "127.0.0.1:1883"), Path.GetFullPath(Text("DATA", "./var")),
            Text("DATABASE", ""), Text("POSTGRES_BIN", ""), Text("PUBLIC_URL", "").TrimEnd('/'), Path.GetFullPath(Text("POLICIES", "./policies")), Path.GetFullPath(Text("DEVICES", "./devices/sample-city.yaml")));

        string Text(string name, string otherwise) => configuration[name] is { Length: > 0 } text ? text : otherwise;

        IPEndPoint Endpoint(string name, string otherwise) =>
            IPEndPoint.TryParse(Text(name, otherwise), out var endpoint) ? endpoint
            : throw new WrongUsage($"REGISTRY_{name} is '{Text(name, otherwise)}': expected an address and a port, such as {otherwise}.");
    }
}

/// <summary>The caller asked for what cannot be: one sentence, exit code 2.</summary>
internal sealed class WrongUsage(string sentence) : Exception(sentence);

/// <summary>Something that is needed is missing: one sentence, exit code 3.</summary>
internal sealed class SomethingMissing(string sentence) : Exception(sentence);
