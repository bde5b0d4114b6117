using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using MQTTnet.Server;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>One figure beside its peer or its limit.</summary>
/// <param name="Beside">The same load on something else, in the same run.</param>
/// <param name="Latency">From due to acknowledged, or whatever the figure is about.</param>
/// <param name="Holds">Whether the goal was reached; null: there is none, or this run is too small to say.</param>
internal sealed record Figure(string Load, string Ours, string Beside, string Latency, string Cores, string Took, string Goal, bool? Holds);

/// <summary>The figures of one run, on the console as they come and as Markdown at the end.</summary>
internal sealed class Table(Scale scale)
{
    private readonly List<Figure> _figures = [];
    private readonly List<string> _notes = [];

    public void Add(Figure figure)
    {
        if (!scale.IsFull)
            figure = figure with { Holds = null };
        _figures.Add(figure);
        Console.WriteLine(
            $"\n{figure.Load}\n  ours     {figure.Ours}\n  beside   {figure.Beside}\n  latency  {figure.Latency}\n  cores    {figure.Cores}\n  took     {figure.Took}\n  goal     {figure.Goal}: {Word(figure.Holds)}"
        );
    }

    public void Note(string sentence)
    {
        _notes.Add(sentence);
        Console.WriteLine($"  {sentence}");
    }

    public async Task<string> MarkdownAsync()
    {
        var text = new StringBuilder();
        text.AppendLine("# Figures of the ingest").AppendLine();
        text.AppendLine(
                $"Printed by `dotnet run -c Release --project tests/Benchmarks -- ingest` on {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC. What each figure means stands in `tests/Benchmarks/Ingest/README.md`."
            )
            .AppendLine();
        if (!scale.IsFull)
            text.AppendLine("**Run with `--small`: this proves that the measurements run, and says nothing about speed.**").AppendLine();
        text.AppendLine($"{await MachineAsync()}").AppendLine();
        text.AppendLine(
                "**The load generator shares the same cores with the system under test, always**; nothing is pinned, everything is on loopback. Rates are the median [lowest–highest] of three timed runs after a warm-up, "
                    + "every system warm in the same run; ratios are what to compare, absolute figures are this machine's. *Cores* are of the run that gave the median: how many each process used, with all that it started; *other* is everything else on the machine."
            )
            .AppendLine();
        text.AppendLine("| Load | Ours | Beside it, in the same run | Latency | Cores | Took | Goal | |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (var one in _figures)
            text.AppendLine(
                $"| {one.Load} | {one.Ours} | {one.Beside} | {one.Latency} | {one.Cores} | {one.Took} | {one.Goal} | {Word(one.Holds)} |"
            );
        text.AppendLine();
        foreach (var note in _notes)
            text.AppendLine($"- {note}");
        text.AppendLine().AppendLine("Where the time goes, and what separates us from the peers: [profile](ingest-profile.md).");
        return text.ToString();
    }

    private static string Word(bool? holds) =>
        holds switch
        {
            true => "holds",
            false => "**missed**",
            null => "–",
        };

    private static async Task<string> MachineAsync()
    {
        var processor = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':')[1]
            .Trim();
        var memory =
            long.Parse(
                File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture
            ) / 1048576.0;
        var postgres = await SayAsync(
            "bash",
            "-c",
            "${REGISTRY_POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)}/postgres --version"
        );
        var (kernel, mosquitto, node) = (
            await SayAsync("uname", "-r"),
            await SayAsync("bash", "-c", $"{Mosquitto.Program} -h | head -n 1"),
            await SayAsync("node", "--version")
        );
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {Environment.ProcessorCount} cores ({processor}), {memory:0} GiB, Linux {kernel}; .NET {Environment.Version}, MQTTnet {typeof(MqttServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split(
                '+'
            )[0]},
            {postgres.Replace("postgres (PostgreSQL)", "PostgreSQL", StringComparison.Ordinal)}, {mosquitto}, Node {node}.
            One write of 8 kB with its flush took {Flush():0.00} ms here (median of 200): "durable" below means that this returned.
            """
        );
    }

    private static async Task<string> SayAsync(string program, params string[] arguments) =>
        (await Programs.RunAsync(program, arguments)).Output.Trim();

    /// <summary>What a commit waits for at least, on the disk on which the clusters stand, in milliseconds.</summary>
    private static double Flush()
    {
        var folder = Directory.CreateTempSubdirectory("flush-");
        try
        {
            var times = new List<double>();
            using var file = File.Create(Path.Combine(folder.FullName, "probe"), 1);
            var page = new byte[8192];
            for (var i = 0; i < 200; i++)
            {
                var clock = Stopwatch.GetTimestamp();
                file.Position = 0;
                file.Write(page);
                file.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            }

            times.Sort();
            return Figures.Percentile(times, 50);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>Several timed runs of the same load.</summary>
internal sealed class Runs
{
    private readonly List<Run> _all = [];

    public Run Median => _all.OrderBy(run => run.Outcome.PerSecond).ElementAt(_all.Count / 2);

    public double PerSecond => Median.Outcome.PerSecond;

    public double P50 => Middle(outcome => outcome.P50);

    public double P99 => Middle(outcome => outcome.P99);

    public Outcome Last => _all[^1].Outcome;

    public string Rate =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{PerSecond:#,0}/s [{_all.Min(run => run.Outcome.PerSecond):#,0}–{_all.Max(run => run.Outcome.PerSecond):#,0}]"
        );

    public string Latency => string.Create(CultureInfo.InvariantCulture, $"p50 {P50:0.00}, p99 {P99:0.0} ms");

    public string Cores => Ingest.Cores.Words(Median.Cores);

    public double Other => _all.Max(run => run.Cores[Ingest.Cores.Other]);

    public string Took => string.Create(CultureInfo.InvariantCulture, $"{_all.Count} × {_all.Average(run => run.Outcome.Seconds):0} s");

    public void Add(Run run)
    {
        if (run.Outcome is { Problem: { } problem } || run.Outcome.Refused > 0 || run.Outcome.Unanswered > 0)
            throw new InvalidOperationException(
                $"{run.Outcome.Refused} publishes were refused, {run.Outcome.Unanswered} had no answer, {run.Outcome.Ended} connections ended: {run.Outcome.Problem}"
            );
        _all.Add(run);
    }

    private double Middle(Func<Outcome, double> of) => _all.Select(run => of(run.Outcome)).Order().ElementAt(_all.Count / 2);
}
