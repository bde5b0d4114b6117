using System.Text.RegularExpressions;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Documents;

/// <summary>Every test that a document cites exists.</summary>
public sealed partial class DocumentsTests
{
    [Fact]
    public void Every_yes_in_the_device_comparison_names_a_test_that_exists()
    {
        var tests = Tests();
        var rows = File.ReadLines(Path.Combine(SampleCity.Root, "docs/devices-compared.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .ToArray();
        Assert.Equal(Enumerable.Range(1, 46).Select(number => $"{number}"), rows.Select(row => row.Groups["number"].Value));
        Assert.All(
            rows,
            row =>
            {
                var named = Named().Matches(row.Groups["shown"].Value).Select(name => name.Groups["name"].Value).ToArray();
                Assert.True(
                    named.Length > 0 || row.Groups["here"].Value != "yes",
                    $"Row {row.Groups["number"].Value} says yes and names no test."
                );
                Assert.Empty(named.Except(tests));
            }
        );
    }

    [Fact]
    public void Every_pitfall_names_its_complaint_and_a_test_that_exists()
    {
        var tests = Tests();
        var page = File.ReadAllText(Path.Combine(SampleCity.Root, "docs/pitfalls.md"));
        var rows = page.Split('\n').Select(line => Pitfall().Match(line)).Where(row => row.Success).ToArray();
        Assert.Equal(Enumerable.Range(1, 23).Select(number => $"{number}"), rows.Select(row => row.Groups["number"].Value));
        Assert.All(rows, row => Assert.Matches(@"\]\(https://github\.com/[^)]+\)", row.Groups["elsewhere"].Value));
        Assert.All(rows, row => Assert.NotEmpty(Named().Matches(row.Groups["shown"].Value)));
        Assert.Empty(Named().Matches(page).Select(name => name.Groups["name"].Value).Except(tests));
    }

    private static HashSet<string> Tests() =>
        Directory
            .GetFiles(Path.Combine(SampleCity.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => TestMethod().Matches(File.ReadAllText(file)).Select(method => method.Groups["name"].Value))
            .ToHashSet();

    [GeneratedRegex(@"^\| (?<number>\d+) \| (?<elsewhere>[^|]+) \| [^|]+ \| (?<shown>[^|]+) \|$")]
    private static partial Regex Pitfall();

    [GeneratedRegex(@"public (?:async )?(?:Task|void|ValueTask) (?<name>[A-Z]\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"^\| (?<number>\d+) \| [^|]+ \| (?<here>yes|partly|no) \| [^|]+ \|(?<shown>[^|]*)\|$")]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[A-Za-z0-9_]+)`")]
    private static partial Regex Named();
}
