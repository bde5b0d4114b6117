using System.CommandLine;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Registry.Backups;

namespace SurveillanceRegistry.Registry.Commands.Backups;

/// <summary><c>registry upgrade check FILE</c>: whether this version can follow the one that wrote a backup.</summary>
internal static class UpgradeCommand
{
    private const int MaxManifestBytes = 1024 * 1024;

    public static Command Create() => new("upgrade", "From one version to the next.") { CreateCheck() };

    private static Command CreateCheck()
    {
        var file = new Argument<string>("file") { Description = "A backup, or the manifest.json of one." };
        var command = new Command("check", "Say whether this version can follow the version that wrote a backup.")
        {
            file,
            CommandOutput.AsJson,
        };
        command.SetAction(
            async (arguments, cancellationToken) =>
            {
                var upgrade = UpgradePath.Of(await ReadAsync(arguments.GetRequiredValue(file), cancellationToken));
                var asJson = arguments.GetValue(CommandOutput.AsJson);
                if (asJson || upgrade.Follows)
                    CommandOutput.Done(
                        new
                        {
                            upgrade.Follows,
                            from = upgrade.From.Version,
                            fromSchema = upgrade.From.Schema,
                            to = Backup.Version,
                            upgrade.Pending,
                            upgrade.Unknown,
                        },
                        upgrade.Sentence,
                        asJson
                    );
                return upgrade.Follows ? 0 : await CommandOutput.RefusedAsync(upgrade.Sentence);
            }
        );
        return command;
    }

    private static async Task<BackupManifest> ReadAsync(string given, CancellationToken cancellationToken)
    {
        if (
            new FileInfo(given) is { Exists: true, Length: <= MaxManifestBytes }
            && BackupManifest.Read(await File.ReadAllBytesAsync(given, cancellationToken)) is { } manifest
        )
            return manifest.Format == BackupManifest.CurrentFormat
                ? manifest
                : throw new BackupException($"The manifest '{given}' has a form that this version does not know.");
        await using var backup = await RestoreCommand.OpenAsync(given, cancellationToken);
        return backup.Manifest;
    }
}
