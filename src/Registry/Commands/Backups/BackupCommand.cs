using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Registry.Backups;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry.Commands.Backups;

/// <summary><c>registry backup PATH</c>: the whole registry in one file, also while it serves.</summary>
internal static class BackupCommand
{
    private const string HowToMakeOne =
        "openssl req -x509 -newkey rsa:3072 -nodes -days 7300 -subj /CN=registry-backup -keyout backup-key.pem -out backup-cert.pem";

    private static readonly Argument<string> Target = new("path") { Description = "The file to write; it must not exist." };

    private static readonly Option<string?> Recipient = new("--recipient")
    {
        Description = "A certificate (X.509, PEM, RSA): the keys go along, encrypted to it. Without it they are left out.",
    };

    public static Command Create()
    {
        var command = new Command("backup", "Write the whole registry to one file, also while it serves.")
        {
            Target,
            Recipient,
            CommandOutput.AsJson,
        };
        command.SetAction(
            (arguments, cancellationToken) =>
                RunAsync(
                    ReadTarget(arguments.GetRequiredValue(Target)),
                    ReadRecipient(arguments.GetValue(Recipient)),
                    arguments.GetValue(CommandOutput.AsJson),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(string path, SealedKeys? recipient, bool asJson, CancellationToken cancellationToken)
    {
        var settings = Settings.Read([]);
        if (settings.Database.Length == 0 && !await PrivateCluster.ExistsAsync(settings.Data, cancellationToken))
            throw new PrerequisiteException(
                $"There is no registry in the data folder '{settings.Data}': set REGISTRY_DATA to the folder of one."
            );
        using var logs = LoggingSetup.Create();
        await using var database = await Database.JoinAsync(settings, logs, cancellationToken);
        await using var services = new ServiceCollection()
            .AddLogging(LoggingSetup.Configure)
            .AddSingleton(TimeProvider.System)
            .AddPostgres(database.ConnectionString)
            .BuildServiceProvider();
        var report = await new Backup(settings, path, recipient).RunAsync(database, services, cancellationToken);
        var manifest = report.Manifest;
        return CommandOutput.Done(
            new
            {
                path,
                bytes = report.Bytes,
                seconds = Math.Round(report.Seconds, 2),
                manifest.At,
                manifest.Version,
                manifest.Schema,
                entries = manifest.Ledger.Size,
                manifest.Ledger.Root,
                manifest.Ledger.Key,
                keysFor = manifest.Recipient,
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{manifest.City}: {manifest.Ledger.Size} ledger entries, {report.Bytes / 1e6:0.0} MB in {report.Seconds:0.0} s, {path}.\n"
            )
                + KeysSentence(manifest.Recipient, settings)
                + $"\nIt is signed by the key of the ledger. Keep this line apart from the backups: {manifest.Ledger.Key}\n"
                + "On a machine without the keys of this registry, restore and drill need it (--key).",
            asJson
        );
    }

    private static string KeysSentence(string? recipient, Settings settings) =>
        recipient is not null
            ? $"Its keys can be opened by {recipient}."
            : "The keys are not in it, and without them a restored registry does not start: "
                + $"keep a copy of '{KeyFile.Folder(settings.Data)}' apart, or give --recipient CERTIFICATE.";

    private static string ReadTarget(string given)
    {
        var path = Path.GetFullPath(given);
        if (Directory.Exists(path))
            throw new UsageException($"'{path}' is a folder: name the file to write.");
        if (File.Exists(path))
            throw new UsageException($"'{path}' exists already, and a backup never replaces a file: name another one.");
        return Directory.Exists(Path.GetDirectoryName(path))
            ? path
            : throw new UsageException($"There is no folder '{Path.GetDirectoryName(path)}': make it, or name another file.");
    }

    private static SealedKeys? ReadRecipient(string? file)
    {
        if (file is null)
            return null;
        if (!File.Exists(file))
            throw new UsageException($"There is no file '{file}': --recipient needs a certificate. One is made by: {HowToMakeOne}");
        try
        {
            return SealedKeys.To(File.ReadAllText(file));
        }
        catch (CryptographicException failure)
        {
            throw new UsageException(
                $"'{file}' is no certificate that keys can be encrypted to ({failure.Message.TrimEnd('.')}). One is made by: {HowToMakeOne}"
            );
        }
    }
}
