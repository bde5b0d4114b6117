using System.Formats.Tar;
using System.Text;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Journeys.Tests.Operations;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Journeys.Tests.Strangers;

/// <summary>Backups by a person who can write where backups are kept, and has no key of the registry.</summary>
[Collection(BackedUpRegistryGroup.Name)]
public sealed class ForgedBackupTests(BackedUpRegistry city)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_taken_from_a_backup_whose_key_is_known_from_nowhere()
    {
        await using var empty = city.NewHost();
        foreach (var command in new[] { "restore", "drill" })
        {
            var (code, _, errors) = await Programs.CommandAsync(empty.Settings, command, city.Backup);
            Assert.Equal(2, code);
            Assert.Contains("Nothing here proves who wrote this backup", errors, StringComparison.Ordinal);

            using var other = SignedNote.FromSeed("other", SignedNote.NewSeed());
            (code, _, errors) = await Programs.CommandAsync(empty.Settings, command, city.Backup, "--key", other.Vkey);
            Assert.Equal(1, code);
            Assert.Contains("of another registry, or forged", errors, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(empty.Data));
    }

    [Fact]
    public async Task A_drill_that_takes_the_word_of_a_backup_says_that_nothing_proves_it()
    {
        await using var empty = city.NewHost();
        var (code, output, errors) = await Programs.CommandAsync(empty.Settings, "drill", city.Backup, "--unproven");
        Assert.True(code == 0, errors);
        Assert.Contains("Nothing proves who wrote the backup", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_a_forger_signed_is_refused_by_the_registry_that_it_names()
    {
        using var forger = SignedNote.FromSeed("forger", SignedNote.NewSeed());
        var path = await ForgeAsync(forger, manifest => manifest);
        var (code, _, errors) = await Programs.CommandAsync(city.Host.Settings, "drill", path);
        Assert.Equal(1, code);
        Assert.Contains("did not sign its manifest", errors, StringComparison.Ordinal);

        path = await ForgeAsync(forger, manifest => manifest with { Ledger = manifest.Ledger with { Key = forger.Vkey } });
        (code, _, errors) = await Programs.CommandAsync(city.Host.Settings, "drill", path);
        Assert.Equal(2, code);
        Assert.Contains($"it names the key {forger.Vkey}", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_the_manifest_does_not_name_are_not_written()
    {
        using var own = OwnKey();
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            var content = Encoding.UTF8.GetBytes($"forger\n{Convert.ToBase64String(SignedNote.NewSeed())}\n");
            var entry = new UstarTarEntry(TarEntryType.RegularFile, "ledger-ed25519") { DataStream = new MemoryStream(content) };
            await writer.WriteEntryAsync(entry, Cancellation);
        }

        var path = await ForgeAsync(own, manifest => manifest, tar.ToArray());
        await using var empty = city.NewHost();
        string[] options = ["--key", city.Key, "--identity", city.PrivateKey];
        var (code, _, errors) = await Programs.CommandAsync(empty.Settings, ["restore", path, .. options]);
        Assert.Equal(1, code);
        Assert.Contains("not those that its manifest names", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(empty.Data));
    }

    [Fact]
    public async Task A_name_that_would_change_the_terminal_is_printed_without_it()
    {
        var (code, _, errors) = await Programs.CommandAsync(city.Host.Settings, "drill", "\u001b[2J.backup");
        Assert.Equal(2, code);
        Assert.Contains("\uFFFD[2J.backup", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', errors);
    }

    private SignedNote OwnKey()
    {
        var lines = File.ReadAllLines(Path.Combine(city.Host.Data, "keys", "ledger-ed25519"));
        return SignedNote.FromSeed(lines[0], Convert.FromBase64String(lines[1]));
    }

    /// <summary>Writes the backup again with another manifest, key or folder of keys.</summary>
    private async Task<string> ForgeAsync(SignedNote signer, Func<BackupManifest, BackupManifest> change, byte[]? keys = null)
    {
        var path = Path.Combine(city.Folder, Path.GetRandomFileName());
        await using var backup = await BackupFile.OpenAsync(city.Backup, Cancellation);
        using var own = OwnKey();
        backup.Prove(own);
        var sealedKeys = keys is null
            ? backup.Open(BackupManifest.Keys)!
            : new MemoryStream(SealedKeys.To(await File.ReadAllTextAsync(city.Certificate, Cancellation)).Seal(keys));
        await using var writer = BackupWriter.Create(path, backup.Manifest.At);
        await writer.AddAsync(BackupManifest.Database, backup.Open(BackupManifest.Database)!, Cancellation);
        await writer.AddAsync(BackupManifest.Keys, sealedKeys, Cancellation);
        await writer.FinishAsync(members => change(backup.Manifest with { Members = members }), signer, Cancellation);
        return path;
    }
}
