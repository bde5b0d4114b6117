using CsCheck;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>What the registry writes as files, it reads back as the same documents.</summary>
public sealed class PolicyWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("written-").FullName;

    [Fact]
    public void Say_what_the_files_of_the_checkout_said() => IsReadBack(SampleCity.Opening.Governance);

    [Fact]
    public void Say_what_any_governance_says_whatever_its_texts_look_like() =>
        GovernanceGenerator.Governance.Sample(IsReadBack, iter: 300, threads: 1);

    [Fact]
    public void Are_the_same_bytes_each_time_in_UTF8_without_a_mark_and_with_plain_line_ends()
    {
        var (first, second) = (PolicyWriter.Write(SampleCity.Opening.Governance), PolicyWriter.Write(SampleCity.Opening.Governance));
        Assert.Equal(first, second);
        Assert.All(
            first,
            file =>
            {
                Assert.NotEqual(0xEF, file.Bytes()[0]);
                Assert.DoesNotContain('\r', file.Text);
                Assert.EndsWith("\n", file.Text, StringComparison.Ordinal);
            }
        );
        Write(SampleCity.Opening.Governance);
        Assert.Equal(first, PolicyWriter.Write(PolicyFiles.Read(_folder).Value!.Governance));
    }

    [Fact]
    public void Name_on_their_first_line_a_schema_that_lies_beside_them()
    {
        Write(SampleCity.Opening.Governance);
        Assert.All(
            Directory.GetFiles(_folder, "*.yaml", SearchOption.AllDirectories),
            path =>
            {
                var first = File.ReadLines(path).First();
                Assert.StartsWith("# yaml-language-server: $schema=", first, StringComparison.Ordinal);
                var schema = Path.Combine(Path.GetDirectoryName(path)!, first[(first.IndexOf('=', StringComparison.Ordinal) + 1)..]);
                Assert.Equal(
                    File.ReadAllBytes(Path.Combine(SampleCity.Root, "policies/schema", Path.GetFileName(schema))),
                    File.ReadAllBytes(schema)
                );
            }
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void IsReadBack(GovernanceSnapshot governance)
    {
        Write(governance);
        var reading = PolicyFiles.Read(_folder);
        Assert.Equal([], reading.Problems);
        Assert.Equal(governance.Documents(), reading.Value!.Governance.Documents());
    }

    private void Write(GovernanceSnapshot governance)
    {
        Directory.Delete(_folder, recursive: true);
        foreach (var file in PolicyWriter.Write(governance))
        {
            var path = Path.Combine(_folder, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Bytes());
        }
    }
}
