using System.Security.Cryptography;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>
/// Restores a verified backup into the empty database of the settings. Everything that can be refused is refused before anything is
/// written. A mark stands in the data folder and in the database until everything is there.
/// </summary>
/// <param name="Path">The file of the backup.</param>
/// <param name="Identity">The file with the private key of the recipient; null when none was given.</param>
/// <param name="Against">The file with a checkpoint that the backup must continue; null when none was given.</param>
/// <param name="IsNewLog">Whether the ledger goes on as a log with another name and key, because entries of the old one are lost.</param>
internal sealed record Restore(
    Settings Settings,
    ILoggerFactory Logs,
    BackupFile Backup,
    string Path,
    string? Identity,
    string? Against,
    bool IsNewLog
)
{
    private const string NothingRestored = " Nothing was restored.";

    private BackupManifest Manifest => Backup.Manifest;

    public async Task<RestoreOutcome> RunAsync(CancellationToken cancellationToken)
    {
        if (UpgradePath.Of(Manifest) is { Follows: false } newer)
            return new(newer.Sentence + NothingRestored);
        var mark = new UnfinishedRestore(Settings.Data);
        if (!mark.Exists && await FindFilledAsync(cancellationToken) is { } filled)
            return new(filled + NothingRestored);
        using var ledgerKey = Manifest.Ledger.Key is { } vkey ? SignedNote.FromVkey(vkey) : null;
        var (keys, hasKeys) = await FindKeysAsync(cancellationToken);
        var known = FindCheckpoint(ledgerKey, keys);
        if (IsNewLog && !hasKeys)
            throw new UsageException("--new-log needs the keys of the registry: give --identity." + NothingRestored);
        if (!IsNewLog && known?.RefusalOf(Manifest.Ledger) is { } refusal)
            return new(refusal + NothingRestored);

        mark.Set(Path);
        await using var cluster =
            Settings.Database.Length > 0
                ? null
                : await PrivateCluster.StartAsync(
                    Settings.Data,
                    Settings.PostgresBin,
                    Logs.CreateLogger<PrivateCluster>(),
                    cancellationToken
                );
        var owner = cluster?.ConnectionString ?? Settings.Database;
        if (await FillAsync(owner, ledgerKey, keys, known, cancellationToken) is { } difference)
        {
            mark.Remove();
            return new(difference + NothingRestored);
        }

        if (known is not null && hasKeys && !IsNewLog)
            KeyFile.SignedHeads(Settings.Data).Keep(known.Checkpoint.Size, known.Note);
        if (cluster is not null)
            await cluster.GrantServiceAsync(cancellationToken);
        mark.Remove();
        using var key = KeyFile.FindLedgerKey(Settings.Data);
        return new(Refusal: null)
        {
            Known = known?.Checkpoint.Size,
            HasKeys = hasKeys,
            NewLog = IsNewLog ? key?.Vkey : null,
        };
    }

    /// <summary>Fills the database and the folder of the keys. Returns why the database was emptied again, or null.</summary>
    private async Task<string?> FillAsync(
        string owner,
        SignedNote? ledgerKey,
        KeyArchive? keys,
        KnownCheckpoint? known,
        CancellationToken cancellationToken
    )
    {
        var database = new DatabaseRestoration(owner, Settings.PostgresBin);
        if (await database.ContentAsync(cancellationToken) == DatabaseContent.Registry)
            // A kill came between the last step in the database and the last one in the data folder.
            return await database.IsOfAsync(Backup.Sha256, cancellationToken) ? null : "The database holds another registry.";
        await database.RestoreAsync(Backup.Open(Backups.Backup.Database)!, cancellationToken);
        if (await FindDifferenceAsync(owner, ledgerKey, IsNewLog ? null : known, cancellationToken) is { } difference)
        {
            await database.GiveUpAsync(cancellationToken);
            return difference;
        }

        keys?.WriteToFolder(Settings.Data);
        var (log, now) = (Logs.CreateLogger(nameof(Schema)), TimeProvider.System.GetUtcNow());
        // Before the last step in the database: the old key must not sign what follows, whenever a kill comes.
        if (IsNewLog && HasKeyOf(Manifest.Ledger.Key))
            KeyFile.BeginNewLog(Settings.Data, now).Dispose();
        var endedLog = IsNewLog ? Manifest.Ledger.Key : null;
        await database.FinishAsync(Backup.Sha256, Manifest.At, endedLog, now, log, cancellationToken);
        return null;
    }

    /// <summary>Says which database is filled already; null when the one of the settings is empty.</summary>
    private async Task<string?> FindFilledAsync(CancellationToken cancellationToken)
    {
        if (Settings.Database.Length == 0)
            return await PrivateCluster.ExistsAsync(Settings.Data, cancellationToken)
                ? $"The data folder '{Settings.Data}' holds a database already: set REGISTRY_DATA to an empty folder."
                : null;
        var content = await new DatabaseRestoration(Settings.Database, Settings.PostgresBin).ContentAsync(cancellationToken);
        return content == DatabaseContent.Registry
            ? "The database of REGISTRY_DATABASE holds a registry already: name an empty database."
            : null;
    }

    /// <summary>
    /// Returns the keys to write, and whether the registry will have keys: those of the data folder, or those of the backup.
    /// </summary>
    private async Task<(KeyArchive? ToWrite, bool HasKeys)> FindKeysAsync(CancellationToken cancellationToken)
    {
        using var own = KeyFile.FindLedgerKey(Settings.Data);
        if (own is not null)
            // The second time, after a kill, a new log has its new key already.
            return own.Vkey == Manifest.Ledger.Key || (IsNewLog && new UnfinishedRestore(Settings.Data).Exists)
                ? (null, true)
                : throw new PrerequisiteException(
                    $"The folder '{KeyFile.Folder(Settings.Data)}' holds the keys of another registry: move it away." + NothingRestored
                );
        if (Manifest.Recipient is not { } recipient)
            return (null, false);
        if (Identity is null)
            throw new UsageException(
                $"The keys in this backup are encrypted to {recipient}: give the private key with --identity FILE, or put the opened keys "
                    + $"into '{KeyFile.Folder(Settings.Data)}'."
            );
        if (!File.Exists(Identity))
            throw new UsageException($"There is no file '{Identity}': --identity needs the private key of {recipient}, in PEM.");
        using var sealedKeys = new MemoryStream();
        await Backup.Open(Backups.Backup.Keys)!.CopyToAsync(sealedKeys, cancellationToken);
        try
        {
            return (KeyArchive.Read(SealedKeys.Open(sealedKeys.ToArray(), await File.ReadAllTextAsync(Identity, cancellationToken))), true);
        }
        catch (CryptographicException failure)
        {
            throw new UsageException(
                $"'{Identity}' does not open the keys in this backup ({failure.Message.TrimEnd('.')}): they are encrypted to {recipient}."
            );
        }
    }

    private bool HasKeyOf(string? vkey)
    {
        using var key = KeyFile.FindLedgerKey(Settings.Data);
        return key is not null && key.Vkey == vkey;
    }

    private KnownCheckpoint? FindCheckpoint(SignedNote? ledgerKey, KeyArchive? keys)
    {
        var given = KnownCheckpoint.ReadFile(Against, ledgerKey);
        return ledgerKey is null
            ? null
            : KnownCheckpoint.Greatest(
                ledgerKey,
                [given, Manifest.Ledger.Checkpoint, KeyFile.SignedHeads(Settings.Data).Greatest(), .. keys?.SignedHeads() ?? []]
            );
    }

    /// <summary>Returns in what the restored ledger differs from the manifest or from what was signed; null when in nothing.</summary>
    private async Task<string?> FindDifferenceAsync(
        string owner,
        SignedNote? ledgerKey,
        KnownCheckpoint? known,
        CancellationToken cancellationToken
    )
    {
        await using var services = new ServiceCollection()
            .AddLogging(LoggingSetup.Configure)
            .AddSingleton(TimeProvider.System)
            .AddPostgres(owner)
            .BuildServiceProvider();
        var log = services.GetRequiredService<ILedgerLog>();
        var head = await log.HeadAsync(cancellationToken);
        if (head.Size != Manifest.Ledger.Size || Convert.ToBase64String(head.Root()) != Manifest.Ledger.Root)
            return "The restored ledger is not the one that the manifest of the backup names.";
        if (ledgerKey is null || known is null)
            return null;
        using var publisher = new CheckpointPublisher(log, ledgerKey, known);
        return await publisher.CheckAsync(cancellationToken) is null
            ? null
            : $"The first {known.Checkpoint.Size} ledger entries of the backup are not those that were signed: it has another history.";
    }
}

/// <summary>What became of a restoration.</summary>
/// <param name="Refusal">Why nothing was restored; null when everything was.</param>
internal sealed record RestoreOutcome(string? Refusal)
{
    /// <summary>The number of entries of the greatest checkpoint that is known; null when none is.</summary>
    public long? Known { get; init; }

    /// <summary>The public key of the new log; null when the old one goes on.</summary>
    public string? NewLog { get; init; }

    /// <summary>Whether the registry has its keys.</summary>
    public bool HasKeys { get; init; }
}
