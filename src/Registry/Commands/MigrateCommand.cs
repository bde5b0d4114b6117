using System.CommandLine;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry migrate</c>: brings the database to this version's schema, and does nothing else.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var command = new Command("migrate", "Bring the database to the schema of this version.");
        // Opening the database migrates it.
        command.SetAction((_, cancellationToken) => RegisterAccess.RunAsync(_ => Task.FromResult(0), cancellationToken));
        return command;
    }
}
