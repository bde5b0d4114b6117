using CsCheck;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>Files that the registry writes are read back as the same documents.</summary>
public sealed class PolicyWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("written-").FullName;

    [Fact]
    public void The_files_of_the_sample_city_are_read_back_as_the_same_documents() => AssertReadBack(SampleCity.Opening.Governance);

    [Fact]
    public void The_files_of_any_governance_are_read_back_as_the_same_documents() =>
        GovernanceGenerator.Governance.Sample(AssertReadBack, iter: Rounds.Of(300), threads: 1);

    [Fact]
    public void The_same_governance_makes_the_same_bytes_without_mark_or_carriage_return()
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
    public void The_first_line_of_a_written_file_names_a_schema_that_is_also_written()
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

    private void AssertReadBack(GovernanceSnapshot governance)
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
