using System.CommandLine;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry migrate</c>: brings the database to this version's schema, and does nothing else.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var command = new Command("migrate", "Bring the database to the schema of this version, as its owner.");
        command.SetAction((_, cancellationToken) => RunAsync(Settings.Read([]), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Settings settings, CancellationToken cancellationToken)
    {
        using var logs = LoggingSetup.Create();
        await Database.MigrateAsync(settings, logs, cancellationToken);
        return 0;
    }
}
