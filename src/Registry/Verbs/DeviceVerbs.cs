using System.CommandLine;
using System.Net;
using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Files;
using SurveillanceRegistry.Postgres;

namespace SurveillanceRegistry.Registry.Verbs;

/// <summary><c>registry devices …</c>: check an inventory, give a device a new secret, run simulated units.</summary>
internal static class DeviceVerbs
{
    public static Command Verb() => new("devices", "The register of devices.") { Check(), Credential(), Simulate() };

    private static Command Check()
    {
        var file = new Argument<string>("file") { Description = "The inventory file, or a profile under profiles/." };
        var verb = new Command("check", "Validate an inventory with the profiles beside it, or one profile: every problem with file, line and what was expected.") { file, Answers.AsJson };
        verb.SetAction(command =>
        {
            var path = Path.GetFullPath(command.GetRequiredValue(file));
            if (!File.Exists(path))
                throw new WrongUsage($"There is no file '{path}': name an inventory file.");
            var folder = Path.GetDirectoryName(path)!;
            var settings = Settings.Read([]);
            var isProfile = Path.GetFileName(folder) == "profiles";
            var inventory = InventoryFile.Read(isProfile ? settings.Devices : path, PolicyFiles.Read(settings.Policies).Value?.Governance);
            var devices = inventory.Value?.Devices.Select(device => device.Id).ToHashSet();
            return Answers.Problems(
                isProfile ? ProfileFile.Read(path, devices).Problems : [.. inventory.Problems, .. ProfileFile.ReadAll(Path.Combine(folder, "profiles"), devices).Problems], command.GetValue(Answers.AsJson));
        });
        return verb;
    }

    private static Command Credential()
    {
        var id = new Argument<string>("id") { Description = "A registered device." };
        var verb = new Command("credential", "A new secret for a registered device, shown once; it replaces the old one.") { id, Answers.AsJson };
        verb.SetAction(async (command, cancellationToken) =>
        {
            using var logs = Logs.Create();
            await using var database = await Database.JoinAsync(Settings.Read([]), logs, cancellationToken);
            await using var services = new ServiceCollection().AddPostgres(database.ConnectionString).BuildServiceProvider();
            var deviceId = command.GetRequiredValue(id);
            var secret = DeviceSecret.New();
            if (!await services.GetRequiredService<IEnrolment>().IssueSecretAsync(deviceId, DeviceSecret.Hash(secret), Attribution.Registry, "At the command line of the server.", TimeProvider.System.GetUtcNow(), cancellationToken))
            {
                await Console.Error.WriteLineAsync($"No device '{deviceId}' is registered: GET /api/v1/devices lists those that are.");
                return 1;
            }

            Console.Out.WriteLine(command.GetValue(Answers.AsJson) ? JsonSerializer.Serialize(new { deviceId, secret }, Json.Options) : secret);
            return 0;
        });
        return verb;
    }

    private static Command Simulate()
    {
        var count = new Option<int>("--count") { Description = "At most so many units.", DefaultValueFactory = _ => int.MaxValue };
        var verb = new Command("simulate", "Run the sample city's units over real MQTT connections, until told to stop.") { count };
        verb.SetAction(async (command, cancellationToken) =>
        {
            var settings = Settings.Read([]);
            using var logs = Logs.Create();
            await using var database = await Database.JoinAsync(settings, logs, cancellationToken);
            await using var services = new ServiceCollection().AddLogging(Logs.Configure).AddSingleton(TimeProvider.System).AddPostgres(database.ConnectionString).BuildServiceProvider();
            await SampleFleet.RunAsync(services, new IPEndPoint(settings.Mqtt.Address, settings.Mqtt.Port), command.GetValue(count), cancellationToken);
            return 0;
        });
        return verb;
    }
}
