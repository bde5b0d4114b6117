using System.Diagnostics;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Registry.Commands;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>Makes one backup of the registry, also while it serves.</summary>
/// <param name="Path">The file to write.</param>
/// <param name="Recipient">The certificate to which the keys are encrypted; null leaves the keys out.</param>
internal sealed record Backup(Settings Settings, string Path, SealedKeys? Recipient)
{
    /// <summary>The version of the product.</summary>
    public static string Version { get; } = typeof(Backup).Assembly.GetName().Version!.ToString(3);

    /// <param name="services">The registers of the same database.</param>
    public async Task<BackupReport> RunAsync(Database database, IServiceProvider services, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var policies = services.GetRequiredService<IPolicyRegister>();
        await RegisterAccess.MustBeFilledAsync(policies, cancellationToken);
        // The manifest is signed with it. A registry that signed nothing yet gets its key now.
        await KeyCheck.RequireAsync(Settings, services, cancellationToken);
        using var ledgerKey = KeyFile.LedgerKey(Settings.Data, Settings.PublicUrl);
        // Before the snapshot: every head that was signed is then in it.
        var keys = KeyArchive.FromFolder(Settings.Data);
        var head = KeyFile.SignedHeads(Settings.Data).Greatest();
        using var noticeKey = KeyFile.HasNoticeKey(Settings.Data) ? KeyFile.NoticeKey(Settings.Data) : null;
        var at = TimeProvider.System.GetUtcNow(); // Whatever was recorded up to now is in the snapshot.
        try
        {
            await using var snapshot = await DatabaseSnapshot.OpenAsync(database.Owner, Settings.PostgresBin, cancellationToken);
            var city = (await policies.HistoryAsync(cancellationToken)).Current.City.Name;
            var note = KnownCheckpoint.Greatest(ledgerKey, head, snapshot.Checkpoint)?.Note;
            BackupManifest? manifest = null;
            await using var writer = BackupWriter.Create(Path, at);
            await snapshot.DumpAsync(dump => writer.AddAsync(BackupManifest.Database, dump, cancellationToken), cancellationToken);
            if (Recipient is not null)
                await writer.AddAsync(BackupManifest.Keys, new MemoryStream(Recipient.Seal(keys.Write())), cancellationToken);
            var bytes = await writer.FinishAsync(
                members =>
                    manifest = new BackupManifest(
                        BackupManifest.CurrentFormat,
                        Version,
                        at,
                        city,
                        snapshot.Server,
                        snapshot.Migrations,
                        new BackupLedger(ledgerKey.Vkey, snapshot.Head.Size, Convert.ToBase64String(snapshot.Head.Root()), note),
                        noticeKey?.ToPublicPem(),
                        Recipient?.Recipient,
                        members
                    ),
                ledgerKey,
                cancellationToken
            );
            return new BackupReport(Path, bytes, clock.Elapsed.TotalSeconds, manifest!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"The backup '{Path}' cannot be written: {failure.Message} Nothing was left there.");
        }
    }
}

/// <summary>What a backup holds, and how long it took.</summary>
internal sealed record BackupReport(string Path, long Bytes, double Seconds, BackupManifest Manifest);
