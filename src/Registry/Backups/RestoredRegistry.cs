using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Replay;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Postgres;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>What was restored from a backup, at this version's schema: the same checks for a drill and a restoration.</summary>
/// <param name="Manifest">The manifest, whose signature was verified.</param>
/// <param name="LedgerKey">The key that signed it.</param>
internal sealed record RestoredRegistry(BackupManifest Manifest, ILogSigner LedgerKey)
{
    /// <summary>The registers of a database, with the rights of the service.</summary>
    public static ServiceProvider ServicesOf(string connectionString) =>
        new ServiceCollection()
            .AddLogging(LoggingSetup.Configure)
            .AddSingleton(TimeProvider.System)
            .AddPostgres(connectionString)
            .BuildServiceProvider();

    /// <summary>Verifies the ledger, its signatures, every row that it proves, and the digests of the history.</summary>
    /// <param name="against">A checkpoint that the ledger must continue; null for none.</param>
    /// <returns>What does not hold, a sentence each.</returns>
    public async Task<ImmutableArray<string>> FindFaultsAsync(
        IServiceProvider services,
        Checkpoint? against,
        CancellationToken cancellationToken
    )
    {
        using var noticeKey = BackupOrigin.NoticeKeyOf(Manifest);
        var faults = ImmutableArray.CreateBuilder<string>();
        var head = await services.GetRequiredService<ILedgerLog>().HeadAsync(cancellationToken);
        if (head.Size != Manifest.Ledger.Size || Convert.ToBase64String(head.Root()) != Manifest.Ledger.Root)
            faults.Add("The restored ledger is not the one that the manifest of the backup names.");
        await using (var snapshot = await services.GetRequiredService<ILedgerSnapshots>().OpenAsync(cancellationToken))
        {
            var finding = await LedgerVerifier.RunAsync(snapshot, LedgerKey, noticeKey, against, cancellationToken);
            if (finding.Fault is { } fault)
                faults.Add(finding.BadEntry is { } entry ? $"Entry {entry} does not hold. {fault}" : fault);
        }

        if ((await services.GetRequiredService<IHistoryVerifier>().VerifyAsync(cancellationToken)).Fault is { } historyFault)
            faults.Add(historyFault);
        return faults.ToImmutable();
    }
}
