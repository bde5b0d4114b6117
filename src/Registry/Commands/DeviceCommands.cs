using System.CommandLine;
using System.Net;
using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Inventory.Inventory;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Postgres;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry devices …</c>: check an inventory, take one in, give a device a new secret, run simulated units.</summary>
internal static class DeviceCommands
{
    public static Command Verb() => new("devices", "The register of devices.") { Check(), Import(), Credential(), Simulate() };

    private static Command Check()
    {
        var file = new Argument<string>("file") { Description = "The inventory file, or a profile under profiles/." };
        var verb = new Command(
            "check",
            "Validate an inventory with the profiles beside it, or one profile: every problem with file, line and what was expected."
        )
        {
            file,
            CommandOutput.AsJson,
        };
        verb.SetAction(command =>
        {
            var path = Path.GetFullPath(command.GetRequiredValue(file));
            if (!File.Exists(path))
                throw new UsageException($"There is no file '{path}': name an inventory file.");
            var folder = Path.GetDirectoryName(path)!;
            var settings = Settings.Read([]);
            var isProfile = Path.GetFileName(folder) == "profiles";
            var inventory = InventoryFile.Read(isProfile ? settings.Devices : path, PolicyFiles.Read(settings.Policies).Value?.Governance);
            var devices = inventory.Value?.Devices.Select(device => device.Id).ToHashSet();
            return CommandOutput.Problems(
                isProfile
                    ? ProfileFile.Read(path, devices).Problems
                    : [.. inventory.Problems, .. ProfileFile.ReadAll(Path.Combine(folder, "profiles"), devices).Problems],
                command.GetValue(CommandOutput.AsJson)
            );
        });
        return verb;
    }

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "The inventory file: gateways and devices to register." };
        var preview = new Option<bool>("--preview") { Description = "Say what would be registered, and register nothing." };
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for everybody who reads the ledger; of mobile units, for those who may read their acts.",
            DefaultValueFactory = _ => "At the command line of the server.",
        };
        var verb = new Command(
            "import",
            "Register the new gateways and devices of an inventory, all of them or none. What is registered already stays as it is."
        )
        {
            file,
            preview,
            reason,
            CommandOutput.AsJson,
        };
        verb.SetAction(
            async (command, cancellationToken) =>
            {
                var (path, why, asJson) = (
                    Path.GetFullPath(command.GetRequiredValue(file)),
                    command.GetRequiredValue(reason),
                    command.GetValue(CommandOutput.AsJson)
                );
                if (!File.Exists(path))
                    throw new UsageException($"There is no file '{path}': name an inventory file.");
                if (Registration.CheckReason(why) is { } tooLong)
                    throw new UsageException(tooLong.Sentence);
                using var logs = LoggingSetup.Create();
                await using var database = await Database.JoinAsync(Settings.Read([]), logs, cancellationToken);
                await using var services = new ServiceCollection().AddPostgres(database.ConnectionString).BuildServiceProvider();
                var (policies, devices) = (services.GetRequiredService<IPolicyRegister>(), services.GetRequiredService<IDeviceRegister>());
                if (await policies.IsEmptyAsync(cancellationToken))
                    throw new PrerequisiteException(
                        "The register is empty: start the registry once ('registry serve'), and it is filled from its files."
                    );
                var standing = await devices.AllAsync(cancellationToken);
                var (additions, problems) = InventoryFile.ReadAdditions(
                    path,
                    (await policies.HistoryAsync(cancellationToken)).Current,
                    new RegisteredInventory(
                        await services.GetRequiredService<IPlaceRegister>().PlacesAsync(cancellationToken),
                        await services.GetRequiredService<IPlaceRegister>().KiosksAsync(cancellationToken),
                        [.. standing.Select(device => device.Fleet).OfType<string>().Distinct()],
                        await services.GetRequiredService<IEnrolment>().GatewaysAsync(cancellationToken),
                        standing
                    )
                );
                if (additions is null)
                    return CommandOutput.Problems(problems, asJson);

                var (isPreview, isDone) = (command.GetValue(preview), additions.Gateways.IsEmpty && additions.Devices.IsEmpty);
                if (!isPreview && !isDone)
                {
                    var outcome = await devices.ImportAsync(
                        additions.Gateways,
                        additions.Devices,
                        new Attribution("operator"),
                        why,
                        TimeProvider.System.GetUtcNow(),
                        cancellationToken
                    );
                    if (!outcome.IsDone)
                    {
                        foreach (var refusal in outcome.Refusals)
                            await Console.Error.WriteLineAsync($"Nothing was registered: {refusal.Sentence}");
                        return 1;
                    }
                }

                return CommandOutput.Done(
                    new
                    {
                        registered = !isPreview,
                        gateways = additions.Gateways.Select(gateway => gateway.Id),
                        devices = additions.Devices.Select(device => device.Id),
                        additions.Unchanged,
                    },
                    $"{additions.Gateways.Length} gateways and {additions.Devices.Length} devices {(isPreview ? "would be" : "were")} registered; {additions.Unchanged} stood there already.",
                    asJson
                );
            }
        );
        return verb;
    }

    private static Command Credential()
    {
        var id = new Argument<string>("id") { Description = "A registered device or gateway." };
        var verb = new Command("credential", "A new secret for a registered device, shown once; it replaces the old one.")
        {
            id,
            CommandOutput.AsJson,
        };
        verb.SetAction(
            async (command, cancellationToken) =>
            {
                using var logs = LoggingSetup.Create();
                await using var database = await Database.JoinAsync(Settings.Read([]), logs, cancellationToken);
                await using var services = new ServiceCollection().AddPostgres(database.ConnectionString).BuildServiceProvider();
                var deviceId = command.GetRequiredValue(id);
                var secret = DeviceSecret.New();
                if (
                    !await services
                        .GetRequiredService<IEnrolment>()
                        .IssueSecretAsync(
                            deviceId,
                            DeviceSecret.Hash(secret),
                            new Attribution("operator"),
                            "At the command line of the server.",
                            TimeProvider.System.GetUtcNow(),
                            cancellationToken
                        )
                )
                {
                    await Console.Error.WriteLineAsync(
                        $"No device '{deviceId}' is registered, or it was removed: GET /api/v1/devices lists those that are."
                    );
                    return 1;
                }

                Console.Out.WriteLine(
                    command.GetValue(CommandOutput.AsJson) ? JsonSerializer.Serialize(new { deviceId, secret }, Json.Options) : secret
                );
                return 0;
            }
        );
        return verb;
    }

    private static Command Simulate()
    {
        var count = new Option<int>("--count") { Description = "At most so many units.", DefaultValueFactory = _ => int.MaxValue };
        var verb = new Command("simulate", "Run the sample city's units over real MQTT connections, until told to stop.") { count };
        verb.SetAction(
            async (command, cancellationToken) =>
            {
                var settings = Settings.Read([]);
                using var logs = LoggingSetup.Create();
                await using var database = await Database.JoinAsync(settings, logs, cancellationToken);
                await using var services = new ServiceCollection()
                    .AddLogging(LoggingSetup.Configure)
                    .AddSingleton(TimeProvider.System)
                    .AddPostgres(database.ConnectionString)
                    .BuildServiceProvider();
                await SampleFleet.RunAsync(
                    services,
                    new IPEndPoint(settings.Mqtt.Address, settings.Mqtt.Port),
                    command.GetValue(count),
                    cancellationToken
                );
                return 0;
            }
        );
        return verb;
    }
}
