using System.Data.Common;
using System.Net;
using Npgsql;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres;

/// <summary>
/// The encryption of connections to a server that the registry does not manage. On this machine they need none. To another machine they
/// have TLS with a verified certificate, whatever the server offers: the library alone would fall back to none (ASVS 5.0, 12.3.1).
/// </summary>
internal static class DatabaseTls
{
    private static readonly string[] ModeKeywords = ["SSL Mode", "SslMode"];

    /// <summary>
    /// Returns the connection string with TLS where it says nothing of it. Throws <see cref="ClusterUnavailableException"/> when it asks
    /// for less, and <see cref="ArgumentException"/> when it cannot be read.
    /// </summary>
    public static string Require(string connectionString)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        if (HostsOf(database.Host).All(IsThisMachine))
            return connectionString;
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (!ModeKeywords.Any(given.ContainsKey))
            database.SslMode = SslMode.VerifyFull;
        return database.SslMode is SslMode.VerifyFull or SslMode.VerifyCA
            ? database.ConnectionString
            : throw new ClusterUnavailableException(
                $"REGISTRY_DATABASE is on another machine with 'SSL Mode={database.SslMode}', which does not verify the server: "
                    + "leave it out, or use VerifyFull or VerifyCA, with 'Root Certificate' for an authority of your own."
            );
    }

    private static string[] HostsOf(string? hosts) => (hosts ?? "").Split(',', StringSplitOptions.TrimEntries);

    /// <summary>Whether a host is a socket, a loopback address, or none at all, which means one of both.</summary>
    private static bool IsThisMachine(string host) =>
        host.Length == 0
        || host[0] is '/' or '@'
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase)
        || IPEndPoint.TryParse(host, out var address) && IPAddress.IsLoopback(address.Address);
}
