using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres;

/// <summary>
/// The sign-in of the registry to a server that it does not manage. The registry never stays signed in as the owner of its schema: an owner
/// can change what was recorded. With an owner's connection string it migrates, makes a login of its own that may only what
/// <see cref="Schema.ServiceRole"/> may, and works with that.
/// </summary>
public static class ServiceLogin
{
    private const int SuffixDigits = 8;

    private const string Rights = """
        select
            rolsuper or coalesce((select pg_has_role(rolname, nspowner, 'member') from pg_namespace where nspname = 'registry'), true),
            coalesce((select pg_has_role(me.rolname, service.oid, 'member') from pg_roles service where service.rolname = @service), false)
        from pg_roles me
        where rolname = session_user
        """;

    /// <summary>
    /// Brings the database to this version's schema if the connection string is an owner's, and checks that it has that schema if not.
    /// Throws <see cref="ClusterUnavailableException"/> when the server cannot be reached, or neither way is possible.
    /// </summary>
    /// <param name="connectionString">As the settings have it.</param>
    /// <param name="passwords">The file for the registry's own login; it need not exist.</param>
    /// <returns>The connection string to work with.</returns>
    public static async Task<string> OpenAsync(string connectionString, string passwords, ILogger log, CancellationToken cancellationToken)
    {
        connectionString = RequireTls(connectionString);
        var (isOwner, isService) = await RightsAsync(connectionString, cancellationToken);
        await RequireNoUnfinishedRestoreAsync(connectionString, cancellationToken);
        if (isOwner)
        {
            Schema.Migrate(connectionString, log);
            return await MakeAsync(connectionString, new PasswordFile(passwords), cancellationToken);
        }

        if (!isService)
            throw new ClusterUnavailableException(
                $"The role of REGISTRY_DATABASE is no member of {Schema.ServiceRole}: have the owner run 'registry migrate', "
                    + $"and grant {Schema.ServiceRole} to it."
            );
        if (await Schema.PendingAsync(connectionString, cancellationToken) is { Count: > 0 } pending)
            throw new ClusterUnavailableException(
                $"The database has an older schema ({pending.Count} migrations are missing), and this role may not change it: "
                    + "run 'registry migrate' with the owner's connection string in REGISTRY_DATABASE."
            );
        return connectionString;
    }

    /// <summary>
    /// Brings the database to this version's schema, as its owner. Throws <see cref="ClusterUnavailableException"/> when the server cannot
    /// be reached, or the connection string is not an owner's and migrations are missing.
    /// </summary>
    public static async Task MigrateAsync(string connectionString, ILogger log, CancellationToken cancellationToken)
    {
        connectionString = RequireTls(connectionString);
        await RequireNoUnfinishedRestoreAsync(connectionString, cancellationToken);
        if ((await RightsAsync(connectionString, cancellationToken)).IsOwner)
            Schema.Migrate(connectionString, log);
        else if (await Schema.PendingAsync(connectionString, cancellationToken) is { Count: > 0 })
            throw new ClusterUnavailableException(
                "The role of REGISTRY_DATABASE may not change the schema: run 'registry migrate' with the owner's connection string in "
                    + "REGISTRY_DATABASE."
            );
    }

    /// <summary>Throws <see cref="ClusterUnavailableException"/> when a restoration into this database did not finish.</summary>
    private static async Task RequireNoUnfinishedRestoreAsync(string connectionString, CancellationToken cancellationToken)
    {
        var restoration = new DatabaseRestoration(connectionString, "");
        if (await restoration.ContentAsync(cancellationToken) == DatabaseContent.UnfinishedRestore)
            throw new ClusterUnavailableException(
                "A restoration into the database of REGISTRY_DATABASE did not finish: run 'registry restore' again with the same backup."
            );
    }

    /// <summary>
    /// Returns a connection string that leaves this machine only with TLS. Throws <see cref="ClusterUnavailableException"/> when it asks
    /// for less, or cannot be read.
    /// </summary>
    public static string RequireTls(string connectionString)
    {
        try
        {
            return DatabaseTls.Require(connectionString);
        }
        catch (ArgumentException unreadable)
        {
            throw Schema.Unreachable(unreadable);
        }
    }

    /// <summary>Returns whether the user of a connection string can act as the schema's owner, and as the service.</summary>
    private static async Task<(bool IsOwner, bool IsService)> RightsAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await ConnectAsync(connectionString, cancellationToken);
            await using var command = new NpgsqlCommand(Rights, connection) { Parameters = { new("service", Schema.ServiceRole) } };
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            return (row.GetBoolean(0), row.GetBoolean(1));
        }
        catch (Exception failure) when (failure is NpgsqlException or ArgumentException)
        {
            throw Schema.Unreachable(failure);
        }
    }

    /// <summary>Makes the registry's own login, or gives it its password again, and signs in with it once.</summary>
    private static async Task<string> MakeAsync(string owner, PasswordFile passwords, CancellationToken cancellationToken)
    {
        if (passwords.Read() is not [var (role, password)])
        {
            // Roles belong to the whole server: a second registry on it has a login of its own.
            var suffix = RandomNumberGenerator.GetHexString(SuffixDigits, lowercase: true);
            (role, password) = ($"{Schema.ServiceRole}_{suffix}", PasswordFile.NewPassword());
            passwords.Write((role, password));
        }

        var login = new NpgsqlConnectionStringBuilder(owner)
        {
            Username = role,
            Password = null,
            Passfile = passwords.Path,
        }.ConnectionString;
        try
        {
            await GrantAsync(owner, role, password, cancellationToken);
            await using var connection = await ConnectAsync(login, cancellationToken);
            return login;
        }
        catch (NpgsqlException refused)
        {
            throw new ClusterUnavailableException(
                $"REGISTRY_DATABASE signs in as the owner of the schema, and the registry cannot get a lesser login ({refused.Message}): "
                    + $"make a role that is a member of {Schema.ServiceRole}, and name it in REGISTRY_DATABASE. "
                    + "The owner's connection string is for 'registry migrate' alone.",
                refused
            );
        }
    }

    private static async Task GrantAsync(string owner, string role, string password, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(owner, cancellationToken);
        var verifier = ScramVerifier.Create(password);
        await using var command = new NpgsqlCommand(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                do $do$
                begin
                    if exists (select from pg_roles where rolname = '{{role}}') then
                        alter role "{{role}}" login password '{{verifier}}';
                    else
                        create role "{{role}}" login password '{{verifier}}' in role {{Schema.ServiceRole}};
                    end if;
                end $do$
                """
            ),
            connection
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
