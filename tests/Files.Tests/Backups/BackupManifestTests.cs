using System.Text;
using CsCheck;
using SurveillanceRegistry.Files.Backups;
using static SurveillanceRegistry.Files.Tests.Fixtures.SampleBackup;

namespace SurveillanceRegistry.Files.Tests.Backups;

/// <summary>A manifest says everything that a reader relies on, or it is none.</summary>
public sealed class BackupManifestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("registry-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string NewPath => Path.Combine(_folder, Path.GetRandomFileName());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_manifest_of_any_form_is_read_or_refused_in_a_sentence()
    {
        var whole = Encoding.UTF8.GetString(Manifest(Key.Vkey, [new("database.dump", 5000, new string('a', 64))]).Write());
        Assert.NotNull(BackupManifest.Read(Encoding.UTF8.GetBytes(whole)));
        string[] odd = ["null", "{}", "[]", "-1", "1e99", "\"\"", "\"%%%%\"", "[null]", "\"9999-12-31T23:59:59Z\"", "{\"key\":null}"];
        var values = whole.Split('\n').Where(line => line.Contains(": ", StringComparison.Ordinal)).ToArray();
        await Gen.Select(Gen.Int[0, values.Length - 1], Gen.Int[0, odd.Length - 1])
            .SampleAsync(
                async (at, other) =>
                {
                    var (line, value) = (values[at], odd[other]);
                    var end = line.EndsWith(',') ? "," : "";
                    var changed = whole.Replace(line, line[..(line.IndexOf(": ", StringComparison.Ordinal) + 2)] + value + end);
                    var path = await WriteAsync(NewPath, Encoding.UTF8.GetBytes(changed));
                    try
                    {
                        await using var backup = await BackupFile.OpenAsync(path, Cancellation);
                        Assert.NotNull(backup.Manifest.Ledger.Key);
                        Assert.Equal(32, Convert.FromBase64String(backup.Manifest.Ledger.Root).Length);
                        Assert.Equal("database.dump", backup.Manifest.Members[0].Name);
                        Assert.DoesNotContain(backup.Manifest.Migrations, name => name is null);
                    }
                    catch (BackupException)
                    {
                        // A sentence.
                    }
                    finally
                    {
                        File.Delete(path);
                    }
                },
                iter: 300,
                threads: 1
            );
    }

    [Theory]
    [InlineData("database.dump", "database.dump")]
    [InlineData("database.dump", "other")]
    [InlineData("keys.cms")]
    [InlineData()]
    public void A_manifest_that_names_other_members_is_none(params string[] names) =>
        Assert.Null(
            BackupManifest.Read(Manifest(Key.Vkey, [.. names.Select(name => new BackupMember(name, 1, new string('a', 64)))]).Write())
        );
}
