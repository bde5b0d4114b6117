using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;
using SurveillanceRegistry.Domain.Ledger.Replay;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Registry.Backups;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry ledger …</c>: verifies that everything that was ever recorded is unchanged, and exports it.</summary>
internal static class LedgerCommands
{
    public static Command Create() => new("ledger", "The log of everything that was recorded.") { CreateVerify(), CreateExport() };

    private static Command CreateVerify()
    {
        var bundle = new Option<string?>("--bundle") { Description = "Check this exported file instead of the database." };
        var key = new Option<string?>("--key") { Description = "The public key to check the file with (name+hash+base64)." };
        var against = new Option<string?>("--against")
        {
            Description = "A file with a checkpoint that was signed before; the ledger must continue it.",
        };
        var command = new Command(
            "verify",
            "Recompute every hash, the tree, every signature, every row that pages, signs and the API read, and every digest of the "
                + "history of devices; names the first entry or row that does not hold."
        )
        {
            bundle,
            key,
            against,
            CommandOutput.AsJson,
        };
        command.SetAction(
            async (arguments, cancellationToken) =>
            {
                var finding = arguments.GetValue(bundle) is { } file
                    ? await VerifyFileAsync(file, arguments.GetValue(key), arguments.GetValue(against), cancellationToken)
                    : await VerifyDatabaseAsync(arguments.GetValue(against), cancellationToken);
                return await PrintAsync(finding, arguments.GetValue(CommandOutput.AsJson));
            }
        );
        return command;
    }

    private static async Task<int> PrintAsync(Finding finding, bool asJson)
    {
        var holds = finding.Fault is null;
        if (asJson || holds)
            CommandOutput.Done(
                new
                {
                    holds,
                    finding.Entries,
                    firstBadEntry = finding.BadEntry,
                    finding.Fault,
                    finding.Table,
                    finding.NotHeld,
                    finding.Unproven,
                    finding.Seconds,
                },
                Summary(finding),
                asJson
            );
        if (holds)
            return 0;
        var entry = finding.BadEntry is { } index ? $"Entry {index} does not hold. " : "";
        return await CommandOutput.RefusedAsync(entry + finding.Fault);
    }

    /// <summary>Says what holds, and below it, line by line, what is not proven: the first sentence is true by itself.</summary>
    private static string Summary(Finding finding)
    {
        IEnumerable<string> older = finding.NotHeld.Select(column =>
            $"{column.Key} of {column.Value} rows is not proven: the entries of older versions do not say it."
        );
        string[] lines = [.. older.Concat(finding.Unproven).Select(sentence => $"{Environment.NewLine}- {sentence}")];
        var rows = finding.HasRows ? ", and every row that they prove is as they say" : "";
        return $"All of {finding.Entries} entries hold{rows} ({finding.Seconds:0.00} s)."
            + (lines is [] ? "" : $"{Environment.NewLine}Not proven:{string.Concat(lines)}");
    }

    private static Command CreateExport()
    {
        var file = new Argument<string>("file") { Description = "Where to write the bundle." };
        var command = new Command("export", "The whole ledger as one file that anybody can check with the public key alone.")
        {
            file,
            CommandOutput.AsJson,
        };
        command.SetAction(
            (arguments, cancellationToken) =>
                WithLedgerAsync(
                    async (log, signer, _) =>
                    {
                        using var publisher = new CheckpointPublisher(log, signer, KeyFile.SignedHeads(Settings.Read([]).Data));
                        var path = Path.GetFullPath(arguments.GetRequiredValue(file));
                        var entries = await LedgerBundle.WriteAsync(path, log, signer, publisher, cancellationToken);
                        return CommandOutput.Done(
                            new
                            {
                                file = path,
                                entries,
                                key = signer.Vkey,
                            },
                            $"{entries} entries in {path}. Check them with: registry ledger verify --bundle {path} --key {signer.Vkey}",
                            arguments.GetValue(CommandOutput.AsJson)
                        );
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<Finding> VerifyFileAsync(string file, string? key, string? against, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        if (key is null || SignedNote.FromVkey(key) is not { } verifier)
            throw new UsageException("--bundle needs --key, the public key of the ledger, as GET /api/v1/log/key gives it.");
        using (verifier)
        {
            var (entries, badEntry, fault) = File.Exists(file)
                ? await LedgerBundle.CheckAsync(file, verifier, ReadCheckpoint(against, verifier), cancellationToken)
                : throw new UsageException($"There is no file '{file}'.");
            return new Finding(entries, badEntry, fault, clock.Elapsed.TotalSeconds)
            {
                HasRows = false,
                Unproven = ["What pages, signs and the API show is not compared: a file has no rows."],
            };
        }
    }

    /// <summary>Reads a checkpoint from a file. Throws <see cref="UsageException"/> if this key did not sign it.</summary>
    private static Checkpoint? ReadCheckpoint(string? file, SignedNote key)
    {
        if (file is null)
            return null;
        if (!File.Exists(file))
            throw new UsageException($"There is no file '{file}': --against needs a checkpoint, as GET /api/v1/log/checkpoint gives it.");
        return key.Open(File.ReadAllText(file)) is { } text && Checkpoint.Read(text) is { } checkpoint
            ? checkpoint
            : throw new UsageException($"'{file}' is no checkpoint that the key of this ledger signed.");
    }

    private static async Task<Finding> VerifyDatabaseAsync(string? against, CancellationToken cancellationToken)
    {
        Finding? result = null;
        await WithLedgerAsync(
            async (_, signer, services) =>
            {
                using var noticeKey = KeyFile.NoticeKey(Settings.Read([]).Data);
                var clock = Stopwatch.StartNew();
                await using var snapshot = await services.GetRequiredService<ILedgerSnapshots>().OpenAsync(cancellationToken);
                var ledger = await LedgerVerifier.RunAsync(snapshot, signer, noticeKey, ReadCheckpoint(against, signer), cancellationToken);
                // The digests of the history prove something only if the ledger entries that hold them are valid.
                var history = ledger.Fault is null
                    ? await services.GetRequiredService<IHistoryVerifier>().VerifyAsync(cancellationToken)
                    : null;
                result = new Finding(ledger.Entries, ledger.BadEntry, ledger.Fault ?? history?.Fault, clock.Elapsed.TotalSeconds)
                {
                    Table = ledger.TableFault,
                    NotHeld = ledger.NotHeld,
                    Unproven = [.. ledger.Unproven, .. UnsealedSentences(history)],
                };
                return 0;
            },
            cancellationToken
        );
        return result!;
    }

    /// <summary>Says what is not sealed yet: the rows of a day have no entry before the registry closed it.</summary>
    private static ImmutableArray<string> UnsealedSentences(HistoryFinding? history)
    {
        var since = history?.Until is { } until ? $"since {LedgerEntry.FormatTime(until)}" : "so far";
        return
        [
            $"States, heartbeats and readings of devices {since} are not proven: their days are not sealed yet.",
            $"The times {since} in which the registry could observe are not proven: a time without one is told as a gap.",
            $"Acts on mobile devices {since} are not proven, nor what follows from them: their days are not sealed yet.",
        ];
    }

    private static Task<int> WithLedgerAsync(
        Func<ILedgerLog, SignedNote, IServiceProvider, Task<int>> command,
        CancellationToken cancellationToken
    ) =>
        RegisterAccess.RunAsync(
            async services =>
            {
                var settings = Settings.Read([]);
                await KeyCheck.RequireAsync(settings, services, cancellationToken);
                using var signer = KeyFile.LedgerKey(settings.Data, settings.PublicUrl);
                return await command(services.GetRequiredService<ILedgerLog>(), signer, services);
            },
            cancellationToken
        );

    /// <param name="Entries">The number of entries that were verified.</param>
    /// <param name="BadEntry">The first entry that is not valid; null if the fault is in no single entry.</param>
    /// <param name="Fault">What is not valid; null if everything is.</param>
    /// <param name="Seconds">How long the verification took.</param>
    private sealed record Finding(long Entries, long? BadEntry, string? Fault, double Seconds)
    {
        /// <summary>Whether rows were compared with the entries.</summary>
        public bool HasRows { get; init; } = true;

        /// <summary>The row that differs from the ledger; null if there is none.</summary>
        public TableFault? Table { get; init; }

        /// <summary>What a page or the API shows and no entry proves, a sentence each.</summary>
        public ImmutableArray<string> Unproven { get; init; } = [];

        /// <summary>For each column the number of rows that entries of older versions do not say.</summary>
        public ImmutableSortedDictionary<string, long> NotHeld { get; init; } = ImmutableSortedDictionary<string, long>.Empty;
    }
}
