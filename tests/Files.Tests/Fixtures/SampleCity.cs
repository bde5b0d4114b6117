using System.Text;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>The files of the checkout, and copies of them that a test may spoil.</summary>
internal sealed class SampleCity : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sample-city-").FullName;

    public SampleCity()
    {
        foreach (var path in Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
            File.Copy(Path.Combine(Root, path), In(path));
        }
    }

    /// <summary>The root of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file that the register is opened from, by its name under the checkout.</summary>
    public static string[] Files { get; } =
    [
        .. Directory
            .GetFiles(Path.Combine(Root, "policies"), "*.yaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
        "devices/sample-city.yaml",
    ];

    /// <summary>What the files of the checkout say.</summary>
    public static Opening Opening { get; } =
        SeedFiles.Read(Path.Combine(Root, "policies"), Path.Combine(Root, "devices/sample-city.yaml")) is { Value: { } opening }
            ? opening
            : throw new InvalidOperationException("The files of the checkout hold an error.");

    /// <summary>A registry that was opened with this governance and knows nothing else.</summary>
    public static GovernanceHistory History(GovernanceSnapshot governance) =>
        new([
            .. governance
                .Documents()
                .Select(
                    (document, at) =>
                        new PolicyRevision(document, 1, at, new DateTimeOffset(2026, 11, 23, 20, 0, 0, TimeSpan.Zero), 0, null)
                ),
        ]);

    public string In(string file) => Path.Combine(_folder, file);

    public FileReading<Opening> Read() => SeedFiles.Read(In("policies"), In("devices/sample-city.yaml"));

    /// <summary>Puts other words in the place of words that must stand there once; returns the line on which they stand.</summary>
    public int Change(string file, string words, string others)
    {
        var text = File.ReadAllText(In(file));
        var at = text.IndexOf(words, StringComparison.Ordinal);
        Assert.True(at >= 0 && text.IndexOf(words, at + 1, StringComparison.Ordinal) < 0, $"'{words}' must stand once in {file}.");
        Write(file, Encoding.UTF8.GetBytes(text[..at] + others + text[(at + words.Length)..]));
        return text.AsSpan(0, at).Count('\n') + 1;
    }

    public void Write(string file, byte[] bytes) => File.WriteAllBytes(In(file), bytes);

    public void Restore(string file) => File.Copy(Path.Combine(Root, file), In(file), overwrite: true);

    /// <summary>The problems, with files named as under the checkout.</summary>
    public FileProblem[] Problems() =>
        [.. Read().Problems.Select(problem => problem with { File = Path.GetRelativePath(_folder, problem.File).Replace('\\', '/') })];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SurveillanceRegistry.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run inside the checkout.");
        return folder;
    }
}
