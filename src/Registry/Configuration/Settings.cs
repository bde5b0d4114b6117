using System.Collections.Immutable;
using System.Net;
using SurveillanceRegistry.Delivery.Mail;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>
/// The settings of the process. Sources, the last one wins: <c>appsettings.json</c>, the environment (prefix <c>REGISTRY_</c>, <c>__</c>
/// between levels), the command line.
/// </summary>
/// <param name="Http">Pages and API.</param>
/// <param name="Mqtt">The embedded broker.</param>
/// <param name="Data">The data folder, absolute.</param>
/// <param name="Database">A connection string; empty means a private PostgreSQL cluster below the data folder.</param>
/// <param name="PostgresBin">The folder of PostgreSQL's programs; empty means that the registry searches for them.</param>
/// <param name="PublicUrl">The address in QR codes and on signs; empty means the address of the pages.</param>
/// <param name="Policies">The folder of governance files.</param>
/// <param name="Devices">The inventory file.</param>
/// <param name="Oidc">The city's identity provider; null if staff sign in with passwords only.</param>
/// <param name="HeartbeatDays">For how many days single heartbeats are stored, 1 to 3650.</param>
/// <param name="SecurityLogDays">For how many days events of the security log are stored, 30 to 3650.</param>
/// <param name="Mail">The city's mail server; null if none is set, and no mail is sent.</param>
/// <param name="WebhookNetworks">Networks of the city's own to which webhooks may go.</param>
/// <param name="Tls">Addresses and certificate of the listeners with TLS; null if there are none.</param>
internal sealed record Settings(
    HttpSettings Http,
    MqttSettings Mqtt,
    string Data,
    string Database,
    string PostgresBin,
    string PublicUrl,
    string Policies,
    string Devices,
    IdentityProviderSettings? Oidc,
    int HeartbeatDays,
    int SecurityLogDays,
    MailSettings? Mail,
    ImmutableArray<IPNetwork> WebhookNetworks,
    TlsSettings? Tls
)
{
    private const int MaxHeartbeatDays = 3650;

    /// <summary>
    /// Reads the settings. Throws <see cref="UsageException"/> for a value that is not possible, and
    /// <see cref="PrerequisiteException"/> for one that this version does not serve yet.
    /// </summary>
    public static Settings Read(string[] overrides)
    {
        var settings = new SettingsReader(
            new ConfigurationBuilder()
                .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
                .AddEnvironmentVariables("REGISTRY_")
                .AddCommandLine(overrides)
                .Build()
        );
        if (settings.Text("CLUSTER", "") is { Length: > 0 } cluster)
            throw new PrerequisiteException(
                $"REGISTRY_CLUSTER is '{cluster}', and this version serves with one silo only: leave it empty."
            );
        return new Settings(
            HttpSettings.Read(settings),
            MqttSettings.Read(settings),
            Path.GetFullPath(settings.Text("DATA", "./var")),
            settings.Text("DATABASE", ""),
            settings.Text("POSTGRES_BIN", ""),
            settings.Text("PUBLIC_URL", "").TrimEnd('/'),
            Path.GetFullPath(settings.Text("POLICIES", "./policies")),
            Path.GetFullPath(settings.Text("DEVICES", "./devices/sample-city.yaml")),
            OidcSettings.Read(settings),
            ReadHeartbeatDays(settings),
            ReadSecurityLogDays(settings),
            SmtpSettings.Read(settings),
            WebhookSettings.ReadNetworks(settings),
            TlsSettings.Read(settings)
        );
    }

    private static int ReadHeartbeatDays(SettingsReader settings)
    {
        var text = settings.Text("HEARTBEAT_DAYS", $"{HeartbeatRetention.DefaultDays}");
        return int.TryParse(text, out var days) && days is >= 1 and <= MaxHeartbeatDays
            ? days
            : throw new UsageException($"REGISTRY_HEARTBEAT_DAYS is '{text}': expected a number of days from 1 to {MaxHeartbeatDays}.");
    }

    private static int ReadSecurityLogDays(SettingsReader settings)
    {
        const int Min = SecurityLogRetention.MinDays;
        var text = settings.Text("SECURITY_LOG_DAYS", $"{SecurityLogRetention.DefaultDays}");
        return int.TryParse(text, out var days) && days is >= Min and <= MaxHeartbeatDays
            ? days
            : throw new UsageException(
                $"REGISTRY_SECURITY_LOG_DAYS is '{text}': expected a number of days from {Min} to {MaxHeartbeatDays}."
            );
    }
}
