using System.Globalization;
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
internal sealed record ClusterFolder(string Home, string Sockets, string[] RunAs, string Owner, string Group)
{
    private const int LongestSocketFolder = 80;

    public string Cluster => Path.Combine(Home, "cluster");

    public string Log => Path.Combine(Home, "postgresql.log");

    public string ConnectionString => $"Host={Sockets};Username=registry;Database=postgres;Maximum Pool Size=40;Timeout=15;Application Name=surveillance-registry";

    /// <summary>Finds the place for a data folder; makes nothing. Throws <see cref="ClusterUnavailable"/> when the folder is somebody else's.</summary>
    public static async Task<ClusterFolder> ForAsync(string data, CancellationToken cancellationToken)
    {
        var me = await IdAsync("-u", cancellationToken);
        if (Directory.Exists(data) && await OwnerAsync(data, cancellationToken) is var owner && owner != me)
            throw new ClusterUnavailable($"The data folder '{data}' belongs to another user (uid {owner}, this is {me}): run as that user, or set REGISTRY_DATA to a folder of your own.");
        var name = "surveillance-registry-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..10];
        if (me != "0")
        {
            var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
            var sockets = runtime is { Length: > 0 and < LongestSocketFolder - 34 } && Directory.Exists(runtime) ? runtime : "/tmp";
            return new ClusterFolder(Path.Combine(data, "postgres"), Path.Combine(sockets, name), [], me, await IdAsync("-g", cancellationToken));
        }

        var (user, group) = Unprivileged();
        var home = IsReachable(data) ? Path.Combine(data, "postgres") : Path.Combine("/var/lib/surveillance-registry", name);
        return new ClusterFolder(home, Path.Combine("/run", name), ["setpriv", "--reuid=" + user, "--regid=" + group, "--clear-groups", "--"], user, group);
    }

    /// <summary>Makes the folders, owned by the cluster's user.</summary>
    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        if (Path.GetDirectoryName(Home) is { } above && !Directory.Exists(above))
            Directory.CreateDirectory(above, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        foreach (var folder in new[] { Home, Sockets })
        {
            var made = await Command.RunAsync(TimeSpan.FromSeconds(10), cancellationToken,
                RunAs.Length == 0 ? ["install", "-d", "-m", "0700", folder] : ["install", "-d", "-m", "0700", "-o", Owner, "-g", Group, folder]);
            if (made.ExitCode != 0 || await OwnerAsync(folder, cancellationToken) != Owner)
                throw new ClusterUnavailable($"The folder '{folder}' for PostgreSQL could not be made or belongs to another user: remove it or set REGISTRY_DATA to another folder. {made.Output}".TrimEnd());
        }
    }

    /// <summary>Whether a user with no rights of its own can walk down to the data folder.</summary>
    private static bool IsReachable(string data)
    {
        for (var folder = new DirectoryInfo(data); folder is not null; folder = folder.Parent)
        {
            if (folder.Exists && !File.GetUnixFileMode(folder.FullName).HasFlag(UnixFileMode.OtherExecute))
                return false;
        }

        return true;
    }

    private static (string User, string Group) Unprivileged()
    {
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToDictionary(fields => fields[0], fields => (fields[2], fields[3]), StringComparer.Ordinal);
        return users.TryGetValue("postgres", out var user) || users.TryGetValue("nobody", out user) ? user
            : throw new ClusterUnavailable("PostgreSQL does not run as root, and this machine has neither a user 'postgres' nor 'nobody': run the registry as an ordinary user.");
    }

    private static async Task<string> IdAsync(string which, CancellationToken cancellationToken) => (await Command.RunAsync(TimeSpan.FromSeconds(10), cancellationToken, "id", which)).Output;

    private static async Task<string> OwnerAsync(string path, CancellationToken cancellationToken) =>
        (await Command.RunAsync(TimeSpan.FromSeconds(10), cancellationToken, "stat", "-c", "%u", path)).Output is var uid && uint.TryParse(uid, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? uid : throw new ClusterUnavailable($"The owner of '{path}' cannot be read: {uid}");
}
