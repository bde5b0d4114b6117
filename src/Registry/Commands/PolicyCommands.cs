using System.CommandLine;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>
/// <c>registry policies …</c>: the governance as files. Checks them, exports what is registered, proposes what differs. Works while the
/// server runs.
/// </summary>
internal static class PolicyCommands
{
    private const string PathDescription = "The folder of governance files, the file of one instrument, or a table that ends with .csv.";

    public static Command Create() => new("policies", "The governance table as files.") { CreateCheck(), CreateExport(), CreateApply() };

    private static Command CreateCheck()
    {
        var path = new Argument<string?>("path") { Description = PathDescription, DefaultValueFactory = _ => null };
        var command = new Command("check", "Validate governance files: every problem with file, line and what was expected.")
        {
            path,
            CommandOutput.AsJson,
        };
        command.SetAction(
            async (arguments, cancellationToken) =>
            {
                var settings = Settings.Read([]);
                var asJson = arguments.GetValue(CommandOutput.AsJson);
                var files = ExistingPath(arguments.GetValue(path) ?? settings.Policies);
                return Directory.Exists(files)
                    ? CommandOutput.Problems(PolicyFiles.Read(files).Problems, asJson)
                    : await CheckFileAsync(files, settings.Policies, asJson, cancellationToken);
            }
        );
        return command;
    }

    /// <summary>
    /// Checks one file as <c>apply</c> reads it: against the live register; without one against the folder of the settings.
    /// </summary>
    private static async Task<int> CheckFileAsync(string file, string folder, bool asJson, CancellationToken cancellationToken)
    {
        var live = await RegisterAccess.RunIfLiveAsync(
            async services =>
            {
                var history = await ReadHistoryAsync(services, cancellationToken);
                return CommandOutput.Problems(Compare(file, history, isRegister: true).Problems, asJson);
            },
            $"the files under {folder}",
            cancellationToken
        );
        if (live is { } code)
            return code;
        var policies = PolicyFiles.Read(folder);
        return CommandOutput.Problems(
            policies.Value is { Governance: var governance }
                ? Compare(file, HistoryOf(governance), isRegister: false).Problems
                : policies.Problems,
            asJson
        );
    }

    private static Command CreateExport()
    {
        var path = new Argument<string>("path") { Description = "A folder, or a file that ends with .csv." };
        var command = new Command("export", "Write what is registered as files: a folder of governance files, or the table as .csv.")
        {
            path,
            CommandOutput.AsJson,
        };
        command.SetAction(
            (arguments, cancellationToken) =>
                RegisterAccess.RunAsync(
                    async services =>
                    {
                        var target = Path.GetFullPath(arguments.GetRequiredValue(path));
                        var asJson = arguments.GetValue(CommandOutput.AsJson);
                        var (files, problems) = PolicyExport.Write(await ReadHistoryAsync(services, cancellationToken), target);
                        if (problems.IsEmpty)
                            return CommandOutput.Done(
                                new { path = target, files },
                                $"Wrote {(files.Length == 1 ? "the table" : $"{files.Length} files")} to {target}.",
                                asJson
                            );
                        await Console.Error.WriteLineAsync("The registry holds what these files cannot say; nothing was written:");
                        return CommandOutput.Problems(problems, asJson);
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Command CreateApply()
    {
        var path = new Argument<string>("path") { Description = PathDescription };
        var reason = new Option<string?>("--reason") { Description = "Why, for all readers of the history." };
        var command = new Command(
            "apply",
            "Propose the differences between files and the registry: one change request, for another person to approve."
        )
        {
            path,
            reason,
            CommandOutput.AsJson,
        };
        command.SetAction(
            (arguments, cancellationToken) =>
            {
                var files = ExistingPath(arguments.GetRequiredValue(path));
                return RegisterAccess.RunAsync(
                    async services =>
                    {
                        var history = await ReadHistoryAsync(services, cancellationToken);
                        var (proposal, problems) = Compare(files, history, isRegister: true);
                        var asJson = arguments.GetValue(CommandOutput.AsJson);
                        if (proposal is null)
                            return CommandOutput.Problems(problems, asJson);
                        var text = arguments.GetValue(reason) ?? $"Files from {arguments.GetRequiredValue(path)}";
                        var apply = new PolicyApply(services, history, proposal, text, asJson);
                        return await apply.RunAsync(cancellationToken);
                    },
                    cancellationToken
                );
            }
        );
        return command;
    }

    /// <summary>Reads what the files say otherwise than the history.</summary>
    private static FileReading<ProposalFromFiles> Compare(string path, GovernanceHistory history, bool isRegister)
    {
        if (Directory.Exists(path))
            return PolicyFiles.Compare(path, history);
        if (!PolicyExport.IsTable(path))
            return PolicyFiles.CompareInstrument(path, history, isRegister);
        using var table = File.OpenRead(path);
        return TableCsv.Read(table, path, history, isRegister);
    }

    /// <summary>The history of a registry that was just filled from these files.</summary>
    private static GovernanceHistory HistoryOf(GovernanceSnapshot governance) =>
        new([
            .. governance
                .Documents()
                .Select((document, index) => new PolicyRevision(document, 1, index, DateTimeOffset.UnixEpoch, 0, null)),
        ]);

    private static async Task<GovernanceHistory> ReadHistoryAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var policies = services.GetRequiredService<IPolicyRegister>();
        await RegisterAccess.MustBeFilledAsync(policies, cancellationToken);
        return await policies.HistoryAsync(cancellationToken);
    }

    private static string ExistingPath(string given)
    {
        var path = Path.GetFullPath(given);
        return Directory.Exists(path) || File.Exists(path)
            ? path
            : throw new UsageException(
                $"There is no '{path}': name the folder that holds city.yaml, the file of one instrument, or a table that ends with .csv."
            );
    }
}
