using System.Collections.Immutable;
using System.Diagnostics;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>
/// Restores a backup into a cluster that is gone afterwards, verifies everything in it, compares it with what was published, and asks it
/// for the law of other days.
/// </summary>
/// <param name="LedgerKey">The key that signed the backup.</param>
/// <param name="UnprovenOrigin">What is not proven of that key; null when it is known from elsewhere.</param>
/// <param name="Live">The registers of the registry that goes on; null when none is live here.</param>
/// <param name="Against">The signed note of the newest published checkpoint; null when none is known.</param>
internal sealed record Drill(
    Settings Settings,
    ILoggerFactory Logs,
    BackupFile Backup,
    SignedNote LedgerKey,
    string? UnprovenOrigin,
    IServiceProvider? Live,
    string? Against
)
{
    private BackupManifest Manifest => Backup.Manifest;

    public async Task<DrillReport> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var faults = new List<string>();
        if (UpgradePath.Of(Manifest) is { Follows: false } newer)
            return new DrillReport([newer.Sentence], [], 0, 0, 0, 0);
        await using var cluster = await TemporaryCluster.StartAsync(
            Settings.PostgresBin,
            Logs.CreateLogger<PrivateCluster>(),
            cancellationToken
        );
        await using (var restoration = new DatabaseRestoration(cluster.ConnectionString, Settings.PostgresBin))
        {
            await restoration.RestoreAsync(() => Backup.Open(BackupManifest.Database)!, cancellationToken);
            restoration.Migrate(Logs.CreateLogger(nameof(Schema)));
        }

        await cluster.GrantServiceAsync(cancellationToken);
        var restored = clock.Elapsed.TotalSeconds;
        await using var services = RestoredRegistry.ServicesOf(cluster.ServiceConnectionString);
        var (entries, unproven) = await VerifyAsync(services, faults, cancellationToken);
        var verified = clock.Elapsed.TotalSeconds - restored;
        var questions = await AskAsync(services, faults, cancellationToken);
        return new DrillReport([.. faults], [.. unproven], entries, questions, restored, verified);
    }

    /// <summary>Verifies the ledger, the tables and the history, and compares with what was published.</summary>
    private async Task<(long Entries, List<string> Unproven)> VerifyAsync(
        IServiceProvider services,
        List<string> faults,
        CancellationToken cancellationToken
    )
    {
        var unproven = new List<string>();
        if (UnprovenOrigin is not null)
            unproven.Add(UnprovenOrigin);
        var head = await services.GetRequiredService<ILedgerLog>().HeadAsync(cancellationToken);
        var against = KnownCheckpoint.Greatest(LedgerKey, [Against])?.Checkpoint;
        var earlier = against?.Size <= head.Size ? against : null;
        faults.AddRange(await new RestoredRegistry(Manifest, LedgerKey).FindFaultsAsync(services, earlier, cancellationToken));
        await CompareWithLiveAsync(head, against, faults, unproven, cancellationToken);
        return (head.Size, unproven);
    }

    /// <summary>Compares with the ledger that went on: it must continue both the backup and the newest published checkpoint.</summary>
    private async Task CompareWithLiveAsync(
        LedgerHead head,
        Checkpoint? against,
        List<string> faults,
        List<string> unproven,
        CancellationToken cancellationToken
    )
    {
        if (Live?.GetService<ILedgerLog>() is not { } log)
        {
            if (against is null)
                unproven.Add("No published checkpoint was given (--against): the backup was compared with nothing from outside.");
            else if (against.Size > head.Size)
                unproven.Add(
                    $"The published checkpoint has {against.Size} entries and the backup {head.Size}: only the running registry can prove "
                        + "that the one continues the other, and none is live here."
                );
            return;
        }

        var live = await log.HeadAsync(cancellationToken);
        if (!await CheckpointPublisher.ContinuesAsync(log, live, new Checkpoint("", head.Size, head.Root()), cancellationToken))
            faults.Add($"The ledger of the running registry does not continue the {head.Size} entries of the backup.");
        if (against is not null && !await CheckpointPublisher.ContinuesAsync(log, live, against, cancellationToken))
            faults.Add($"The ledger of the running registry does not continue the published checkpoint of {against.Size} entries.");
    }

    /// <summary>
    /// Asks for the law of each technology and version on the first effective day, or on the day of the backup when that day is not known.
    /// Asks as <c>GET governance?asOf=</c> does, and compares with what the running registry answers for the time of the backup.
    /// </summary>
    /// <returns>The number of questions.</returns>
    private async Task<int> AskAsync(IServiceProvider services, List<string> faults, CancellationToken cancellationToken)
    {
        var (restored, backupDay) = await KnownAsync(services, cancellationToken);
        var live = Live is null ? null : (await KnownAsync(Live, cancellationToken)).Table;
        var questions =
            from instrument in restored.Instruments
            from version in instrument.Versions
            from rule in version.Rules
            let first = version.Effective.Condition is null ? version.Effective.From?.Earliest : null
            select (Instrument: instrument.Id, rule.Technology, Day: first ?? backupDay, MustHaveText: first is not null);
        var count = 0;
        foreach (var (instrument, technology, day, mustHaveText) in questions)
        {
            count++;
            var answer = Find(restored, day, technology, instrument);
            if (answer is null || (mustHaveText && answer.Version is null))
                faults.Add($"{instrument} has no answer for {technology} on {day:yyyy-MM-dd}.");
            else if (live is not null && !AreSame(answer, Find(live, day, technology, instrument)))
                faults.Add($"{instrument} answers otherwise for {technology} on {day:yyyy-MM-dd} than the running registry.");
        }

        return count;
    }

    /// <summary>The table as it was known when the backup was made, and the city's day then.</summary>
    private async Task<(GovernanceTable Table, DateOnly Day)> KnownAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var history = await services.GetRequiredService<IPolicyRegister>().HistoryAsync(cancellationToken);
        var known = history.KnownAt(Manifest.At) ?? history.Current;
        return (known.Table, known.City.DayAt(Manifest.At));
    }

    private static GovernanceRow? Find(GovernanceTable table, DateOnly day, string technology, string instrument) =>
        table.On(day, technology).FirstOrDefault(row => row.Instrument.Id == instrument);

    private static bool AreSame(GovernanceRow one, GovernanceRow? other) =>
        other is not null
        && one.Status == other.Status
        && one.Certainty == other.Certainty
        && one.Version?.Number == other.Version?.Number
        && one.DisagreesWith.SequenceEqual(other.DisagreesWith);
}

/// <summary>The result of a drill.</summary>
/// <param name="Faults">What does not hold, a sentence each; empty when everything does.</param>
/// <param name="Unproven">What could not be compared, a sentence each.</param>
/// <param name="Entries">The number of ledger entries in the backup.</param>
/// <param name="Questions">How many questions about the law of other days were asked.</param>
/// <param name="RestoreSeconds">How long it took until the database could be used.</param>
/// <param name="VerifySeconds">How long the verification took.</param>
internal sealed record DrillReport(
    ImmutableArray<string> Faults,
    ImmutableArray<string> Unproven,
    long Entries,
    int Questions,
    double RestoreSeconds,
    double VerifySeconds
)
{
    public bool Holds => Faults.IsEmpty;
}
