using System.Formats.Tar;
using CsCheck;
using SurveillanceRegistry.Files.Backups;
using static SurveillanceRegistry.Files.Tests.Fixtures.SampleBackup;

namespace SurveillanceRegistry.Files.Tests.Backups;

/// <summary>A backup is whole, or it is refused.</summary>
public sealed class BackupFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("registry-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string NewPath => Path.Combine(_folder, Path.GetRandomFileName());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_backup_gives_back_its_manifest_and_the_bytes_of_its_members()
    {
        await using var backup = await BackupFile.OpenAsync(await WriteAsync(NewPath), Cancellation);
        backup.Prove(Key);
        Assert.Equal("Sample City", backup.Manifest.City);
        Assert.Equal("0060_carried_withdrawals.sql", backup.Manifest.Schema);
        Assert.Equal(Dump, await ReadAsync(backup.Open("database.dump")!));
        Assert.Equal(Keys, await ReadAsync(backup.Open("keys.cms")!));
        Assert.Null(backup.Open("none"));
    }

    [Fact]
    public async Task The_tar_of_others_lists_the_members_of_a_backup()
    {
        await using var file = File.OpenRead(await WriteAsync(NewPath));
        using var tar = new TarReader(file);
        var names = new List<(string, long)>();
        while (await tar.GetNextEntryAsync(copyData: false, Cancellation) is { } entry)
            names.Add((entry.Name, entry.Length));
        Assert.Equal(["database.dump", "keys.cms", "manifest.json", "manifest.signature"], names.Select(member => member.Item1));
        Assert.Equal([5000, 512], names.Take(2).Select(member => member.Item2));
    }

    [Fact]
    public async Task A_changed_byte_anywhere_in_a_backup_is_found()
    {
        var good = await File.ReadAllBytesAsync(await WriteAsync(NewPath), Cancellation);
        var path = NewPath;
        await Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[1, 255])
            .SampleAsync(
                async (offset, change) =>
                {
                    var bad = (byte[])good.Clone();
                    bad[offset] ^= (byte)change;
                    return await IsRefusedAsync(bad);
                },
                iter: 1500,
                threads: 1
            );
        // Every byte that is not the content of a member, where a weaker check would look away.
        for (var offset = 0; offset < good.Length; offset++)
        {
            if (offset is > 600 and < 5000)
                continue;
            var bad = (byte[])good.Clone();
            bad[offset] ^= 1;
            Assert.True(await IsRefusedAsync(bad), $"byte {offset}");
        }

        async Task<bool> IsRefusedAsync(byte[] bytes)
        {
            await File.WriteAllBytesAsync(path, bytes, Cancellation);
            try
            {
                await using var opened = await BackupFile.OpenAsync(path, Cancellation);
                opened.Prove(Key);
                return false;
            }
            catch (BackupException)
            {
                return true;
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-512)]
    [InlineData(-1024)]
    [InlineData(-3000)]
    [InlineData(1)]
    [InlineData(512)]
    public async Task A_backup_that_is_cut_off_or_longer_is_refused(int more)
    {
        var path = await WriteAsync(NewPath);
        await using (var file = new FileStream(path, FileMode.Open))
            file.SetLength(file.Length + more);
        var refusal = await Assert.ThrowsAsync<BackupException>(() => BackupFile.OpenAsync(path, Cancellation));
        Assert.Contains("is damaged", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PK\u0003\u0004 no backup at all")]
    public async Task A_file_that_is_no_backup_is_refused_in_a_sentence(string content)
    {
        var path = NewPath;
        await File.WriteAllTextAsync(path, content, Cancellation);
        await Assert.ThrowsAsync<BackupException>(() => BackupFile.OpenAsync(path, Cancellation));
        var missing = await Assert.ThrowsAsync<BackupException>(() => BackupFile.OpenAsync(path + "-none", Cancellation));
        Assert.Contains("cannot be read", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_has_no_name_before_it_is_whole_and_the_next_one_deletes_what_was_left()
    {
        var path = NewPath;
        var left = path + ".unfinished-killed";
        await File.WriteAllTextAsync(left, "what a kill left", Cancellation);
        await using (var first = BackupWriter.Create(path, At))
        {
            Assert.False(File.Exists(left));
            await first.AddAsync("database.dump", new MemoryStream(Dump), Cancellation);
            await using var second = BackupWriter.Create(path, At); // Beside the first one, which is locked.
            Assert.Equal(2, Directory.GetFiles(_folder).Length);
            Assert.False(File.Exists(path));
        }

        Assert.Empty(Directory.GetFiles(_folder));
        await WriteAsync(path);
        Assert.Throws<IOException>(() => BackupWriter.Create(path, At));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8_589_934_591)]
    [InlineData(8_589_934_592)]
    [InlineData(5_000_000_000_000)]
    public void A_header_holds_every_size(long size) =>
        Assert.Equal(("database.dump", size), TarHeader.Read(TarHeader.Write("database.dump", size, At)));

    [Fact]
    public async Task A_backup_that_another_key_signed_is_refused_whatever_its_manifest_says()
    {
        var forger = new TestKey("a forger's secret");
        // The forger names the registry's key, and their own.
        foreach (var (named, sentence) in new[] { (Key, "did not sign its manifest"), (forger, "of another registry, or forged") })
        {
            await using var forged = await BackupFile.OpenAsync(await WriteAsync(NewPath, forger, named.Vkey), Cancellation);
            var refusal = Assert.Throws<BackupException>(() => forged.Prove(Key));
            Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => forged.Open("database.dump"));
        }
    }

    [Fact]
    public async Task A_signature_of_another_manifest_or_of_a_checkpoint_proves_nothing()
    {
        foreach (var text in new[] { "surveillance-registry backup\n" + new string('0', 64) + "  manifest.json\n", "test\n7\ncm9vdA==\n" })
        {
            var path = await WriteAsync(NewPath, new TestKey("secret") { Signed = text });
            var refusal = await Assert.ThrowsAsync<BackupException>(() => BackupFile.OpenAsync(path, Cancellation));
            Assert.Contains("does not have the hash that is signed", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nothing_is_taken_from_a_backup_before_its_signature_is_verified()
    {
        await using var backup = await BackupFile.OpenAsync(await WriteAsync(NewPath), Cancellation);
        Assert.Throws<InvalidOperationException>(() => backup.Open("database.dump"));
        backup.Prove(Key);
        Assert.Equal(Dump, await ReadAsync(backup.Open("database.dump")!));
    }

    [Fact]
    public async Task A_backup_of_the_older_form_that_no_key_signed_is_refused()
    {
        var path = await WriteAsync(NewPath);
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        var name = bytes.AsSpan().LastIndexOf("manifest.signature"u8);
        "manifest.sha256\0\0\0"u8.CopyTo(bytes.AsSpan(name));
        await File.WriteAllBytesAsync(path, bytes, Cancellation);
        var refusal = await Assert.ThrowsAsync<BackupException>(() => BackupFile.OpenAsync(path, Cancellation));
        Assert.Contains("older form, which no key signed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_many_members_is_refused_before_they_are_all_read()
    {
        var path = NewPath;
        await using (var writer = BackupWriter.Create(path, At))
        {
            for (var member = 0; member < 5; member++)
                await writer.AddAsync("database.dump", new MemoryStream(Dump), Cancellation);
            await writer.FinishAsync(members => Manifest(Key.Vkey, members), Key, Cancellation);
        }

        var refusal = await Assert.ThrowsAsync<BackupException>(() => BackupFile.OpenAsync(path, Cancellation));
        Assert.Contains("more members than a backup has", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ReadAsync(Stream member)
    {
        using var content = new MemoryStream();
        await using (member)
            await member.CopyToAsync(content, Cancellation);
        return content.ToArray();
    }
}
