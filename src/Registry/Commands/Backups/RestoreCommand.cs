using System.CommandLine;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Registry.Backups;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands.Backups;

/// <summary><c>registry restore PATH</c>: a backup into an empty data folder or database.</summary>
internal static class RestoreCommand
{
    private static readonly Option<string?> Identity = new("--identity")
    {
        Description = "The private key (PEM) that opens the keys in the backup.",
    };

    private static readonly Option<bool> NewLog = new("--new-log")
    {
        Description = "Entries after the backup are lost: go on as a log with another name and key, which readers can see.",
    };

    public static Command Create()
    {
        var source = new Argument<string>("path") { Description = "The backup." };
        var command = new Command("restore", "Restore a backup into an empty data folder or database.")
        {
            source,
            Identity,
            BackupOrigin.KeyOption,
            BackupOrigin.AgainstOption,
            BackupOrigin.UnprovenOption,
            NewLog,
            CommandOutput.AsJson,
        };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments, arguments.GetRequiredValue(source), cancellationToken));
        return command;
    }

    /// <summary>Opens and verifies a backup. Throws <see cref="UsageException"/> when there is no such file.</summary>
    public static Task<BackupFile> OpenAsync(string given, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(given);
        return File.Exists(path)
            ? BackupFile.OpenAsync(path, cancellationToken)
            : throw new UsageException($"There is no file '{path}': name a backup that 'registry backup' wrote.");
    }

    private static async Task<int> RunAsync(ParseResult arguments, string given, CancellationToken cancellationToken)
    {
        var settings = Settings.Read([]);
        using var logs = LoggingSetup.Create();
        await using var backup = await OpenAsync(given, cancellationToken);
        var restore = new Restore(
            settings,
            logs,
            backup,
            Path.GetFullPath(given),
            arguments.GetValue(Identity),
            BackupOrigin.Of(arguments),
            arguments.GetValue(NewLog)
        );
        var outcome = await restore.RunAsync(cancellationToken);
        if (outcome.Refusal is { } refusal)
            return await CommandOutput.RefusedAsync(refusal);
        var manifest = backup.Manifest;
        return CommandOutput.Done(
            new
            {
                restored = true,
                data = settings.Data,
                manifest.City,
                madeAt = manifest.At,
                entries = manifest.Ledger.Size,
                hasKeys = outcome.HasKeys,
                newestCheckpoint = outcome.Known,
                outcome.NewLog,
                outcome.Unproven,
            },
            string.Join('\n', Sentences(settings, manifest, outcome)),
            arguments.GetValue(CommandOutput.AsJson)
        );
    }

    private static IEnumerable<string> Sentences(Settings settings, BackupManifest manifest, RestoreOutcome outcome)
    {
        yield return $"{manifest.City} was restored as it was at {LedgerEntry.FormatTime(manifest.At)}, "
            + $"with {manifest.Ledger.Size} ledger entries. They hold, and every row that they prove is as they say.";
        yield return outcome.Unproven ?? "Accounts, tokens and secrets of devices are proven by the signature of the backup alone.";
        if (outcome.NewLog is { } vkey)
            yield return $"The old log ended. A new one goes on from its {manifest.Ledger.Size} entries; tell its readers the key: {vkey}";
        else
            yield return $"The newest checkpoint known here has {outcome.Known ?? 0} entries. If the public log went on after the "
                + "backup, do not start this registry: it would sign a second history. Take a newer backup into another folder, and give "
                + "the newest checkpoint that a reader, a mirror or a witness holds with --against.";
        yield return "What was revoked or changed after the backup holds again: look at accounts, tokens and devices' secrets.";
        if (!outcome.HasKeys)
            yield return $"The keys are not in the backup: put the folder of keys of this registry to '{KeyFile.Folder(settings.Data)}'. "
                + "The registry does not start without them.";
    }
}
