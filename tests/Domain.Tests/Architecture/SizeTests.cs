using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SurveillanceRegistry.Domain.Tests.Architecture;

/// <summary>A file, a method and a folder stay small enough to be read at once.</summary>
public sealed class SizeTests
{
    private const int MaxFilesInFolder = 12;
    private const int MaxLinesOfFile = 300;
    private const int MaxLinesOfMethod = 50;
    private const int MaxCharactersOfLine = 140;

    [Fact]
    public void A_folder_holds_at_most_12_source_files() =>
        SourceTree.AssertNone(
            SourceTree
                .Files.GroupBy(file => Path.GetDirectoryName(file.Path))
                .Where(folder => folder.Count() > MaxFilesInFolder)
                .Select(folder => $"{folder.Key}: {folder.Count()} files")
        );

    [Fact]
    public void A_source_file_has_at_most_300_lines() =>
        SourceTree.AssertNone(
            SourceTree
                .Files.Where(file => file.Text.AsSpan().Count('\n') > MaxLinesOfFile)
                .Select(file => $"{file.Path}: {file.Text.AsSpan().Count('\n')} lines")
        );

    [Fact]
    public void A_page_a_script_and_a_style_sheet_have_at_most_300_lines()
    {
        var longFiles =
            from path in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src", "Web"), "*", SearchOption.AllDirectories)
            where Path.GetExtension(path) is ".cshtml" or ".js" or ".css" && !SourceTree.IsBuildOutput(path)
            let lines = File.ReadLines(path).Count()
            where lines > MaxLinesOfFile
            select $"{Path.GetRelativePath(SourceTree.Root, path)}: {lines} lines";
        SourceTree.AssertNone(longFiles);
    }

    [Fact]
    public void A_method_has_at_most_50_lines() =>
        SourceTree.AssertNone(
            from file in SourceTree.Files
            from node in file.Syntax.DescendantNodes()
            where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
            let lines = LinesOf(node)
            where lines > MaxLinesOfMethod
            select $"{file.Path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {lines} lines"
        );

    [Fact]
    public void A_line_has_at_most_140_characters() =>
        SourceTree.AssertNone(
            from file in SourceTree.Files
            from number in Enumerable.Range(0, file.Lines.Length)
            where file.Lines[number].Length > MaxCharactersOfLine
            select $"{file.Path}:{number + 1}: {file.Lines[number].Length} characters"
        );

    /// <summary>From the signature to the closing brace, without comments above.</summary>
    private static int LinesOf(SyntaxNode node)
    {
        var span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
