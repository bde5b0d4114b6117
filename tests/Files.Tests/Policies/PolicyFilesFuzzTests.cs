using System.Text;
using CsCheck;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>For any content of a file, the reader returns an opening or problems, and never throws.</summary>
public sealed class PolicyFilesFuzzTests : IDisposable
{
    private static readonly Gen<string> AnyFile = Gen.Int[0, SampleCity.Files.Length - 1].Select(index => SampleCity.Files[index]);

    private readonly SampleCity _city = new();

    [Fact]
    public void A_file_of_random_bytes_is_an_opening_or_problems() =>
        Gen.Select(AnyFile, Gen.Byte.Array[0, 200]).Sample(AssertOpeningOrProblems, iter: Rounds.Of(60), threads: 1);

    [Fact]
    public void A_file_of_random_YAML_is_an_opening_or_problems() =>
        Gen.Select(AnyFile, Gen.String[Gen.Char["{}[]:,-?&*!|>'\"%@#~ \n\tab0.\\"], 0, 120].Select(Encoding.UTF8.GetBytes))
            .Sample(AssertOpeningOrProblems, iter: Rounds.Of(150), threads: 1);

    [Fact]
    public void A_file_with_random_changes_is_an_opening_or_problems()
    {
        var changed =
            from file in AnyFile
            from bytes in Mutations.From(File.ReadAllBytes(Path.Combine(SampleCity.Root, file)), 40, Mutations.YamlFragment)
            select (file, bytes);
        changed.Sample(AssertOpeningOrProblems, iter: Rounds.Of(150), threads: 1);
    }

    [Fact]
    public void A_file_without_a_line_or_with_a_line_twice_is_an_opening_or_problems()
    {
        var changed =
            from file in AnyFile
            let lines = File.ReadAllLines(Path.Combine(SampleCity.Root, file))
            from index in Gen.Int[0, lines.Length - 1]
            from isDoubled in Gen.Bool
            let insteadOfLine = isDoubled ? new[] { lines[index], lines[index] } : []
            select (file, Encoding.UTF8.GetBytes(string.Join('\n', [.. lines[..index], .. insteadOfLine, .. lines[(index + 1)..]])));
        changed.Sample(AssertOpeningOrProblems, iter: Rounds.Of(60), threads: 1);
    }

    public void Dispose() => _city.Dispose();

    private void AssertOpeningOrProblems(string file, byte[] bytes)
    {
        _city.Write(file, bytes);
        try
        {
            var reading = _city.Read();
            Assert.Equal(reading.Value is null, !reading.Problems.IsEmpty);
            ProblemAssert.AreWellFormed(reading.Problems);
        }
        finally
        {
            _city.Restore(file);
        }
    }
}
