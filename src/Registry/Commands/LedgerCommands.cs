using System.CommandLine;
using System.Diagnostics;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence.History;
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
        var command = new Command(
            "verify",
            "Recompute every hash, the tree, every signature and every digest of the history of devices; "
                + "names the first entry that does not hold."
        )
        {
            bundle,
            key,
            CommandOutput.AsJson,
        };
        command.SetAction(
            async (arguments, cancellationToken) =>
            {
                var finding = arguments.GetValue(bundle) is { } file
                    ? await VerifyFileAsync(file, arguments.GetValue(key), cancellationToken)
                    : await VerifyDatabaseAsync(cancellationToken);
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
                    finding.Seconds,
                },
                $"All of {finding.Entries} entries hold ({finding.Seconds:0.00} s).",
                asJson
            );
        if (holds)
            return 0;
        var entry = finding.BadEntry is { } index ? $"Entry {index} does not hold. " : "";
        return await CommandOutput.RefusedAsync(entry + finding.Fault);
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
                        var path = Path.GetFullPath(arguments.GetRequiredValue(file));
                        var entries = await LedgerBundle.WriteAsync(path, log, signer, TimeProvider.System, cancellationToken);
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

    private static async Task<Finding> VerifyFileAsync(string file, string? key, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        if (key is null || SignedNote.FromVkey(key) is not { } verifier)
            throw new UsageException("--bundle needs --key, the public key of the ledger, as GET /api/v1/log/key gives it.");
        using (verifier)
        {
            var (entries, badEntry, fault) = File.Exists(file)
                ? await LedgerBundle.CheckAsync(file, verifier, cancellationToken)
                : throw new UsageException($"There is no file '{file}'.");
            return new Finding(entries, badEntry, fault, clock.Elapsed.TotalSeconds);
        }
    }

    private static async Task<Finding> VerifyDatabaseAsync(CancellationToken cancellationToken)
    {
        Finding? result = null;
        await WithLedgerAsync(
            async (log, signer, services) =>
            {
                var clock = Stopwatch.StartNew();
                var ledger = await LedgerVerifier.RunAsync(log, signer, cancellationToken);
                // The digests of the history prove something only if the ledger entries that hold them are valid.
                var fault =
                    ledger.Fault
                    ?? await VerifyNoticesAsync(ledger, services, cancellationToken)
                    ?? (await services.GetRequiredService<IHistoryVerifier>().VerifyAsync(cancellationToken)).Fault;
                result = new Finding(ledger.Entries, ledger.BadEntry, fault, clock.Elapsed.TotalSeconds);
                return 0;
            },
            cancellationToken
        );
        return result!;
    }

    /// <summary>
    /// Verifies that every notice in the ledger is stored, has the hash that was recorded, and carries the registry's signature.
    /// </summary>
    private static async Task<string?> VerifyNoticesAsync(
        LedgerFinding ledger,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        using var key = KeyFile.NoticeKey(Settings.Read([]).Data);
        var missing = ledger.Notices.ToDictionary();
        await foreach (var notice in services.GetRequiredService<INoticeRegister>().AllAsync(cancellationToken))
        {
            // A notice that was issued while the verification runs is in no entry that was read.
            if (missing.Remove((notice.Place, notice.Sequence), out var hash) && (hash != notice.Hash || !key.Verifies(notice)))
                return $"Notice {notice.Sequence} of place {notice.Place} is not the one that was issued, "
                    + "or is not signed by this registry.";
        }

        return missing.Count == 0
            ? null
            : $"Notice {missing.First().Key.Sequence} of place {missing.First().Key.Place} was issued and is no longer kept.";
    }

    private static Task<int> WithLedgerAsync(
        Func<ILedgerLog, SignedNote, IServiceProvider, Task<int>> command,
        CancellationToken cancellationToken
    ) =>
        RegisterAccess.RunAsync(
            async services =>
            {
                var settings = Settings.Read([]);
                using var signer = KeyFile.LedgerKey(settings.Data, settings.PublicUrl);
                return await command(services.GetRequiredService<ILedgerLog>(), signer, services);
            },
            cancellationToken
        );

    /// <param name="Entries">The number of entries that were verified.</param>
    /// <param name="BadEntry">The first entry that is not valid; null if the fault is in no single entry.</param>
    /// <param name="Fault">What is not valid; null if everything is.</param>
    /// <param name="Seconds">How long the verification took.</param>
    private sealed record Finding(long Entries, long? BadEntry, string? Fault, double Seconds);
}
