using System.Security.Cryptography;
using System.Text;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>
/// The folders of a private cluster, and the user that it runs as. PostgreSQL refuses to run as root: then it runs as an unprivileged user,
/// in a folder that this user can reach. Its socket has a short path, because the kernel allows 107 bytes.
/// </summary>
/// <param name="Home">Owned by the cluster's user, mode 0700; holds <c>cluster</c> and the server's log.</param>
/// <param name="Sockets">The folder of the unix socket, mode 0700. A program that can enter it still needs a password.</param>
/// <param name="RunAs">The prefix of each PostgreSQL command that switches to the user; empty when none is needed.</param>
internal sealed record ClusterFolder(string Home, string Sockets, string[] RunAs, ClusterFolder.User Owner)
{
    private const string Root = "0",
        Inside = "postgres",
        Outside = "/var/lib/surveillance-registry";

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A user and a group, as numbers.</summary>
    internal sealed record User(string Id, string Group);

    public string Cluster => Path.Combine(Home, "cluster");

    public string Log => Path.Combine(Home, "postgresql.log");

    /// <summary>The major version of PostgreSQL that created the cluster; null when there is no cluster yet.</summary>
    public int? Version =>
        File.Exists(Path.Combine(Cluster, "PG_VERSION"))
        && int.TryParse(File.ReadAllText(Path.Combine(Cluster, "PG_VERSION")), out var version)
            ? version
            : null;

    /// <summary>Throws <see cref="ClusterUnavailableException"/> when another user owns a data folder. Creates nothing.</summary>
    public static async Task RequireOwnerAsync(string data, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(data))
            return;
        var owner = (await OwnerAsync(data, cancellationToken)).Id;
        var me = (await CurrentUserAsync(cancellationToken)).Id;
        if (owner != me)
            throw new ClusterUnavailableException(
                $"The data folder '{data}' belongs to another user (uid {owner}, this is {me}): "
                    + "run as that user, or set REGISTRY_DATA to a folder of your own."
            );
    }

    /// <summary>
    /// Whether a folder is the current user's own, and no link to another one. In a folder for temporary files anybody can make one.
    /// </summary>
    public static async Task<bool> IsOwnAsync(string folder, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await PostgresCommand.RunAsync(CommandTimeout, cancellationToken, "stat", "-c", "%u %F", "--", folder);
        return exitCode == 0 && output == $"{(await CurrentUserAsync(cancellationToken)).Id} directory";
    }

    /// <summary>
    /// All folders that <see cref="ForDataAsync"/> may choose for a data folder, and its sockets, by its name alone. Nothing in it is read.
    /// </summary>
    public static (string[] Homes, string[] Sockets) PlacesFor(string data)
    {
        var name = NameFor(data);
        return ([Path.Combine(data, Inside), Path.Combine(Outside, name)], [Path.Combine("/run", name), Path.Combine("/tmp", name)]);
    }

    /// <summary>Returns the folders that belong to an existing data folder. Creates nothing.</summary>
    public static async Task<ClusterFolder> ForDataAsync(string data, CancellationToken cancellationToken)
    {
        var me = await CurrentUserAsync(cancellationToken);
        var name = NameFor(data);
        var inside = Path.Combine(data, Inside);
        // Not in XDG_RUNTIME_DIR: it is removed when the user signs out, while the registry may go on, and is another user's after 'su'.
        if (me.Id != Root)
            return new ClusterFolder(inside, Path.Combine("/tmp", name), [], me);

        var home =
            File.Exists(LocationFile(data)) ? (await File.ReadAllTextAsync(LocationFile(data), cancellationToken)).Trim()
            : Directory.Exists(inside) ? inside
            : null;
        var user =
            home is not null && Directory.Exists(home) && await OwnerAsync(home, cancellationToken) is { Id: not Root } owner
                ? owner
                : Unprivileged();
        string[] runAs = ["setpriv", "--reuid=" + user.Id, "--regid=" + user.Group, "--clear-groups", "--"];
        home ??=
            (await PostgresCommand.RunAsync(CommandTimeout, cancellationToken, [.. runAs, "test", "-x", data])).ExitCode == 0
                ? inside
                : Path.Combine(Outside, name);
        return new ClusterFolder(home, Path.Combine("/run", name), runAs, user);
    }

    /// <summary>
    /// Creates the folders, owned by the cluster's user. Writes their location into the data folder when they are not inside it.
    /// </summary>
    public async Task CreateAsync(string data, CancellationToken cancellationToken)
    {
        if (Path.GetDirectoryName(Home) != data)
        {
            await CreateAsync(Path.GetDirectoryName(Home)!, "0711", new User(Root, Root), cancellationToken);
            await File.WriteAllTextAsync(LocationFile(data), Home + "\n", cancellationToken);
        }

        await CreateAsync(Home, "0700", Owner, cancellationToken);
        await CreateAsync(Sockets, "0700", Owner, cancellationToken);
    }

    private static async Task CreateAsync(string folder, string mode, User owner, CancellationToken cancellationToken)
    {
        string[] asRoot = (await CurrentUserAsync(cancellationToken)).Id == Root ? ["-o", owner.Id, "-g", owner.Group] : [];
        var (exitCode, output) = await PostgresCommand.RunAsync(
            CommandTimeout,
            cancellationToken,
            ["install", "-d", "-m", mode, .. asRoot, folder]
        );
        // Checks the folder and not the target of a link: in /tmp another user may have put a link in its place.
        if (exitCode != 0 || (await OwnerAsync(folder, cancellationToken, "--")).Id != owner.Id)
            throw new ClusterUnavailableException(
                $"The folder '{folder}' for PostgreSQL cannot be made or belongs to another user: "
                    + $"remove it, or set REGISTRY_DATA to another folder. {output}".TrimEnd()
            );
    }

    /// <summary>The file with the cluster's location, for a data folder that PostgreSQL's user cannot reach.</summary>
    private static string LocationFile(string data) => Path.Combine(data, "postgres.location");

    private static string NameFor(string data) =>
        "surveillance-registry-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..12];

    private static User Unprivileged()
    {
        var users = File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .Where(fields => fields.Length > 3)
            .ToLookup(fields => fields[0], fields => new User(fields[2], fields[3]), StringComparer.Ordinal);
        return users["postgres"].Concat(users["nobody"]).FirstOrDefault()
            ?? throw new ClusterUnavailableException(
                "PostgreSQL does not run as root, and this machine has neither a user 'postgres' nor 'nobody': "
                    + "run the registry as an ordinary user."
            );
    }

    private static async Task<User> CurrentUserAsync(CancellationToken cancellationToken) =>
        Parse(await PostgresCommand.RunAsync(CommandTimeout, cancellationToken, "sh", "-c", "echo $(id -u) $(id -g)"));

    private static async Task<User> OwnerAsync(string path, CancellationToken cancellationToken, string link = "--dereference") =>
        Parse(await PostgresCommand.RunAsync(CommandTimeout, cancellationToken, "stat", "-c", "%u %g", link, path));

    private static User Parse((int ExitCode, string Output) result) =>
        result.Output.Split(' ') is [var id, var group] && result.ExitCode == 0
            ? new User(id, group)
            : throw new ClusterUnavailableException($"The owner of the data folder cannot be read: {result.Output}");
}
