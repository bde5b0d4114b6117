using System.Globalization;
using Npgsql;

namespace SurveillanceRegistry.Postgres.Backups;

/// <summary>The way into a database for PostgreSQL's own programs: what a connection string of Npgsql says, as libpq reads it.</summary>
/// <param name="Arguments">Host, port, user and database. They hold no secret: every user of the machine can read them.</param>
/// <param name="Environment">Password and TLS, as environment variables.</param>
internal sealed record PostgresLogin(string[] Arguments, IReadOnlyDictionary<string, string> Environment)
{
    public static PostgresLogin From(string connectionString)
    {
        var login = new NpgsqlConnectionStringBuilder(connectionString);
        var environment = new Dictionary<string, string> { ["PGSSLMODE"] = SslMode(login.SslMode), ["PGCLIENTENCODING"] = "UTF8" };
        Add("PGPASSWORD", login.Password);
        Add("PGPASSFILE", login.Passfile);
        Add("PGSSLROOTCERT", login.RootCertificate);
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
