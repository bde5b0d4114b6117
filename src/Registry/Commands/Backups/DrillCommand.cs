using System.CommandLine;
using System.Globalization;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Registry.Backups;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands.Backups;

/// <summary><c>registry drill PATH</c>: proves on trial that a backup can be restored and holds.</summary>
internal static class DrillCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("path") { Description = "The backup." };
        var command = new Command(
            "drill",
            "Restore a backup on trial and verify it; the running registry records the result. Nothing of the trial is left."
        )
        {
            source,
            BackupOrigin.KeyOption,
            BackupOrigin.AgainstOption,
            BackupOrigin.UnprovenOption,
            CommandOutput.AsJson,
        };
        command.SetAction(
            (arguments, cancellationToken) =>
                RunAsync(
                    arguments.GetRequiredValue(source),
                    BackupOrigin.Of(arguments),
                    arguments.GetValue(CommandOutput.AsJson),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(string path, BackupOrigin origin, bool asJson, CancellationToken cancellationToken)
    {
        var settings = Settings.Read([]);
        using var logs = LoggingSetup.Create();
        await using var backup = await RestoreCommand.OpenAsync(path, cancellationToken);
        var (ledgerKey, unproven) = origin.Prove(settings, backup);
        using var key = ledgerKey;
        var note = KnownCheckpoint.ReadFile(origin.Against, ledgerKey);
        await using var database = await FindLiveAsync(settings, logs, cancellationToken);
        await using var live = database is null ? null : RestoredRegistry.ServicesOf(database.ConnectionString);
        var isOwn = live is not null && await IsOwnAsync(settings, backup.Manifest, live, cancellationToken);
        if (isOwn)
            note ??= await live!.GetRequiredService<LedgerState>().NewestCheckpointAsync(cancellationToken);
        var report = await new Drill(settings, logs, backup, ledgerKey, unproven, isOwn ? live : null, note).RunAsync(cancellationToken);
        if (isOwn)
            await live!
                .GetRequiredService<DrillRegister>()
                .RecordAsync(
                    backup.Sha256,
                    backup.Manifest.At,
                    report.Entries,
                    report.Holds,
                    TimeProvider.System.GetUtcNow(),
                    cancellationToken
                );
        return await PrintAsync(backup.Manifest, report, isOwn, asJson);
    }

    private static async Task<int> PrintAsync(BackupManifest manifest, DrillReport report, bool isRecorded, bool asJson)
    {
        if (asJson || report.Holds)
            CommandOutput.Done(
                new
                {
                    report.Holds,
                    report.Faults,
                    report.Unproven,
                    manifest.City,
                    madeAt = manifest.At,
                    report.Entries,
                    report.Questions,
                    restoreSeconds = Math.Round(report.RestoreSeconds, 2),
                    verifySeconds = Math.Round(report.VerifySeconds, 2),
                    recorded = isRecorded,
                },
                string.Join('\n', Sentences(manifest, report, isRecorded)),
                asJson
            );
        return report.Holds ? 0 : await CommandOutput.RefusedAsync("The backup does not hold. " + string.Join('\n', report.Faults));
    }

    private static IEnumerable<string> Sentences(BackupManifest manifest, DrillReport report, bool isRecorded)
    {
        yield return $"The backup of {manifest.City}, made at {LedgerEntry.FormatTime(manifest.At)}, holds.";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Restored in {report.RestoreSeconds:0.0} s; {report.Entries} ledger entries and every row that they prove verified in "
                + $"{report.VerifySeconds:0.0} s; {report.Questions} questions about the law of other days answered."
        );
        yield return "Accounts, tokens and secrets of devices are proven by the signature of the backup alone.";
        foreach (var sentence in report.Unproven)
            yield return sentence;
        yield return isRecorded
            ? "The running registry recorded this drill in its ledger."
            : "No running registry of this backup is here: the drill is recorded nowhere.";
    }

    /// <summary>The database of a registry that is live here; null when none is. Starts none.</summary>
    private static async Task<Database?> FindLiveAsync(Settings settings, ILoggerFactory logs, CancellationToken cancellationToken) =>
        settings.Database.Length > 0 || await PrivateCluster.ConnectIfRunningAsync(settings.Data, cancellationToken) is not null
            ? await Database.JoinAsync(settings, logs, cancellationToken)
            : null;

    /// <summary>Whether the live registry is the one that the backup was made of.</summary>
    private static async Task<bool> IsOwnAsync(
        Settings settings,
        BackupManifest manifest,
        IServiceProvider live,
        CancellationToken cancellationToken
    )
    {
        using var key = KeyFile.FindLedgerKey(settings.Data);
        return key is not null
            && key.Vkey == manifest.Ledger.Key
            && !await live.GetRequiredService<IPolicyRegister>().IsEmptyAsync(cancellationToken);
    }
}
