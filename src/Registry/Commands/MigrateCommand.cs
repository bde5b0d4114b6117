using System.CommandLine;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry migrate</c>: brings the database to this version's schema, and does nothing else.</summary>
internal static class MigrateCommand
{
    public static Command Verb()
    {
        var verb = new Command("migrate", "Bring the database to the schema of this version.");
        verb.SetAction(
            async (_, cancellationToken) =>
            {
                using var logs = LoggingSetup.Create();
                await using var database = await Database.JoinAsync(Settings.Read([]), logs, cancellationToken);
                return 0;
            }
        );
        return verb;
    }
}
