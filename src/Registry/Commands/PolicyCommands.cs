using System.CommandLine;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Files;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Postgres;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>
/// <c>registry policies …</c>: the governance as files. Checks them, writes what is registered, proposes what differs. They work while the
/// server runs.
/// </summary>
internal static class PolicyCommands
{
    /// <summary>
    /// How the program that proposes files signs in: it cannot, and it stands among the staff so that the ledger can name it.
    /// </summary>
    private const string Program = "program-policies-apply";

    public static Command Verb() => new("policies", "The governance table as files.") { Check(), Export(), Apply() };

    private static Command Check()
    {
        var path = new Argument<string?>("path")
        {
            Description = "The folder of governance files, the file of one instrument, or a table that ends with .csv.",
            DefaultValueFactory = _ => null,
        };
        var verb = new Command("check", "Validate governance files: every problem with file, line and what was expected.")
        {
            path,
            CommandOutput.AsJson,
        };
        verb.SetAction(command =>
        {
            var (settings, asJson) = (Settings.Read([]), command.GetValue(CommandOutput.AsJson));
            var files = Path.GetFullPath(command.GetValue(path) ?? settings.Policies);
            MustExist(files);
            if (Directory.Exists(files))
                return CommandOutput.Problems(PolicyFiles.Read(files).Problems, asJson);
            // Nothing is asked of the database: one file is held against the folder of the settings.
            var around = PolicyFiles.Read(settings.Policies);
            return CommandOutput.Problems(
                around.Value is { Governance: var governance } ? Compare(files, Opened(governance)).Problems : around.Problems,
                asJson
            );
        });
        return verb;
    }

    private static Command Export()
    {
        var path = new Argument<string>("path") { Description = "A folder, or a file that ends with .csv." };
        var verb = new Command("export", "Write what is registered as files: a folder of governance files, or the table as .csv.")
        {
            path,
            CommandOutput.AsJson,
        };
        verb.SetAction(
            (command, cancellationToken) =>
                WithRegistersAsync(
                    async registers =>
                    {
                        var (target, asJson) = (Path.GetFullPath(command.GetRequiredValue(path)), command.GetValue(CommandOutput.AsJson));
                        var (files, problems) = PolicyExport.Write(await HistoryAsync(registers, cancellationToken), target);
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
        return verb;
    }

    private static Command Apply()
    {
        var path = new Argument<string>("path")
        {
            Description = "The folder of governance files, the file of one instrument, or a table that ends with .csv.",
        };
        var reason = new Option<string?>("--reason") { Description = "Why, for everybody who reads the history." };
        var verb = new Command(
            "apply",
            "Propose what files say otherwise than the registry: one change request, for somebody else to approve."
        )
        {
            path,
            reason,
            CommandOutput.AsJson,
        };
        verb.SetAction(
            (command, cancellationToken) =>
            {
                var files = Path.GetFullPath(command.GetRequiredValue(path));
                MustExist(files);
                return WithRegistersAsync(
                    registers =>
                        ProposeAsync(
                            registers,
                            files,
                            command.GetValue(reason) ?? $"Files from {command.GetRequiredValue(path)}",
                            command.GetValue(CommandOutput.AsJson),
                            cancellationToken
                        ),
                    cancellationToken
                );
            }
        );
        return verb;
    }

    private static async Task<int> ProposeAsync(
        IServiceProvider registers,
        string files,
        string reason,
        bool asJson,
        CancellationToken cancellationToken
    )
    {
        var history = await HistoryAsync(registers, cancellationToken);
        var (proposal, problems) = Compare(files, history);
        if (proposal is null)
            return CommandOutput.Problems(problems, asJson);
        foreach (var note in proposal.Notes)
            await Console.Error.WriteLineAsync(note);
        if (proposal.Documents.IsEmpty)
            return CommandOutput.Done(
                new
                {
                    change = (long?)null,
                    documents = Array.Empty<object>(),
                    proposal.Notes,
                },
                "Nothing differs from what is registered: there is nothing to propose.",
                asJson
            );

        var changes = registers.GetRequiredService<IChangeRegister>();
        var now = TimeProvider.System.GetUtcNow();
        var wanted = new Proposal(
            reason,
            new Source("Files", null, history.Current.City.DayAt(now), Confidence.Sourced),
            proposal.Documents
        );
        var documents = proposal
            .Documents.Select(one => new
            {
                kind = Json.Word(one.Document.Kind),
                one.Document.Id,
                one.Base,
            })
            .ToArray();
        var names = string.Join(", ", proposal.Documents.Select(one => one.Document));
        if (await ActorAsync(registers.GetRequiredService<IStaffRegister>(), now, cancellationToken) is not { } by)
            return await WrongAsync(
                $"The registry's own '{Program}' may not propose any more: 'registry staff activate {Program}' and 'registry staff roles {Program} --role editor' let it."
            );
        if (await PendingAsync(changes, wanted, by, cancellationToken) is { } pending)
            return CommandOutput.Done(
                new
                {
                    change = pending.Id,
                    state = Json.Word(pending.State),
                    documents,
                    proposal.Notes,
                },
                $"Change request {pending.Id} proposes exactly this already and waits for approval: {names}.",
                asJson
            );

        // What cannot be submitted is not drafted either: nothing half-made stays behind.
        if (Submitted(new ChangeRequest(0, 1, ChangeState.Draft, by, now, null, null, null, wanted, []), by, history, now) is null)
            return 1;
        var draft = await changes.DraftAsync(wanted, by, now, cancellationToken);
        if (
            Submitted(draft, by, history, now) is not { } after
            || await changes.ActAsync(draft, after, ChangeAct.Submitted, by, null, now, cancellationToken) is not { } request
        )
            return await WrongAsync(
                $"Change request {draft.Id} was drafted and changed by somebody else before it could be submitted: look at it on the staff pages."
            );
        return CommandOutput.Done(
            new
            {
                change = request.Id,
                state = Json.Word(request.State),
                documents,
                proposal.Notes,
            },
            $"Change request {request.Id} waits for approval: {names}.",
            asJson
        );
    }

    /// <summary>The request as submitted; null, with every reason on stderr, when it may not be.</summary>
    private static ChangeRequest? Submitted(ChangeRequest draft, Attribution by, GovernanceHistory history, DateTimeOffset at)
    {
        var outcome = draft.Submit(by, history, at);
        foreach (var refusal in outcome.Refusals)
            Console.Error.WriteLine(refusal.Where is null ? refusal.Sentence : $"{refusal.Where}: {refusal.Sentence}");
        return outcome.Value;
    }

    /// <summary>A submitted request of the same author that proposes the same already.</summary>
    private static async Task<ChangeRequest?> PendingAsync(
        IChangeRegister changes,
        Proposal wanted,
        Attribution by,
        CancellationToken cancellationToken
    )
    {
        const int Newest = 200;
        return (await changes.ListAsync(ChangeState.Submitted, null, Newest, cancellationToken)).FirstOrDefault(request =>
            request.Author.Staff == by.Staff && request.Proposal.Documents.ToHashSet().SetEquals(wanted.Documents)
        );
    }

    /// <summary>The program as author; null when an administrator took its right away.</summary>
    private static async Task<Attribution?> ActorAsync(IStaffRegister staff, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (await staff.FindBySignInAsync(Program, cancellationToken) is null)
        {
            await staff.AddAsync(
                new StaffMember(
                    StaffMember.NewId(),
                    Program,
                    "registry policies apply",
                    null,
                    [Role.Editor],
                    IsProgram: true,
                    IsActive: true,
                    1
                ),
                null,
                new Attribution("operator"),
                at,
                cancellationToken
            );
        }

        return
            await staff.FindBySignInAsync(Program, cancellationToken) is { Member: { IsActive: true } member }
            && member.Roles.Contains(Role.Editor)
            ? member.HasRole(Role.Editor)
            : null;
    }

    private static FileReading<ProposalFromFiles> Compare(string path, GovernanceHistory history)
    {
        if (Directory.Exists(path))
            return PolicyFiles.Compare(path, history);
        if (!PolicyExport.IsTable(path))
            return PolicyFiles.CompareInstrument(path, history);
        using var table = File.OpenRead(path);
        return TableCsv.Read(table, path, history);
    }

    /// <summary>A registry as it would be, opened from these files.</summary>
    private static GovernanceHistory Opened(GovernanceSnapshot governance) =>
        new([.. governance.Documents().Select((document, at) => new PolicyRevision(document, 1, at, DateTimeOffset.UnixEpoch, 0, null))]);

    private static async Task<GovernanceHistory> HistoryAsync(IServiceProvider registers, CancellationToken cancellationToken)
    {
        var policies = registers.GetRequiredService<IPolicyRegister>();
        return await policies.IsEmptyAsync(cancellationToken)
            ? throw new PrerequisiteException(
                "The register is empty: start the registry once ('registry serve'), and it is filled from its files."
            )
            : await policies.HistoryAsync(cancellationToken);
    }

    private static void MustExist(string path)
    {
        if (!Directory.Exists(path) && !File.Exists(path))
            throw new UsageException(
                $"There is no '{path}': name the folder that holds city.yaml, the file of one instrument, or a table that ends with .csv."
            );
    }

    private static async Task<int> WrongAsync(string sentence)
    {
        await Console.Error.WriteLineAsync(sentence);
        return 1;
    }

    private static async Task<int> WithRegistersAsync(Func<IServiceProvider, Task<int>> act, CancellationToken cancellationToken)
    {
        using var logs = LoggingSetup.Create();
        await using var database = await Database.JoinAsync(Settings.Read([]), logs, cancellationToken);
        await using var services = new ServiceCollection().AddPostgres(database.ConnectionString).BuildServiceProvider();
        return await act(services);
    }
}
