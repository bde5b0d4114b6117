using CsCheck;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>Whatever stands in a file: an opening or problems, never both, never neither, never a fault.</summary>
public sealed class PolicyFilesFuzzTests : IDisposable
{
    private readonly SampleCity _city = new();

    private static readonly Gen<string> AnyFile = Gen.Int[0, SampleCity.Files.Length - 1].Select(at => SampleCity.Files[at]);

    [Fact]
    public void Are_an_opening_or_problems_when_they_are_noise() =>
        Gen.Select(AnyFile, Gen.Byte.Array[0, 200]).Sample(Reads, iter: 60, threads: 1);

    [Fact]
    public void Are_an_opening_or_problems_when_they_are_made_of_YAML() =>
        Gen.Select(AnyFile, Gen.String[Gen.Char["{}[]:,-?&*!|>'\"%@#~ \n\tab0.\\"], 0, 120].Select(System.Text.Encoding.UTF8.GetBytes))
            .Sample(Reads, iter: 150, threads: 1);

    [Fact]
    public void Are_an_opening_or_problems_when_a_real_file_was_spoilt()
    {
        var spoilt =
            from file in AnyFile
            let bytes = File.ReadAllBytes(Path.Combine(SampleCity.Root, file))
            from cut in Gen.Int[0, bytes.Length]
            from length in Gen.Int[0, 40]
            from put in Gen.OneOf(
                Gen.Byte.Array[0, 8],
                Gen.String[Gen.Char["{}[]:,-&*!|>'\" \n0a"], 0, 8].Select(System.Text.Encoding.UTF8.GetBytes)
            )
            select (file, (byte[])[.. bytes[..cut], .. put, .. bytes[Math.Min(bytes.Length, cut + length)..]]);
        spoilt.Sample(Reads, iter: 150, threads: 1);
    }

    [Fact]
    public void Are_problems_when_a_line_of_a_real_file_is_gone_or_stands_twice_unless_nobody_needs_it()
    {
        var moved =
            from file in AnyFile
            let lines = File.ReadAllLines(Path.Combine(SampleCity.Root, file))
            from line in Gen.Int[0, lines.Length - 1]
            from doubled in Gen.Bool
            select (
                file,
                System.Text.Encoding.UTF8.GetBytes(
                    string.Join(
                        '\n',
                        lines.SelectMany(
                            (text, at) =>
                                Enumerable.Repeat(
                                    text,
                                    at != line ? 1
                                        : doubled ? 2
                                        : 0
                                )
                        )
                    )
                )
            );
        moved.Sample(Reads, iter: 60, threads: 1);
    }

    public void Dispose() => _city.Dispose();

    private void Reads(string file, byte[] bytes)
    {
        _city.Write(file, bytes);
        try
        {
            var reading = _city.Read();
            Assert.Equal(reading.Value is null, !reading.Problems.IsEmpty);
            Assert.All(
                reading.Problems,
                problem =>
                {
                    Assert.True(problem.Line >= 1 && problem.Column >= 1, problem.ToString());
                    Assert.DoesNotContain(problem.ToString(), char.IsControl);
                }
            );
        }
        finally
        {
            _city.Restore(file);
        }
    }
}
