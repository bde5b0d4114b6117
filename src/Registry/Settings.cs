using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SurveillanceRegistry.Mqtt;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Web.Staff.Account;

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
/// <param name="Oidc">The city's identity provider; null: staff sign in with passwords only.</param>
/// <param name="MqttLimits">What devices may ask of the broker.</param>
/// <param name="HeartbeatDays">For how many days single heartbeats are kept, 1 to 3650.</param>
/// <param name="Tls">Addresses and certificate of the listeners with TLS; null: there are none.</param>
internal sealed record Settings(
    IPEndPoint Http,
    IPEndPoint Mqtt,
    string Data,
    string Database,
    string PostgresBin,
    string PublicUrl,
    string Policies,
    string Devices,
    IdentityProvider? Oidc,
    Limits MqttLimits,
    int HeartbeatDays,
    TlsSettings? Tls
)
{
    /// <summary>Reads the settings. Throws <see cref="UsageException"/> for one that cannot be.</summary>
    public static Settings Read(string[] overrides)
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
            .AddEnvironmentVariables("REGISTRY_")
            .AddCommandLine(overrides)
            .Build();
        return new Settings(
            Endpoint("HTTP", "127.0.0.1:8080"),
            Endpoint("MQTT", "127.0.0.1:1883"),
            Path.GetFullPath(Text("DATA", "./var")),
            Text("DATABASE", ""),
            Text("POSTGRES_BIN", ""),
            Text("PUBLIC_URL", "").TrimEnd('/'),
            Path.GetFullPath(Text("POLICIES", "./policies")),
            Path.GetFullPath(Text("DEVICES", "./devices/sample-city.yaml")),
            Provider(),
            MqttLimits(),
            Days(),
            Certificate()
        );

        Limits MqttLimits()
        {
            var limits = new Limits();
            foreach (var asked in configuration.GetSection("MQTT_LIMITS").GetChildren())
            {
                var limit =
                    typeof(Limits).GetProperties().FirstOrDefault(limit => limit.Name.Equals(asked.Key, StringComparison.OrdinalIgnoreCase))
                    ?? throw new UsageException(
                        $"REGISTRY_MQTT_LIMITS__{asked.Key} is no limit: there are {string.Join(", ", typeof(Limits).GetProperties().Select(one => one.Name.ToUpperInvariant()))}."
                    );
                // Two of them are told to clients in 16 bits (MQTT 5.0 sections 3.2.2.3.3 and 3.2.2.3.14).
                var most = limit.Name is nameof(Limits.InFlight) or nameof(Limits.KeepAliveSeconds) ? ushort.MaxValue : 10_000_000;
                limit.SetValue(
                    limits,
                    int.TryParse(asked.Value, out var number) && number >= 1 && number <= most
                        ? number
                        : throw new UsageException(
                            $"REGISTRY_MQTT_LIMITS__{asked.Key} is '{asked.Value}': expected a number from 1 to {most}."
                        )
                );
            }

            return limits;
        }

        int Days() =>
            int.TryParse(Text("HEARTBEAT_DAYS", $"{HeartbeatRetention.DefaultDays}"), out var days) && days is >= 1 and <= 3650
                ? days
                : throw new UsageException(
                    $"REGISTRY_HEARTBEAT_DAYS is '{Text("HEARTBEAT_DAYS", "")}': expected a number of days from 1 to 3650."
                );

        TlsSettings? Certificate()
        {
            var (certificate, key) = (Text("TLS_CERT", ""), Text("TLS_KEY", ""));
            if (certificate.Length == 0 && key.Length == 0)
                return null;
            if (certificate.Length == 0 || key.Length == 0)
                throw new UsageException("REGISTRY_TLS_CERT and REGISTRY_TLS_KEY go together: set both to files in PEM form, or neither.");
            try
            {
                return new TlsSettings(
                    Endpoint("HTTPS", "127.0.0.1:8443"),
                    Endpoint("MQTTS", "127.0.0.1:8883"),
                    X509Certificate2.CreateFromPemFile(certificate, key)
                );
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new PrerequisiteException(
                    $"The certificate of REGISTRY_TLS_CERT and REGISTRY_TLS_KEY cannot be used ({failure.Message}): name a certificate and its key in PEM form that the registry may read."
                );
            }
        }

        string Text(string name, string otherwise) => configuration[name] is { Length: > 0 } text ? text : otherwise;

        IdentityProvider? Provider()
        {
            var (authority, client) = (Text("OIDC:AUTHORITY", ""), Text("OIDC:CLIENT_ID", ""));
            if (authority.Length == 0 && client.Length == 0)
                return null;
            if (!Uri.TryCreate(authority, UriKind.Absolute, out var address) || !IdentityProvider.IsAllowed(address))
                throw new UsageException(
                    $"REGISTRY_OIDC__AUTHORITY is '{authority}': expected the https address of the identity provider; http is for a provider on this machine only."
                );
            if (client.Length == 0)
                throw new UsageException("REGISTRY_OIDC__CLIENT_ID is missing: it is what the identity provider knows this registry as.");
            return new IdentityProvider(address, client, Secret());
        }

        // From a file, so that it need not stand in the environment of every process.
        string Secret()
        {
            var (secret, file) = (Text("OIDC:CLIENT_SECRET", ""), Text("OIDC:CLIENT_SECRET_FILE", ""));
            if (secret.Length > 0 && file.Length > 0)
                throw new UsageException("Both REGISTRY_OIDC__CLIENT_SECRET and REGISTRY_OIDC__CLIENT_SECRET_FILE are set: keep the file.");
            try
            {
                secret = file.Length > 0 ? File.ReadAllText(file).Trim() : secret;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new PrerequisiteException(
                    $"The file of REGISTRY_OIDC__CLIENT_SECRET_FILE cannot be read ({failure.Message}): make it readable for the user that the registry runs as."
                );
            }

            return secret.Length > 0
                ? secret
                : throw new UsageException(
                    "The secret of the identity provider's client is missing: set REGISTRY_OIDC__CLIENT_SECRET_FILE to a file that holds it."
                );
        }

        IPEndPoint Endpoint(string name, string otherwise) =>
            IPEndPoint.TryParse(Text(name, otherwise), out var endpoint)
                ? endpoint
                : throw new UsageException(
                    $"REGISTRY_{name} is '{Text(name, otherwise)}': expected an address and a port, such as {otherwise}."
                );
    }
}

/// <summary>Where the registry also listens with TLS, and with what certificate.</summary>
internal sealed record TlsSettings(IPEndPoint Http, IPEndPoint Mqtt, X509Certificate2 Certificate);

/// <summary>The caller asked for what cannot be: one sentence, exit code 2.</summary>
internal sealed class UsageException(string sentence) : Exception(sentence);

/// <summary>Something that is needed is missing: one sentence, exit code 3.</summary>
internal sealed class PrerequisiteException(string sentence) : Exception(sentence);
