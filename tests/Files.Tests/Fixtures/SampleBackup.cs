using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Files.Backups;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>Backups with two small members, whole or forged.</summary>
internal static class SampleBackup
{
    public static DateTimeOffset At { get; } = new(2026, 11, 30, 15, 0, 0, TimeSpan.Zero);

    public static byte[] Dump { get; } = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))];

    public static byte[] Keys { get; } = [.. Enumerable.Range(0, 512).Select(i => (byte)i)];

    /// <summary>The registry's key.</summary>
    public static TestKey Key { get; } = new("the registry's secret");

    /// <param name="signer">The key that signs; the registry's if none is given.</param>
    /// <param name="named">The key that the manifest names.</param>
    public static async Task<string> WriteAsync(string path, TestKey? signer = null, string? named = null)
    {
        await using var writer = BackupWriter.Create(path, At);
        await writer.AddAsync("database.dump", new MemoryStream(Dump), CancellationToken.None);
        await writer.AddAsync("keys.cms", new MemoryStream(Keys), CancellationToken.None);
        await writer.FinishAsync(
            members => Manifest(named ?? Key.Vkey, members) with { Recipient = "CN=backup" },
            signer ?? Key,
            CancellationToken.None
        );
        return path;
    }

    /// <summary>Writes a backup with a dump and these bytes in place of a manifest.</summary>
    public static async Task<string> WriteAsync(string path, byte[] manifest)
    {
        using var file = new MemoryStream();
        foreach (
            var (name, content) in new[]
            {
                ("database.dump", Dump),
                ("manifest.json", manifest),
                ("manifest.signature", Encoding.UTF8.GetBytes(Key.Sign(BackupWriter.SignedText(manifest)))),
            }
        )
        {
            file.Write(TarHeader.Write(name, content.Length, At));
            file.Write(content);
            file.Write(new byte[TarHeader.Padding(content.Length)]);
        }

        file.Write(new byte[2 * TarHeader.Block]);
        await File.WriteAllBytesAsync(path, file.ToArray());
        return path;
    }

    public static BackupManifest Manifest(string key, ImmutableArray<BackupMember> members) =>
        new(
            BackupManifest.CurrentFormat,
            "0.1.0",
            At,
            "Sample City",
            "15.18",
            ["0001_first_house.sql", "0060_carried_withdrawals.sql"],
            new BackupLedger(key, 7, Convert.ToBase64String(new byte[32]), null),
            null,
            null,
            members
        );

    /// <summary>A key of the form of a ledger's, which signs with a hash of a secret.</summary>
    internal sealed class TestKey(string secret) : ILogSigner
    {
        /// <summary>What it signs in place of what it is given.</summary>
        public string? Signed { get; init; }

        public string Name => "test";

        public string Vkey => $"test+00000000+{Convert.ToBase64String([1, .. SHA256.HashData(Encoding.UTF8.GetBytes(secret))])}";

        public string Sign(string text) => Note(Signed ?? text);

        public string? Open(string note)
        {
            var text = note[..(note.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)];
            return Note(text) == note ? text : null;
        }

        private string Note(string text) =>
            $"{text}\n\u2014 test {Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret + text)))}\n";
    }
}
