using System.Runtime.InteropServices;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// The figures of the ingest, each beside its peer from the same run: <c>ingest [name …] [--small] [--long] [--minutes N] [--write]</c>.
/// </summary>
internal static class IngestFigures
{
    public const string Verb = "ingest";

    private static readonly (string Name, Func<Scale, Table, Task> RunAsync)[] All =
    [
        ("connections", ThousandConnections.RunAsync),
        ("gateway", OneGateway.RunAsync),
        ("node", NodePeers.RunAsync),
        ("change", ChangeToState.RunAsync),
        ("silence", Silence.RunAsync),
        ("million", MillionDevices.RunAsync),
        ("fleet", ConnectedFleet.RunAsync),
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        var wanted = arguments
            .Where((argument, at) => !argument.StartsWith("--", StringComparison.Ordinal) && (at == 0 || arguments[at - 1] != "--minutes"))
            .ToArray();
        if (
            wanted.Except(All.Select(one => one.Name)).Any()
            || arguments
                .Where(argument => argument.StartsWith("--", StringComparison.Ordinal))
                .Except(["--small", "--long", "--minutes", "--write"])
                .Any()
        )
        {
            await Console.Error.WriteLineAsync(
                $"usage: ingest [{string.Join(" | ", All.Select(one => one.Name))} …] [--small] [--long] [--minutes N] [--write]"
            );
            return 2;
        }

        // The figure that runs then fails, and puts its processes away as it unwinds.
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        var scale = Scale.Read(arguments);
        var table = new Table(scale);
        var failed = 0;
        try
        {
            failed = await RunAsync(scale, table, All.Where(one => wanted.Length == 0 || wanted.Contains(one.Name)));
        }
        catch (Exception) when (Child.Interrupted.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted: nothing of it runs any more.");
            return 1;
        }

        var markdown = await table.MarkdownAsync();
        Console.WriteLine("\n" + markdown);
        if (arguments.Contains("--write"))
            await File.WriteAllTextAsync(Path.Combine(Programs.Root, "docs/ingest-figures.md"), markdown);
        return failed == 0 ? 0 : 1;

        static void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = true;
            Child.InterruptAll();
        }
    }

    private static async Task<int> RunAsync(Scale scale, Table table, IEnumerable<(string Name, Func<Scale, Table, Task> RunAsync)> wanted)
    {
        var failed = 0;
        foreach (var (name, runAsync) in wanted)
        {
            Console.WriteLine($"\n— {name}");
            try
            {
                await runAsync(scale, table);
            }
            catch (Exception failure) when (!Child.Interrupted.IsCancellationRequested)
            {
                // The others are measured all the same; the exit code tells.
                failed++;
                table.Note($"{name} could not be measured: {failure.Message.Split('\n')[0]}");
                await Console.Error.WriteLineAsync(failure.ToString());
            }
        }

        return failed;
    }
}
