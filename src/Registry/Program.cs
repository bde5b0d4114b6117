using System.CommandLine;
using SurveillanceRegistry.Files;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Registry.Commands;
using SurveillanceRegistry.Registry.Commands.Backups;
using SurveillanceRegistry.Registry.Commands.Init;
using SurveillanceRegistry.Registry.Commands.Lists;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// The one executable of the registry. Exit codes: 0 done, 1 the check found problems, 2 wrong usage, 3 something needed is missing.
/// </summary>
internal static class Program
{
    private const int ProblemCode = 1;
    private const int WrongUsageCode = 2;
    private const int MissingCode = 3;

    private static async Task<int> Main(string[] arguments)
    {
        // Whatever a command prints, of files that others wrote too, goes through here.
        Console.SetOut(new TerminalWriter(Console.Out));
        Console.SetError(new TerminalWriter(Console.Error));
        var root = new RootCommand("SurveillanceRegistry: what is being recorded here, by whom, under which law, and how do you know?")
        {
            ServeCommand.Create(),
            MigrateCommand.Create(),
            PolicyCommands.Create(),
            DeviceCommands.Create(),
            RegisterListCommands.CreatePlaces(),
            RegisterListCommands.CreateScreens(),
            StaffCommands.Create(),
            TokenCommands.Create(),
            LedgerCommands.Create(),
            BackupCommand.Create(),
            RestoreCommand.Create(),
            DrillCommand.Create(),
            InitCommand.Create(),
            UpgradeCommand.Create(),
        };
        var command = root.Parse(arguments);
        if (command.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"{string.Join(' ', command.Errors.Select(error => error.Message))} See 'registry --help'.");
            return WrongUsageCode;
        }

        return await RunAsync(command);
    }

    /// <summary>Runs a command. Returns its exit code; prints the sentence of what made it impossible.</summary>
    private static async Task<int> RunAsync(ParseResult command)
    {
        try
        {
            // A stop on SIGTERM or Ctrl-C takes as long as it needs: after the default of 2 s the process would end with 143, before what
            // is in progress is finished and PostgreSQL is stopped. The host bounds its own stop, and a service manager bounds the rest.
            // Not null: then a signal before the host is started, or during another command, would end the process at once.
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = Timeout.InfiniteTimeSpan,
            };
            return await command.InvokeAsync(configuration);
        }
        catch (BackupException damaged)
        {
            await Console.Error.WriteLineAsync(damaged.Message);
            return ProblemCode;
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
