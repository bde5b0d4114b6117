namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>Changes one file of the sample city and asserts what the reader reports.</summary>
internal static class ProblemAssert
{
    /// <summary>Replaces a text that the file holds once; asserts that the reader reports it on its line.</summary>
    /// <param name="otherProblems">How many further problems the replacement causes.</param>
    /// <param name="linesBelow">How many lines below the replaced text the problem is reported.</param>
    public static void Reports(
        string file,
        string text,
        string replacement,
        string found,
        string expected,
        int linesBelow = 0,
        int otherProblems = 0
    )
    {
        using var city = new SampleCity();
        var line = city.Replace(file, text, replacement) + linesBelow;

        var problems = city.Problems();

        var problem = Assert.Single(
            problems,
            candidate => candidate.File == file && candidate.Line == line && candidate.Found.StartsWith(found, StringComparison.Ordinal)
        );
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        Assert.True(problem.Column >= 1);
        Assert.Equal(otherProblems, problems.Length - 1);
        Assert.Null(city.Read().Value);
    }

    /// <summary>Asserts that each problem has a position, and no character that a terminal would obey.</summary>
    public static void AreWellFormed(IEnumerable<FileProblem> problems) =>
        Assert.All(
            problems,
            problem =>
            {
                Assert.True(problem.Line >= 1 && problem.Column >= 1, problem.ToString());
                Assert.DoesNotContain(problem.ToString(), char.IsControl);
            }
        );
}
