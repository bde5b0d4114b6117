using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SurveillanceRegistry.Domain.Tests.Architecture;

/// <summary>The source files of this checkout.</summary>
internal static class SourceTree
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All C# files of the product, its tests and the simulator, parsed once.</summary>
    public static IReadOnlyList<SourceFile> Files { get; } =
        new[] { "src", "tests", "devices" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !IsBuildOutput(path))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(Path.GetRelativePath(Root, path), File.ReadAllText(path)))
            .ToArray();

    /// <summary>Whether the build or npm wrote a file.</summary>
    public static bool IsBuildOutput(string path) =>
        path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules" or "var");

    /// <summary>Fails with every finding, one a line.</summary>
    public static void AssertNone(IEnumerable<string> findings)
    {
        var all = findings.ToArray();
        Assert.True(all.Length == 0, $"{all.Length} findings:\n{string.Join('\n', all)}");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SurveillanceRegistry.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The checkout was not found above " + AppContext.BaseDirectory);
    }
}

/// <summary>One C# file: its path below the root, its text, and its syntax.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    /// <summary>The parsed file, with its documentation comments.</summary>
    public CompilationUnitSyntax Syntax { get; } =
        (CompilationUnitSyntax)
            CSharpSyntaxTree
                .ParseText(Text, new CSharpParseOptions(documentationMode: Microsoft.CodeAnalysis.DocumentationMode.Parse))
                .GetRoot();

    /// <summary>The lines of the file.</summary>
    public string[] Lines { get; } = Text.Split('\n');
}
