using System.Security.Cryptography;
using System.Text;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>
/// Where a private cluster lives, and as whom it runs. PostgreSQL refuses root: then it runs as an unprivileged user, in a folder that
/// this user can reach. Its socket stands in a short path, since the kernel allows 107 bytes.
/// </summary>
/// <param name="Home">Owned by the cluster's user, mode 0700; holds <c>cluster</c> and the server's log.</param>
/// <param name="Sockets">The folder of the unix socket, mode 0700: whoever can enter it may sign in, nobody else can.</param>
/// <param name="RunAs">What stands before each of PostgreSQL's commands.</param>
internal sealed record ClusterFolder(string Home, string Sockets, string[] RunAs, ClusterFolder.User Owner)
{
    private const string Root = "0";

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);

    /// <summary>A user and a group, as numbers.</summary>
    internal sealed record User(string Id, string Group);

    public string Cluster => Path.Combine(Home, "cluster");

    public string Log => Path.Combine(Home, "postgresql.log");

    /// <summary>The major version of PostgreSQL that made the cluster; null when there is none yet.</summary>
    public int? Version =>
        File.Exists(Path.Combine(Cluster, "PG_VERSION"))
        && int.TryParse(File.ReadAllText(Path.Combine(Cluster, "PG_VERSION")), out var version)
            ? version
            : null;

    /// <summary>Throws <see cref="ClusterUnavailableException"/> when a data folder is somebody else's. Makes nothing.</summary>
    public static async Task MustBeMineAsync(string data, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(data))
            return;
        var (owner, me) = ((await OwnerAsync(data, cancellationToken)).Id, (await MeAsync(cancellationToken)).Id);
        if (owner != me)
            throw new ClusterUnavailableException(
                $"The data folder '{data}' belongs to another user (uid {owner}, this is {me}): run as that user, or set REGISTRY_DATA to a folder of your own."
            );
    }

    /// <summary>The place that belongs to an existing data folder. Makes nothing.</summary>
    public static async Task<ClusterFolder> OfAsync(string data, CancellationToken cancellationToken)
    {
        var me = await MeAsync(cancellationToken);
        var name = "surveillance-registry-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..12];
        var inside = Path.Combine(data, "postgres");
        // Not in XDG_RUNTIME_DIR: that is taken away when the user signs out, and is another user's after 'su'. The registry may stay.
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
            (await PostgresCommand.RunAsync(LongestLook, cancellationToken, [.. runAs, "test", "-x", data])).ExitCode == 0
                ? inside
                : Path.Combine("/var/lib/surveillance-registry", name);
        return new ClusterFolder(home, Path.Combine("/run", name), runAs, user);
    }

    /// <summary>
    /// Makes the folders, owned by the cluster's user, and remembers in the data folder where they are when they are not in it.
    /// </summary>
    public async Task MakeAsync(string data, CancellationToken cancellationToken)
    {
        if (Path.GetDirectoryName(Home) != data)
        {
            await MakeAsync(Path.GetDirectoryName(Home)!, "0711", new User(Root, Root), cancellationToken);
            await File.WriteAllTextAsync(LocationFile(data), Home + "\n", cancellationToken);
        }

        await MakeAsync(Home, "0700", Owner, cancellationToken);
        await MakeAsync(Sockets, "0700", Owner, cancellationToken);
    }

    private static async Task MakeAsync(string folder, string mode, User owner, CancellationToken cancellationToken)
    {
        string[] asRoot = (await MeAsync(cancellationToken)).Id == Root ? ["-o", owner.Id, "-g", owner.Group] : [];
        var (exitCode, output) = await PostgresCommand.RunAsync(
            LongestLook,
            cancellationToken,
            ["install", "-d", "-m", mode, .. asRoot, folder]
        );
        // The folder itself is looked at: in /tmp somebody may have put a link of his own in its place.
        if (exitCode != 0 || (await OwnerAsync(folder, cancellationToken, "--")).Id != owner.Id)
            throw new ClusterUnavailableException(
                $"The folder '{folder}' for PostgreSQL cannot be made or belongs to another user: remove it, or set REGISTRY_DATA to another folder. {output}".TrimEnd()
            );
    }

    /// <summary>Which says where the cluster is, when PostgreSQL's user cannot reach the data folder.</summary>
    private static string LocationFile(string data) => Path.Combine(data, "postgres.location");

    private static User Unprivileged()
    {
        var users = File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .Where(fields => fields.Length > 3)
            .ToLookup(fields => fields[0], fields => new User(fields[2], fields[3]), StringComparer.Ordinal);
        return users["postgres"].Concat(users["nobody"]).FirstOrDefault()
            ?? throw new ClusterUnavailableException(
                "PostgreSQL does not run as root, and this machine has neither a user 'postgres' nor 'nobody': run the registry as an ordinary user."
            );
    }

    private static async Task<User> MeAsync(CancellationToken cancellationToken) =>
        Read(await PostgresCommand.RunAsync(LongestLook, cancellationToken, "sh", "-c", "echo $(id -u) $(id -g)"));

    private static async Task<User> OwnerAsync(string path, CancellationToken cancellationToken, string link = "--dereference") =>
        Read(await PostgresCommand.RunAsync(LongestLook, cancellationToken, "stat", "-c", "%u %g", link, path));

    private static User Read((int ExitCode, string Output) told) =>
        told.Output.Split(' ') is [var id, var group] && told.ExitCode == 0
            ? new User(id, group)
            : throw new ClusterUnavailableException($"The owner of the data folder cannot be read: {told.Output}");
}
