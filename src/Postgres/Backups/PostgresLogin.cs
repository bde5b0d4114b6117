using System.Globalization;
using Npgsql;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres.Backups;

/// <summary>The way into a database for PostgreSQL's own programs: what a connection string of Npgsql says, as libpq reads it.</summary>
/// <param name="Arguments">Host, port, user and database. They hold no secret: every user of the machine can read them.</param>
/// <param name="Environment">Password and TLS, as environment variables.</param>
internal sealed record PostgresLogin(string[] Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>
    /// Where systems keep the certificates that they trust. libpq takes them by itself from version 16 on, by the name "system".
    /// </summary>
    private static readonly string[] SystemCertificates =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ];

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="ClusterUnavailableException">It would leave this machine without verified TLS.</exception>
    public static PostgresLogin From(string connectionString)
    {
        var login = new NpgsqlConnectionStringBuilder(ServiceLogin.RequireTls(connectionString));
        var environment = new Dictionary<string, string> { ["PGSSLMODE"] = SslMode(login.SslMode), ["PGCLIENTENCODING"] = "UTF8" };
        Add("PGPASSWORD", login.Password);
        Add("PGPASSFILE", login.Passfile);
        Add("PGSSLROOTCERT", login.RootCertificate ?? (VerifiesServer(login.SslMode) ? TrustedBySystem() : null));
        Add("PGSSLCERT", login.SslCertificate);
        Add("PGSSLKEY", login.SslKey);
        return new PostgresLogin(
            [
                "--no-password",
                "--host=" + login.Host,
                "--port=" + login.Port.ToString(CultureInfo.InvariantCulture),
                "--username=" + login.Username,
                "--dbname=" + (login.Database ?? login.Username),
            ],
            environment
        );

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                environment[name] = value;
        }
    }

    private static bool VerifiesServer(SslMode mode) => mode is Npgsql.SslMode.VerifyCA or Npgsql.SslMode.VerifyFull;

    /// <summary>Without it libpq looks for a file in the home folder, and refuses each server when there is none.</summary>
    private static string TrustedBySystem() => SystemCertificates.FirstOrDefault(File.Exists) ?? "system";

    private static string SslMode(SslMode mode) =>
        mode switch
        {
            Npgsql.SslMode.Disable => "disable",
            Npgsql.SslMode.Allow => "allow",
            Npgsql.SslMode.Prefer => "prefer",
            Npgsql.SslMode.Require => "require",
            Npgsql.SslMode.VerifyCA => "verify-ca",
            Npgsql.SslMode.VerifyFull => "verify-full",
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
        };
}
