using System.Text;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>A copy of the sample city's files that a test may change; and what the original files say.</summary>
internal sealed class SampleCity : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sample-city-").FullName;

    public SampleCity()
    {
        foreach (var path in Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
            File.Copy(Path.Combine(Root, path), PathOf(path));
        }
    }

    /// <summary>The root of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file that fills an empty registry, by its name in the checkout.</summary>
    public static string[] Files { get; } =
    [
        .. Directory
            .GetFiles(Path.Combine(Root, "policies"), "*.yaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
        "devices/sample-city.yaml",
    ];

    /// <summary>The content of the original files.</summary>
    public static Opening Opening { get; } =
        SeedFiles.Read(Path.Combine(Root, "policies"), Path.Combine(Root, "devices/sample-city.yaml")) is { Value: { } opening }
            ? opening
            : throw new InvalidOperationException("The files of the checkout have an error.");

    /// <summary>Returns the history of a registry that was opened with this governance and never changed.</summary>
    public static GovernanceHistory History(GovernanceSnapshot governance) =>
        new([
            .. governance
                .Documents()
                .Select(
                    (document, entry) =>
                        new PolicyRevision(document, 1, entry, new DateTimeOffset(2026, 11, 23, 20, 0, 0, TimeSpan.Zero), 0, null)
                ),
        ]);

    /// <summary>Returns the path of a file of this copy.</summary>
    public string PathOf(string file) => Path.Combine(_folder, file);

    public FileReading<Opening> Read() => SeedFiles.Read(PathOf("policies"), PathOf("devices/sample-city.yaml"));

    /// <summary>Replaces a text that the file must hold exactly once; returns its line.</summary>
    public int Replace(string file, string text, string replacement)
    {
        var content = File.ReadAllText(PathOf(file));
        var index = content.IndexOf(text, StringComparison.Ordinal);
        Assert.True(index >= 0 && content.IndexOf(text, index + 1, StringComparison.Ordinal) < 0, $"'{text}' must stand once in {file}.");
        Write(file, Encoding.UTF8.GetBytes(content[..index] + replacement + content[(index + text.Length)..]));
        return content.AsSpan(0, index).Count('\n') + 1;
    }

    public void Write(string file, byte[] bytes) => File.WriteAllBytes(PathOf(file), bytes);

    public void Restore(string file) => File.Copy(Path.Combine(Root, file), PathOf(file), overwrite: true);

    /// <summary>Reads the copy; returns its problems, with files by their names in the checkout.</summary>
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
