using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry ledger …</c>: whether everything that was ever recorded is still what it was.</summary>
internal static class LedgerCommands
{
    public static Command Verb() => new("ledger", "The log of everything that was recorded.") { Verify(), Export() };

    private static Command Verify()
    {
        var bundle = new Option<string?>("--bundle") { Description = "Check this exported file instead of the database." };
        var key = new Option<string?>("--key") { Description = "The public key to check the file with (name+hash+base64)." };
        var verb = new Command(
            "verify",
            "Recompute every hash, the tree, every signature and every digest of the history of devices; names the first entry that does not hold."
        )
        {
            bundle,
            key,
            CommandOutput.AsJson,
        };
        verb.SetAction(
            async (command, cancellationToken) =>
            {
                var (entries, bad, fault, seconds) = command.GetValue(bundle) is { } file
                    ? await OfFileAsync(file, command.GetValue(key), cancellationToken)
                    : await OfDatabaseAsync(cancellationToken);
                if (command.GetValue(CommandOutput.AsJson))
                    Console.Out.WriteLine(
                        JsonSerializer.Serialize(
                            new
                            {
                                holds = fault is null,
                                entries,
                                firstBadEntry = bad,
                                fault,
                                seconds,
                            },
                            Json.Options
                        )
                    );
                else if (fault is null)
                    Console.Out.WriteLine($"All of {entries} entries hold ({seconds:0.00} s).");
                if (fault is not null)
                    await Console.Error.WriteLineAsync((bad is { } index ? $"Entry {index} does not hold. " : "") + fault);
                return fault is null ? 0 : 1;
            }
        );
        return verb;
    }

    private static Command Export()
    {
        var file = new Argument<string>("file") { Description = "Where to write the bundle." };
        var verb = new Command("export", "The whole ledger as one file that anybody can check with the public key alone.")
        {
            file,
            CommandOutput.AsJson,
        };
        verb.SetAction(
            (command, cancellationToken) =>
                WithLedgerAsync(
                    async (log, signer, _) =>
                    {
                        var path = Path.GetFullPath(command.GetRequiredValue(file));
                        var entries = await LedgerBundle.WriteAsync(path, log, signer, TimeProvider.System, cancellationToken);
                        Console.Out.WriteLine(
                            command.GetValue(CommandOutput.AsJson)
                                ? JsonSerializer.Serialize(
                                    new
                                    {
                                        file = path,
                                        entries,
                                        key = signer.Vkey,
                                    },
                                    Json.Options
                                )
                                : $"{entries} entries in {path}. Check them with: registry ledger verify --bundle {path} --key {signer.Vkey}"
                        );
                        return 0;
                    },
                    cancellationToken
                )
        );
        return verb;
    }

    private static async Task<(long, long?, string?, double)> OfFileAsync(string file, string? key, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        if (key is null || SignedNote.FromVkey(key) is not { } verifier)
            throw new UsageException("--bundle needs --key, the public key of the ledger, as GET /api/v1/log/key gives it.");
        using (verifier)
        {
            var (entries, bad, fault) = File.Exists(file)
                ? await LedgerBundle.CheckAsync(file, verifier, cancellationToken)
                : throw new UsageException($"There is no file '{file}'.");
            return (entries, bad, fault, clock.Elapsed.TotalSeconds);
        }
    }

    private static async Task<(long, long?, string?, double)> OfDatabaseAsync(CancellationToken cancellationToken)
    {
        (long, long?, string?, double) answer = default;
        await WithLedgerAsync(
            async (log, signer, services) =>
            {
                var clock = Stopwatch.StartNew();
                var finding = await LedgerVerifier.RunAsync(log, signer, cancellationToken);
                // The digests of the history are only worth what the entries are in which they stand.
                var fault =
                    finding.Fault
                    ?? await NoticesAsync(finding, services, cancellationToken)
                    ?? (await services.GetRequiredService<IHistorySealer>().VerifyAsync(cancellationToken)).Fault;
                answer = (finding.Entries, finding.BadEntry, fault, clock.Elapsed.TotalSeconds);
                return 0;
            },
            cancellationToken
        );
        return answer;
    }

    /// <summary>
    /// Every notice that the ledger says was issued is kept, says what was entered, and carries the registry's signature.
    /// </summary>
    private static async Task<string?> NoticesAsync(LedgerFinding finding, IServiceProvider services, CancellationToken cancellationToken)
    {
        using var key = KeyFile.NoticeKey(Settings.Read([]).Data);
        var left = finding.Notices.ToDictionary();
        await foreach (var notice in services.GetRequiredService<INoticeRegister>().AllAsync(cancellationToken))
        {
            // One that was issued while this ran is in no entry that was read.
            if (left.Remove((notice.Place, notice.Sequence), out var hash) && (hash != notice.Hash || !key.Verifies(notice)))
                return $"Notice {notice.Sequence} of place {notice.Place} is not the one that was issued, or is not signed by this registry.";
        }

        return left.Count == 0
            ? null
            : $"Notice {left.First().Key.Sequence} of place {left.First().Key.Place} was issued and is no longer kept.";
    }

    private static async Task<int> WithLedgerAsync(
        Func<ILedgerLog, SignedNote, IServiceProvider, Task<int>> act,
        CancellationToken cancellationToken
    )
    {
        var settings = Settings.Read([]);
        using var logs = LoggingSetup.Create();
        await using var database = await Database.JoinAsync(settings, logs, cancellationToken);
        using var signer = KeyFile.LedgerKey(settings.Data, settings.PublicUrl);
        await using var services = new ServiceCollection()
            .AddLogging(LoggingSetup.Configure)
            .AddSingleton(TimeProvider.System)
            .AddPostgres(database.ConnectionString)
            .BuildServiceProvider();
        return await act(services.GetRequiredService<ILedgerLog>(), signer, services);
    }
}
