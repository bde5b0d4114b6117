using System.Collections.Immutable;
using System.CommandLine;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Files;
using SurveillanceRegistry.Files.Inventory.Inventory;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Registry.Commands.Lists;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry devices …</c>: checks an inventory, imports one, gives a device a new secret, runs simulated devices.</summary>
internal static class DeviceCommands
{
    /// <summary>The reason of a change at the command line, as readers of the ledger see it.</summary>
    private const string DefaultReason = "At the command line of the server.";

    public static Command Create() =>
        new("devices", "The register of devices.") { CreateCheck(), CreateImport(), CreateCredential(), CreateSimulate() };

    private static Command CreateCheck()
    {
        var file = new Argument<string>("file") { Description = "The inventory file, or a profile under profiles/." };
        var command = new Command(
            "check",
            "Validate an inventory with the profiles beside it, one profile, or a city's list: every problem and what was expected."
        )
        {
            file,
            ListImportCommand.Mapping,
            CommandOutput.AsJson,
        };
        command.SetAction(
            async (arguments, cancellationToken) =>
            {
                var path = ExistingFile(arguments.GetRequiredValue(file));
                var asJson = arguments.GetValue(CommandOutput.AsJson);
                if (ListImportCommand.IsList(path))
                    return await ListImportCommand.From(path, arguments).CheckAsync(cancellationToken);
                return !IsProfile(path) && InventoryFile.IsAddition(path)
                    ? await CheckAdditionAsync(path, asJson, cancellationToken)
                    : CommandOutput.Problems(CheckWhole(path), asJson);
            }
        );
        return command;
    }

    private static bool IsProfile(string path) => Path.GetFileName(Path.GetDirectoryName(path)) == "profiles";

    /// <summary>The problems of an inventory that opens a registry, with the profiles beside it; or of one profile.</summary>
    private static ImmutableArray<FileProblem> CheckWhole(string path)
    {
        var settings = Settings.Read([]);
        var inventory = InventoryFile.Read(
            IsProfile(path) ? settings.Devices : path,
            PolicyFiles.Read(settings.Policies).Value?.Governance
        );
        var devices = inventory.Value?.Devices.Select(device => device.Id).ToHashSet();
        return IsProfile(path)
            ? ProfileFile.Read(path, devices).Problems
            : [.. inventory.Problems, .. ProfileFile.ReadAll(Path.Combine(Path.GetDirectoryName(path)!, "profiles"), devices).Problems];
    }

    /// <summary>
    /// Checks a file that adds to a registry, as an import reads it: against the live register; without one as if the registry held what
    /// the settings' inventory says.
    /// </summary>
    private static async Task<int> CheckAdditionAsync(string path, bool asJson, CancellationToken cancellationToken)
    {
        var settings = Settings.Read([]);
        var live = await RegisterAccess.RunIfLiveAsync(
            async services =>
                CommandOutput.Problems((await DeviceImport.ReadAdditionsAsync(path, services, cancellationToken)).Problems, asJson),
            $"{settings.Devices} and the files under {settings.Policies}",
            cancellationToken
        );
        if (live is { } code)
            return code;
        var policies = PolicyFiles.Read(settings.Policies);
        var registered = InventoryFile.Read(settings.Devices, policies.Value?.Governance);
        return CommandOutput.Problems(
            registered.Value is { } inventory && policies.Value is { Governance: var governance }
                ? InventoryFile.ReadAdditions(path, governance, RegisteredInventory.From(inventory)).Problems
                : [.. policies.Problems, .. registered.Problems],
            asJson
        );
    }

    private static Command CreateImport()
    {
        var file = new Argument<string>("file") { Description = "The inventory file: gateways and devices to register." };
        var preview = new Option<bool>("--preview") { Description = "Say what would be registered, and register nothing." };
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for all readers of the ledger; of mobile devices, for those who may read their acts.",
            DefaultValueFactory = _ => DefaultReason,
        };
        var command = new Command(
            "import",
            "Register what is new in an inventory, or what a city's list (CSV, GeoJSON, XLSX) changes: all of it or nothing."
        )
        {
            file,
            preview,
            reason,
            ListImportCommand.Mapping,
            ListImportCommand.Decisions,
            CommandOutput.AsJson,
        };
        command.SetAction(
            (arguments, cancellationToken) =>
            {
                var path = ExistingFile(arguments.GetRequiredValue(file));
                if (Registration.CheckReason(arguments.GetRequiredValue(reason)) is { } refusal)
                    throw new UsageException(refusal.Sentence);
                if (ListImportCommand.IsList(path))
                    return ListImportCommand
                        .From(path, arguments)
                        .ImportAsync(arguments.GetRequiredValue(reason), arguments.GetValue(preview), cancellationToken);
                var import = new DeviceImport(
                    path,
                    arguments.GetRequiredValue(reason),
                    arguments.GetValue(preview),
                    arguments.GetValue(CommandOutput.AsJson)
                );
                return RegisterAccess.RunAsync(services => import.RunAsync(services, cancellationToken), cancellationToken);
            }
        );
        return command;
    }

    private static Command CreateCredential()
    {
        var id = new Argument<string>("id") { Description = "A registered device or gateway." };
        var command = new Command("credential", "A new secret for a registered device, shown once; it replaces the old one.")
        {
            id,
            CommandOutput.AsJson,
        };
        command.SetAction(
            (arguments, cancellationToken) =>
                RegisterAccess.RunAsync(
                    async services =>
                    {
                        var deviceId = arguments.GetRequiredValue(id);
                        var secret = DeviceSecret.New();
                        var isIssued = await services
                            .GetRequiredService<ICredentialRegister>()
                            .IssueSecretAsync(
                                deviceId,
                                DeviceSecret.Hash(secret),
                                RegisterAccess.Operator,
                                DefaultReason,
                                TimeProvider.System.GetUtcNow(),
                                cancellationToken
                            );
                        return isIssued
                            ? CommandOutput.Done(new { deviceId, secret }, secret, arguments.GetValue(CommandOutput.AsJson))
                            : await CommandOutput.RefusedAsync(
                                $"No device '{deviceId}' is registered, or it was removed: GET /api/v1/devices lists those that are."
                            );
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Command CreateSimulate()
    {
        var count = new Option<int>("--count") { Description = "The largest number of devices.", DefaultValueFactory = _ => int.MaxValue };
        var command = new Command("simulate", "Run the sample city's devices over real MQTT connections, until stopped.") { count };
        command.SetAction(
            (arguments, cancellationToken) =>
                RegisterAccess.RunAsync(
                    async services =>
                    {
                        var broker = Settings.Read([]).Mqtt.Endpoint;
                        await SampleFleet.RunAsync(services, broker, arguments.GetValue(count), cancellationToken);
                        return 0;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static string ExistingFile(string file)
    {
        var path = Path.GetFullPath(file);
        return File.Exists(path) ? path : throw new UsageException($"There is no file '{path}': name an inventory file.");
    }
}
