using System.Runtime.InteropServices;
using SurveillanceRegistry.Benchmarks.Ingest.Measurements;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;
using SurveillanceRegistry.Benchmarks.Ingest.Report;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// Measures the ingest, each figure beside its peer from the same run: <c>ingest [name …] [--small] [--long] [--minutes N] [--write]</c>.
/// </summary>
internal static class IngestCommand
{
    public const string Verb = "ingest";

    private static readonly string[] Options = ["--small", "--long", "--minutes", "--write"];

    private static readonly (string Name, Func<BenchmarkScale, FigureTable, Task> RunAsync)[] Measurements =
    [
        ("connections", ThousandConnections.RunAsync),
        ("gateway", OneGateway.RunAsync),
        ("node", NodePeers.RunAsync),
        ("change", ChangeToState.RunAsync),
        ("silence", Silence.RunAsync),
        ("million", MillionDevices.RunAsync),
        ("fleet", ConnectedFleet.RunAsync),
    ];

    /// <summary>Returns the exit code: 0 if all were measured, 1 if one could not be, 2 for wrong usage.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = arguments.Where(argument => argument.StartsWith("--", StringComparison.Ordinal));
        string[] names =
        [
            .. arguments.Where(
                (argument, index) =>
                    !argument.StartsWith("--", StringComparison.Ordinal) && (index == 0 || arguments[index - 1] != "--minutes")
            ),
        ];
        if (names.Except(Measurements.Select(measurement => measurement.Name)).Any() || options.Except(Options).Any())
        {
            var known = string.Join(" | ", Measurements.Select(measurement => measurement.Name));
            await Console.Error.WriteLineAsync($"usage: ingest [{known} …] [--small] [--long] [--minutes N] [--write]");
            return 2;
        }

        // An interrupted measurement fails and disposes its processes.
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        var scale = BenchmarkScale.Parse(arguments);
        var table = new FigureTable(scale);
        var failures = 0;
        try
        {
            failures = await RunAsync(scale, table, names);
        }
        catch (Exception) when (WorkerProcess.Interrupted.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted: all processes of the measurement have ended.");
            return 1;
        }

        var markdown = await table.ToMarkdownAsync();
        Console.WriteLine("\n" + markdown);
        if (arguments.Contains("--write"))
            await File.WriteAllTextAsync(Path.Combine(Programs.Root, "docs/ingest-figures.md"), markdown);
        return failures == 0 ? 0 : 1;
    }

    private static void Interrupt(PosixSignalContext signal)
    {
        signal.Cancel = true;
        WorkerProcess.InterruptAll();
    }

    /// <summary>Runs the named measurements, or all if none is named; returns how many failed.</summary>
    private static async Task<int> RunAsync(BenchmarkScale scale, FigureTable table, string[] names)
    {
        var failures = 0;
        foreach (var (name, runAsync) in Measurements.Where(measurement => names.Length == 0 || names.Contains(measurement.Name)))
        {
            Console.WriteLine($"\n— {name}");
            try
            {
                await runAsync(scale, table);
            }
            catch (Exception failure) when (!WorkerProcess.Interrupted.IsCancellationRequested)
            {
                // The other measurements still run; the exit code reports the failure.
                failures++;
                table.AddNote($"{name} could not be measured: {failure.Message.Split('\n')[0]}");
                await Console.Error.WriteLineAsync(failure.ToString());
            }
        }

        return failures;
    }
}
