using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>A running registry in which a camera said that it is off, one backup of it, and what was published when it was made.</summary>
public sealed class BackedUpRegistry : IAsyncLifetime
{
    /// <summary>The camera, and the place that it covers.</summary>
    internal const string Camera = "city-hall-lobby-1",
        Place = "city-hall-lobby";

    internal RegistryHost Host { get; private set; } = null!;

    internal string Folder { get; } = RegistryHost.MakeTraversable(Directory.CreateTempSubdirectory("backups-").FullName);

    /// <summary>The files of the backup, the recipient's certificate and private key, and the newest checkpoint after the backup.</summary>
    internal string Backup => Path.Combine(Folder, "city.backup");

    internal string Certificate => Path.Combine(Folder, "backup-cert.pem");

    internal string PrivateKey => Path.Combine(Folder, "backup-key.pem");

    /// <summary>A checkpoint of what the backup holds, and one of what came after it.</summary>
    internal string Checkpoint => Path.Combine(Folder, "checkpoint");

    /// <summary>The public key of the ledger, as the backup printed it.</summary>
    internal string Key { get; private set; } = "";

    internal string LaterCheckpoint => Path.Combine(Folder, "later-checkpoint");

    public async ValueTask InitializeAsync()
    {
        Host = await Snapshot.StartHostAsync();
        using var camera = await Host.ConnectAsync(Camera, await Host.IssueSecretAsync(Camera));
        await camera.PublishAsync(RegistryHost.Heartbeat(Camera, 1, 1, """{"video":"off"}"""));
        await Host.WaitForDeviceAsync(Camera, device => device.GetProperty("presence").GetString() == "online");
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=registry-backup",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        ).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        await File.WriteAllTextAsync(Certificate, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(PrivateKey, key.ExportPkcs8PrivateKeyPem());
        await SaveCheckpointAsync(Checkpoint);
        var (code, output, errors) = await Programs.CommandAsync(Host.Settings, "backup", Backup, "--recipient", Certificate);
        Assert.True(code == 0, errors);
        Assert.Contains("Its keys can be opened by CN=registry-backup", output, StringComparison.Ordinal);
        Key = output.Split('\n').Single(line => line.Contains("apart from the backups: ", StringComparison.Ordinal)).Split(": ")[1];
        await Host.CreateTokenAsync("editor");
        await SaveCheckpointAsync(LaterCheckpoint);
    }

    /// <summary>The settings of a registry on an empty data folder below <see cref="Folder"/>.</summary>
    internal RegistryHost NewHost() =>
        new(RegistryHost.MakeTraversable(Directory.CreateDirectory(Path.Combine(Folder, Path.GetRandomFileName())).FullName));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task SaveCheckpointAsync(string path)
    {
        using var reader = new HttpClient { BaseAddress = Host.Http };
        await File.WriteAllTextAsync(path, await reader.GetStringAsync("/api/v1/log/checkpoint"));
    }
}

/// <summary>The journeys that share <see cref="BackedUpRegistry"/>. They run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BackedUpRegistryGroup : ICollectionFixture<BackedUpRegistry>
{
    internal const string Name = "The backed up registry";
}
