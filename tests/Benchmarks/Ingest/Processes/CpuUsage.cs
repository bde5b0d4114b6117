using System.Globalization;

namespace SurveillanceRegistry.Benchmarks.Ingest.Processes;

/// <summary>
/// Measures how many cores named processes use, each with all its children, from <c>/proc</c>. All other processes are <c>other</c>, and
/// so is the CPU time that the host of a virtual machine takes away.
/// </summary>
internal sealed class CpuUsage(params (string Name, int Pid)[] processes)
{
    public const string Other = "other";

    private const double TicksPerSecond = 100; // USER_HZ, which Linux fixes at 100 for programs.

    /// <summary>CPU ticks so far, by name and of the whole machine.</summary>
    public sealed record Reading(DateTime At, IReadOnlyDictionary<string, long> Ticks, long MachineTicks);

    /// <summary>Returns a meter of the same processes and some more.</summary>
    public CpuUsage With(params (string Name, int Pid)[] more) => new([.. processes, .. more]);

    public Reading Read()
    {
        var all = ReadAllProcesses();
        var children = all.ToLookup(process => process.Value.Parent, process => process.Key);
        var named = processes.Select(process => process.Pid).ToHashSet();
        return new Reading(
            DateTime.UtcNow,
            processes
                .GroupBy(process => process.Name)
                .ToDictionary(group => group.Key, group => group.Sum(process => TicksOf(process.Pid))),
            ReadMachineTicks()
        );

        // A child that has a name of its own is not counted for its parent.
        long TicksOf(int pid) =>
            all.TryGetValue(pid, out var process) ? process.Ticks + children[pid].Where(child => !named.Contains(child)).Sum(TicksOf) : 0;
    }

    /// <summary>Returns the cores that each name used since a reading.</summary>
    public IReadOnlyDictionary<string, double> CoresSince(Reading before)
    {
        var now = Read();
        var seconds = (now.At - before.At).TotalSeconds;
        var cores = now.Ticks.ToDictionary(
            process => process.Key,
            process => (process.Value - before.Ticks[process.Key]) / TicksPerSecond / seconds
        );
        var machine = (now.MachineTicks - before.MachineTicks) / TicksPerSecond / seconds;
        cores[Other] = Math.Max(0, machine - cores.Values.Sum());
        return cores;
    }

    /// <summary>Returns the resident memory of a process in bytes.</summary>
    public static long ResidentBytes(int pid) =>
        1024
        * long.Parse(
            File.ReadLines($"/proc/{pid}/status")
                .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture
        );

    public static int ParentOf(int pid) => int.Parse(ReadStat(pid)![1], CultureInfo.InvariantCulture);

    /// <summary>Formats cores for a figure, without processes that used next to nothing.</summary>
    public static string Format(IReadOnlyDictionary<string, double> cores) =>
        string.Join(
            " · ",
            cores
                .Where(process => process.Value >= 0.005 || process.Key == Other)
                .Select(process => string.Create(CultureInfo.InvariantCulture, $"{process.Key} {process.Value:0.00}"))
        );

    private static Dictionary<int, (int Parent, long Ticks)> ReadAllProcesses()
    {
        var all = new Dictionary<int, (int Parent, long Ticks)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && ReadStat(pid) is { } fields
            )
                all[pid] = (
                    int.Parse(fields[1], CultureInfo.InvariantCulture),
                    fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture))
                );
        }

        return all;
    }

    private static long ReadMachineTicks()
    {
        // The fields are user, nice, system, idle, iowait, irq, softirq, steal. Idle and iowait are not counted.
        var fields = File.ReadLines("/proc/stat")
            .First()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture))
            .ToArray();
        return fields[..8].Sum() - fields[3] - fields[4];
    }

    /// <summary>
    /// Returns the fields of <c>/proc/PID/stat</c> after the program's name, which may contain blanks; the first one is the state. Null
    /// when the process does not exist.
    /// </summary>
    private static string[]? ReadStat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
