using System.Globalization;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// How many cores each of some processes takes, with all that it started, out of <c>/proc</c>. Whatever else runs on the machine is
/// <c>other</c>, and what the host takes away counts with it.
/// </summary>
internal sealed class Cores(params (string Name, int Pid)[] processes)
{
    public const string Other = "other";

    private const double TicksPerSecond = 100; // USER_HZ, which Linux has fixed for programs.

    /// <summary>Ticks of CPU so far, by name, and of the whole machine.</summary>
    public sealed record Reading(DateTime At, IReadOnlyDictionary<string, long> Ticks, long Machine);

    /// <summary>The same, with more processes.</summary>
    public Cores With(params (string Name, int Pid)[] more) => new([.. processes, .. more]);

    public Reading Sample()
    {
        var all = new Dictionary<int, (int Parent, long Ticks)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Fields(pid) is { } fields
            )
                all[pid] = (
                    int.Parse(fields[1], CultureInfo.InvariantCulture),
                    fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture))
                );
        }

        var children = all.ToLookup(one => one.Value.Parent, one => one.Key);
        var named = processes.Select(process => process.Pid).ToHashSet();
        var machine = File.ReadLines("/proc/stat")
            .First()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture))
            .ToArray();
        // user, nice, system, idle, iowait, irq, softirq, steal: all but the two idle ones.
        return new Reading(
            DateTime.UtcNow,
            processes.GroupBy(process => process.Name).ToDictionary(group => group.Key, group => group.Sum(process => OfTree(process.Pid))),
            machine[..8].Sum() - machine[3] - machine[4]
        );

        // Not the part of a tree that has a name of its own.
        long OfTree(int pid) =>
            all.TryGetValue(pid, out var one) ? one.Ticks + children[pid].Where(child => !named.Contains(child)).Sum(OfTree) : 0;
    }

    /// <summary>Cores used since a reading.</summary>
    public IReadOnlyDictionary<string, double> Used(Reading since)
    {
        var now = Sample();
        var seconds = (now.At - since.At).TotalSeconds;
        var used = now.Ticks.ToDictionary(one => one.Key, one => (one.Value - since.Ticks[one.Key]) / TicksPerSecond / seconds);
        used[Other] = Math.Max(0, (now.Machine - since.Machine) / TicksPerSecond / seconds - used.Values.Sum());
        return used;
    }

    /// <summary>The memory of a process that is in RAM, in bytes.</summary>
    public static long ResidentBytes(int pid) =>
        1024
        * long.Parse(
            File.ReadLines($"/proc/{pid}/status")
                .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture
        );

    public static int ParentOf(int pid) => int.Parse(Fields(pid)![1], CultureInfo.InvariantCulture);

    /// <summary>
    /// The fields of <c>/proc/PID/stat</c> from the third, the state, on; the name before it may hold anything. Null: no such process.
    /// </summary>
    private static string[]? Fields(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static string Words(IReadOnlyDictionary<string, double> used) =>
        string.Join(
            " · ",
            used.Where(one => one.Value >= 0.005 || one.Key == Other)
                .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value:0.00}"))
        );
}
