using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
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
/// <param name="Origin">What is known of the key that signed the backup, and the checkpoint that it must continue.</param>
/// <param name="IsNewLog">Whether the ledger goes on as a log with another name and key, because entries of the old one are lost.</param>
internal sealed record Restore(
    Settings Settings,
    ILoggerFactory Logs,
    BackupFile Backup,
    string Path,
    string? Identity,
    BackupOrigin Origin,
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
        var (signer, unproven) = Origin.Prove(Settings, Backup);
        using var ledgerKey = signer;
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
        await using (var database = new DatabaseRestoration(owner, Settings.PostgresBin))
        {
            if (await FillOrDiscardAsync(database, cluster, ledgerKey, keys, known, cancellationToken) is { } difference)
            {
                mark.Remove();
                return new(difference + NothingRestored);
            }
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
            Unproven = unproven,
        };
    }

    /// <summary>
    /// Fills the database and the folder of the keys. When anything does not hold, drops what the dump made, and the cluster that was made
    /// for it: nothing of a dump that was refused is left to run later. Returns why, or null.
    /// </summary>
    private async Task<string?> FillOrDiscardAsync(
        DatabaseRestoration database,
        PrivateCluster? cluster,
        SignedNote ledgerKey,
        KeyArchive? keys,
        KnownCheckpoint? known,
        CancellationToken cancellationToken
    )
    {
        if (await database.ContentAsync(cancellationToken) == DatabaseContent.Registry)
            // A kill came between the last step in the database and the last one in the data folder.
            return await database.IsOfAsync(Backup.Sha256, cancellationToken) ? null : "The database holds another registry.";
        string? difference;
        try
        {
            difference = await FillAsync(database, ledgerKey, keys, known, cancellationToken);
        }
        catch (ClusterUnavailableException refused)
        {
            difference = refused.Message;
        }
        catch (Exception odd) when (odd is DbException or InvalidOperationException or JsonException or FormatException)
        {
            difference = $"What was restored cannot be read: {odd.Message}";
        }

        if (difference is null)
            return null;
        await database.GiveUpAsync(cancellationToken);
        if (cluster is not null && await database.ContentAsync(cancellationToken) == DatabaseContent.Nothing)
            await cluster.DiscardAsync();
        return difference;
    }

    private async Task<string?> FillAsync(
        DatabaseRestoration database,
        SignedNote ledgerKey,
        KeyArchive? keys,
        KnownCheckpoint? known,
        CancellationToken cancellationToken
    )
    {
        await database.RestoreAsync(() => Backup.Open(BackupManifest.Database)!, cancellationToken);
        database.Migrate(Logs.CreateLogger(nameof(Schema)));
        await using (var services = RestoredRegistry.ServicesOf(database.Login))
        {
            var against = IsNewLog ? null : known?.Checkpoint;
            var faults = await new RestoredRegistry(Manifest, ledgerKey).FindFaultsAsync(services, against, cancellationToken);
            if (faults is [var first, ..])
                return "The backup does not hold. " + first;
        }

        keys?.WriteToFolder(Settings.Data);
        var now = TimeProvider.System.GetUtcNow();
        // Before the last step in the database: the old key must not sign what follows, whenever a kill comes.
        if (IsNewLog && HasKeyOf(Manifest.Ledger.Key))
            KeyFile.BeginNewLog(Settings.Data, now).Dispose();
        await database.FinishAsync(Backup.Sha256, Manifest.At, IsNewLog ? Manifest.Ledger.Key : null, now, cancellationToken);
        return null;
    }

    /// <summary>Says which database is filled already; null when the one of the settings is empty.</summary>
    private async Task<string?> FindFilledAsync(CancellationToken cancellationToken)
    {
        if (Settings.Database.Length == 0)
            return await PrivateCluster.ExistsAsync(Settings.Data, cancellationToken)
                ? $"The data folder '{Settings.Data}' holds a database already: set REGISTRY_DATA to an empty folder."
                : null;
        await using var database = new DatabaseRestoration(Settings.Database, Settings.PostgresBin);
        return await database.ContentAsync(cancellationToken) == DatabaseContent.Registry
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
            return
                HasNoticeKeyOf(Manifest) && (own.Vkey == Manifest.Ledger.Key || (IsNewLog && new UnfinishedRestore(Settings.Data).Exists))
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
        await using var member = Backup.Open(BackupManifest.Keys)!;
        if (member.Length > 2 * KeyArchive.MaxBytes)
            throw new BackupException($"The keys in the backup are {member.Length} bytes, which no keys are." + NothingRestored);
        using var sealedKeys = new MemoryStream();
        await member.CopyToAsync(sealedKeys, cancellationToken);
        try
        {
            var keys = KeyArchive.Read(SealedKeys.Open(sealedKeys.ToArray(), await File.ReadAllTextAsync(Identity, cancellationToken)));
            keys.MustBeOf(Manifest);
            return (keys, true);
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

    private bool HasNoticeKeyOf(BackupManifest manifest)
    {
        if (!KeyFile.HasNoticeKey(Settings.Data))
            return manifest.NoticeKey is null;
        using var key = KeyFile.NoticeKey(Settings.Data);
        return manifest.NoticeKey is null || key.ToPublicPem() == manifest.NoticeKey;
    }

    private KnownCheckpoint? FindCheckpoint(SignedNote ledgerKey, KeyArchive? keys)
    {
        var given = KnownCheckpoint.ReadFile(Origin.Against, ledgerKey);
        return KnownCheckpoint.Greatest(
            ledgerKey,
            [given, Manifest.Ledger.Checkpoint, KeyFile.SignedHeads(Settings.Data).Greatest(), .. keys?.SignedHeads() ?? []]
        );
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

    /// <summary>What is not proven of the backup's origin; null when it is.</summary>
    public string? Unproven { get; init; }

    /// <summary>Whether the registry has its keys.</summary>
    public bool HasKeys { get; init; }
}
