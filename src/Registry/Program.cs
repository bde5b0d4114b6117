using System.CommandLine;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Registry.Commands;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// The front door: one executable, many verbs. Exit codes: 0 done, 1 the check found problems, 2 wrong usage, 3 something needed is
/// missing.
/// </summary>
internal static class Program
{
    private const int WrongUsageCode = 2,
        MissingCode = 3;

    private static async Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("SurveillanceRegistry: what is being recorded here, by whom, under which law, and how do you know?")
        {
            ServeCommand.Verb(),
            MigrateCommand.Verb(),
            PolicyCommands.Verb(),
            DeviceCommands.Verb(),
            StaffCommands.Staff(),
            StaffCommands.Token(),
            LedgerCommands.Verb(),
        };
        var command = root.Parse(arguments);
        if (command.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"{string.Join(' ', command.Errors.Select(error => error.Message))} See 'registry --help'.");
            return WrongUsageCode;
        }

        try
        {
            return await command.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (UsageException usage)
        {
            await Console.Error.WriteLineAsync(usage.Message);
            return WrongUsageCode;
        }
        catch (Exception missing) when (missing is PrerequisiteException or ClusterUnavailableException)
        {
            await Console.Error.WriteLineAsync(missing.Message);
            return MissingCode;
        }
    }
}
