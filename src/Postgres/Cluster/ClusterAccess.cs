using Npgsql;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>
/// The two ways into a private cluster. The owner migrates it, the service works with it, and each signs in with a random password from
/// a file below <c>keys</c>. A program that reaches the socket and has neither file cannot sign in.
/// </summary>
/// <param name="data">The data folder, absolute.</param>
internal sealed class ClusterAccess(string data)
{
    private const string Rules =
        "# Written by the registry: each role signs in with the password from its file below REGISTRY_DATA/keys.\n"
        + "local all all scram-sha-256\n";

    private static readonly TimeSpan InitialiseTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan RulesTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Has both roles: the owner may do whatever the service may.</summary>
    private readonly PasswordFile _owner = new(Path.Combine(data, "keys", "database-owner.pgpass"));
    private readonly PasswordFile _service = new(Path.Combine(data, "keys", "database-service.pgpass"));

    /// <summary>Returns the connection string of the owner, which a migration uses.</summary>
    public string OwnerConnectionString(string sockets) => Postmaster.ConnectionString(sockets, Postmaster.Owner, _owner.Path);

    /// <summary>Returns the connection string of the service. It works once <see cref="GrantServiceAsync"/> has run.</summary>
    public string ServiceConnectionString(string sockets) => Postmaster.ConnectionString(sockets, Schema.ServiceRole, _service.Path);

    /// <summary>
    /// Creates the cluster beside its folder, then moves it there: a kill in between leaves nothing that looks like a cluster.
    /// </summary>
    public async Task InitialiseAsync(ClusterFolder folder, string programs, CancellationToken cancellationToken)
    {
        // A new name each time: the initdb of a registry that was killed may still be writing to the previous one.
        var beside = $"{folder.Cluster}.new-{Path.GetRandomFileName()}";
        await RunAsync(folder, InitialiseTimeout, cancellationToken, "sh", "-c", "rm -rf -- \"$0\".new-*", folder.Cluster);
        string[] initdb =
        [
            Path.Combine(programs, "initdb"),
            "-D",
            beside,
            "--username=" + Postmaster.Owner,
            "--auth=scram-sha-256",
            "--pwfile=" + beside + ".verifier",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
        ];
        var made = await RunAsync(
            folder,
            InitialiseTimeout,
            cancellationToken,
            [
                "sh",
                "-c",
                // initdb reads the verifier from a file of its own user, which is another one when the registry runs as root.
                "umask 077 && printf '%s\\n' \"$1\" > \"$0.verifier\" && cluster=$0 && shift && \"$@\" && rm \"$cluster.verifier\"",
                beside,
                ScramVerifier.Create(Passwords().Owner),
                .. initdb,
            ]
        );
        if (made.ExitCode == 0)
            made = await RunAsync(folder, InitialiseTimeout, cancellationToken, "mv", "-T", beside, folder.Cluster);
        if (made.ExitCode != 0)
            throw new ClusterUnavailableException(
                $"A PostgreSQL cluster could not be made in '{folder.Home}': {made.Output.Split('\n').Last()}"
            );
    }

    /// <summary>
    /// Makes a cluster of an older version, which let in every program that reached its socket, require passwords. Checks that the owner
    /// can sign in.
    /// </summary>
    public async Task RequirePasswordsAsync(ClusterFolder folder, CancellationToken cancellationToken)
    {
        var rules = Path.Combine(folder.Cluster, "pg_hba.conf");
        var trusts = (await File.ReadAllLinesAsync(rules, cancellationToken)).Any(line =>
            !line.StartsWith('#') && line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Contains("trust")
        );
        var owner = Passwords().Owner;
        if (trusts)
        {
            await ExecuteAsync(folder, $"alter role {Postmaster.Owner} password '{ScramVerifier.Create(owner)}'", cancellationToken);
            const string replace = "printf %s \"$1\" > \"$0.new\" && mv \"$0.new\" \"$0\"";
            await RunAsync(folder, RulesTimeout, cancellationToken, "sh", "-c", replace, rules, Rules);
        }

        try
        {
            await ExecuteAsync(folder, trusts ? "select pg_reload_conf()" : "select", cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new ClusterUnavailableException(
                $"The password in '{_owner.Path}' does not fit the database in '{folder.Home}': "
                    + "restore the folder 'keys' that belongs to it.",
                refused
            );
        }
    }

    /// <summary>Gives the service its password. The role exists once the cluster is migrated.</summary>
    public Task GrantServiceAsync(ClusterFolder folder, CancellationToken cancellationToken) =>
        ExecuteAsync(
            folder,
            $"alter role {Schema.ServiceRole} login password '{ScramVerifier.Create(Passwords().Service)}'",
            cancellationToken
        );

    /// <summary>Returns the passwords. Writes the files at the first call for a data folder.</summary>
    private (string Owner, string Service) Passwords()
    {
        if (_owner.Read() is [(Postmaster.Owner, var owner), (Schema.ServiceRole, var service)])
        {
            if (_service.Read() is not [(Schema.ServiceRole, var same)] || same != service)
                _service.Write((Schema.ServiceRole, service));
            return (owner, service);
        }

        (owner, service) = (PasswordFile.NewPassword(), PasswordFile.NewPassword());
        _service.Write((Schema.ServiceRole, service));
        _owner.Write((Postmaster.Owner, owner), (Schema.ServiceRole, service));
        return (owner, service);
    }

    private async Task ExecuteAsync(ClusterFolder folder, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(OwnerConnectionString(folder.Sockets)) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Task<(int ExitCode, string Output)> RunAsync(
        ClusterFolder folder,
        TimeSpan limit,
        CancellationToken cancellationToken,
        params string[] command
    ) => PostgresCommand.RunAsync(limit, cancellationToken, [.. folder.RunAs, .. command]);
}
