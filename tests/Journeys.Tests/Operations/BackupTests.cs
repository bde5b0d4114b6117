using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>Backup, restoration and what either refuses, by the executable.</summary>
[Collection(BackedUpRegistryGroup.Name)]
public sealed class BackupTests(BackedUpRegistry city)
{
    /// <summary>About as many changes of files as a whole run makes.</summary>
    private const int MaxBackupChanges = 14,
        MaxRestoreChanges = 5_400;

    private static readonly int Rounds = Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1" ? 60 : 1;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restored_registry_has_the_same_law_and_claims_nothing_that_it_did_not_hear()
    {
        await using var restored = city.NewHost();
        // The checkpoint alone proves whose key signed the backup.
        string[] options = ["--identity", city.PrivateKey, "--against", city.Checkpoint];
        var (code, output, errors) = await Programs.CommandAsync(restored.Settings, ["restore", city.Backup, .. options]);
        Assert.True(code == 0, errors);
        Assert.Contains("give the newest checkpoint", output, StringComparison.Ordinal);

        Assert.Equal(await ExportAsync(city.Host), await ExportAsync(restored));
        await restored.StartAsync();
        (code, _, errors) = await Programs.CommandAsync(restored.Settings, "ledger", "verify", "--against", city.Checkpoint);
        Assert.True(code == 0, errors);

        // The camera said "off" before the backup. What it did since is not known.
        var camera = await restored.GetAsync($"/api/v1/devices/{BackedUpRegistry.Camera}");
        Assert.Equal("unknown", camera.GetProperty("presence").GetString());
        var before = await NoticeAsync(city.Host);
        var after = await NoticeAsync(restored);
        Assert.Contains(after.GetProperty("facts").EnumerateArray(), IsVideoPossiblyRecorded);
        // A screen refuses a smaller sequence than it saw: what was issued after the backup is passed over.
        Assert.True(after.GetProperty("sequence").GetInt64() > before.GetProperty("sequence").GetInt64() + 100_000);
        Assert.Equal(
            await city.Host.GetAsync("/.well-known/jwks.json").ContinueWith(keys => keys.Result.ToString(), TaskScheduler.Default),
            (await restored.GetAsync("/.well-known/jwks.json")).ToString()
        );

        static bool IsVideoPossiblyRecorded(JsonElement fact) =>
            fact.GetProperty("capture").GetString() == "video"
            && fact.GetProperty("certainty").GetString() == "unknown"
            && fact.GetProperty("mode").GetString() == "recorded";
    }

    [Fact]
    public async Task A_restoration_that_would_sign_a_second_history_changes_nothing()
    {
        await using var empty = city.NewHost();
        var (code, _, errors) = await RestoreAsync(empty, "--identity", city.PrivateKey, "--against", city.LaterCheckpoint);
        Assert.Equal(1, code);
        Assert.Matches("a checkpoint of [0-9]+ was signed: the public log went on after the backup", errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(empty.Data));

        (code, _, errors) = await RestoreAsync(city.Host, "--identity", city.PrivateKey);
        Assert.Equal(1, code);
        Assert.Contains($"The data folder '{city.Host.Data}' holds a database already", errors, StringComparison.Ordinal);

        (code, _, errors) = await RestoreAsync(empty);
        Assert.Equal(2, code);
        Assert.Contains("give the private key with --identity FILE", errors, StringComparison.Ordinal);
        (code, _, errors) = await RestoreAsync(empty, "--identity", city.Certificate);
        Assert.Equal(2, code);
        Assert.Contains("does not open the keys in this backup", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(empty.Data));
    }

    [Fact]
    public async Task A_restoration_behind_the_public_log_goes_on_as_another_log_if_told_so()
    {
        await using var restored = city.NewHost();
        string[] options = ["--identity", city.PrivateKey, "--against", city.LaterCheckpoint, "--new-log"];
        var (code, output, errors) = await RestoreAsync(restored, options);
        Assert.True(code == 0, errors);
        Assert.Contains("The old log ended.", output, StringComparison.Ordinal);
        await restored.StartAsync();
        using var reader = new HttpClient { BaseAddress = restored.Http };
        var checkpoint = await reader.GetStringAsync("/api/v1/log/checkpoint", Cancellation);
        var before = (await File.ReadAllLinesAsync(city.Checkpoint, Cancellation))[0];
        Assert.StartsWith(before + "/from-", checkpoint, StringComparison.Ordinal);
        Assert.Contains(await reader.GetStringAsync("/api/v1/log/key", Cancellation).ContinueWith(key => key.Result.Trim()), output);
        (code, _, errors) = await Programs.CommandAsync(restored.Settings, "ledger", "verify");
        Assert.True(code == 0, errors);
    }

    [Fact]
    public async Task A_damaged_backup_and_one_of_a_newer_version_are_refused()
    {
        await using var empty = city.NewHost();
        var bytes = await File.ReadAllBytesAsync(city.Backup, Cancellation);
        bytes[bytes.Length / 2] ^= 4;
        var damaged = Path.Combine(city.Folder, "damaged.backup");
        await File.WriteAllBytesAsync(damaged, bytes, Cancellation);
        var (code, _, errors) = await Programs.CommandAsync(empty.Settings, "restore", damaged, "--identity", city.PrivateKey);
        Assert.Equal(1, code);
        Assert.Contains("is damaged", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(empty.Data));

        var (_, manifest, _) = await Programs.RunAsync("tar", ["xOf", city.Backup, "manifest.json"]);
        var newer = Path.Combine(city.Folder, "newer.json");
        await File.WriteAllTextAsync(newer, manifest.Replace("0001_", "9001_", StringComparison.Ordinal), Cancellation);
        (code, _, errors) = await Programs.CommandAsync(empty.Settings, "upgrade", "check", newer);
        Assert.Equal(1, code);
        Assert.Contains("which is newer: it does not have 9001_", errors, StringComparison.Ordinal);
        (code, var answer, _) = await Programs.CommandAsync(empty.Settings, "upgrade", "check", city.Backup, "--json");
        Assert.Equal(0, code);
        Assert.True(JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("follows").GetBoolean());
    }

    [Fact]
    public async Task A_registry_that_was_restored_without_its_keys_does_not_start()
    {
        var path = Path.Combine(city.Folder, "without-keys.backup");
        var (code, output, errors) = await Programs.CommandAsync(city.Host.Settings, "backup", path);
        Assert.True(code == 0, errors);
        Assert.Contains("The keys are not in it", output, StringComparison.Ordinal);
        await using var restored = city.NewHost();
        (code, output, errors) = await Programs.CommandAsync(restored.Settings, "restore", path, "--key", city.Key);
        Assert.True(code == 0, errors);
        Assert.Contains("does not start without them", output, StringComparison.Ordinal);
        foreach (
            var command in (string[][])
                [
                    ["serve"],
                    ["ledger", "verify"],
                ]
        )
        {
            (code, _, errors) = await Programs.CommandAsync(restored.Settings, command);
            Assert.Equal(3, code);
            Assert.Contains("The key that signed the notices of this registry is not in", errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ledger-ed25519")]
    [InlineData("notice-es256.pem")]
    public async Task A_restoration_that_could_not_write_a_key_writes_all_when_repeated(string key)
    {
        await using var restored = city.NewHost();
        var obstacle = Directory.CreateDirectory(Path.Combine(restored.Data, "keys", key + ".new"));
        Assert.NotEqual(0, (await RestoreAsync(restored, "--identity", city.PrivateKey)).ExitCode);
        obstacle.Delete();
        var (code, _, errors) = await RestoreAsync(restored, "--identity", city.PrivateKey);
        Assert.True(code == 0, errors);
        (code, _, errors) = await Programs.CommandAsync(restored.Settings, "ledger", "verify", "--against", city.Checkpoint);
        Assert.True(code == 0, errors);
    }

    [Fact]
    public async Task A_killed_backup_leaves_nothing_that_looks_like_one()
    {
        var path = Path.Combine(city.Folder, "killed.backup");
        for (var round = 0; round < Rounds; round++)
        {
            await KillAsync(city.Host, city.Folder, MaxBackupChanges, "backup", path);
            if (File.Exists(path))
            {
                var (code, _, errors) = await Programs.CommandAsync(city.Host.Settings, "upgrade", "check", path);
                Assert.True(code == 0, errors);
                File.Delete(path);
            }
        }

        var (last, _, problem) = await Programs.CommandAsync(city.Host.Settings, "backup", path);
        Assert.True(last == 0, problem);
        Assert.Empty(Directory.EnumerateFiles(city.Folder, "*.unfinished-*"));
    }

    [Fact]
    public async Task A_killed_restoration_is_named_at_the_next_start_and_begins_again()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var restored = city.NewHost();
            await KillAsync(
                restored,
                restored.Data,
                MaxRestoreChanges,
                "restore",
                city.Backup,
                "--key",
                city.Key,
                "--identity",
                city.PrivateKey
            );
            if (File.Exists(Path.Combine(restored.Data, "restore-unfinished")))
            {
                var (refused, _, sentence) = await Programs.CommandAsync(restored.Settings, "serve");
                Assert.Equal(3, refused);
                Assert.Contains($"did not finish (of {city.Backup}", sentence, StringComparison.Ordinal);
            }

            var (code, _, errors) = await RestoreAsync(restored, "--identity", city.PrivateKey);
            // Killed before its first step or after its last one: then it is empty, or filled.
            Assert.True(code == 0 || errors.Contains("holds a database already", StringComparison.Ordinal), errors);
            (code, _, errors) = await Programs.CommandAsync(restored.Settings, "ledger", "verify", "--against", city.Checkpoint);
            Assert.True(code == 0, errors);
        }
    }

    private Task<(int ExitCode, string Output, string Errors)> RestoreAsync(RegistryHost registry, params string[] options) =>
        Programs.CommandAsync(registry.Settings, ["restore", city.Backup, "--key", city.Key, .. options]);

    /// <summary>Starts a command and kills it at a random one of the changes that it makes to files.</summary>
    private static async Task KillAsync(RegistryHost registry, string folder, int changes, params string[] command)
    {
        var change = Random.Shared.Next(1, changes);
        var seen = await Programs.KillAtChangeAsync(registry.Settings, folder, change, command);
        TestContext.Current.TestOutputHelper?.WriteLine($"{command[0]}: to be killed at change {change}, {seen} were seen");
    }

    private async Task<string> ExportAsync(RegistryHost registry)
    {
        var folder = Path.Combine(city.Folder, Path.GetRandomFileName());
        var (code, _, errors) = await Programs.CommandAsync(registry.Settings, "policies", "export", folder);
        Assert.True(code == 0, errors);
        return string.Concat(
            Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => Path.GetRelativePath(folder, file) + "\n" + File.ReadAllText(file))
        );
    }

    private static async Task<JsonElement> NoticeAsync(RegistryHost registry)
    {
        var signed = (await registry.GetAsync($"/api/v1/places/{BackedUpRegistry.Place}/notice")).GetProperty("notice");
        var payload = System.Buffers.Text.Base64Url.DecodeFromChars(signed.GetProperty("payload").GetString());
        return JsonSerializer.Deserialize<JsonElement>(payload);
    }
}
