using System.Globalization;

namespace SurveillanceRegistry.Web.Connections;

/// <summary>
/// How the process divides the files that it may open (RLIMIT_NOFILE). Each connection is one open file. Without a reserve the process
/// could not open its database, its logs or a thread's handles any more, and ends.
/// </summary>
/// <param name="Http">Connections over HTTP.</param>
/// <param name="Mqtt">Connections over MQTT.</param>
public sealed record OpenFileBudget(int Http, int Mqtt)
{
    /// <summary>
    /// Files that connections never get: the runtime's own, the pool of database connections, and sockets between accept and close.
    /// </summary>
    public const int Reserve = 320;

    /// <summary>The smallest limit with which the registry starts.</summary>
    public const int Min = 640;

    private const int HttpShare = 3;

    /// <summary>Divides a limit of open files: a third of what the reserve leaves is for HTTP, the rest for devices.</summary>
    /// <param name="openFiles">The limit; at least <see cref="Min"/>.</param>
    public static OpenFileBudget Divide(long openFiles)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(openFiles, Min);
        var free = (int)Math.Min(openFiles - Reserve, int.MaxValue);
        return new OpenFileBudget(free / HttpShare, free - free / HttpShare);
    }

    /// <summary>The limit of open files that the kernel reports of a process; null when it reports none.</summary>
    /// <param name="limits">The content of <c>/proc/self/limits</c>.</param>
    public static long? ReadLimit(string limits)
    {
        const string Name = "Max open files";
        ArgumentNullException.ThrowIfNull(limits);
        var line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }
}
