using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SurveillanceRegistry.Domain.Tests.Architecture;

/// <summary>Rules of prose from CONTRIBUTING.md that a machine can check.</summary>
public sealed partial class ProseTests
{
    /// <summary>Sentences about people, which may say so, and the user <c>nobody</c> of Linux.</summary>
    private static readonly string[] AboutPeople =
    [
        "Nobody decides their own request",
        "users[\"nobody\"]",
        "neither a user 'postgres' nor 'nobody'",
        "\"chown\", [\"nobody\"",
    ];

    [Fact]
    public void A_pronoun_for_people_is_not_used_for_a_device_a_process_or_a_transaction() =>
        SourceTree.AssertNone(
            from file in SourceTree.Files
            where !file.Path.EndsWith("ProseTests.cs", StringComparison.Ordinal)
            from number in Enumerable.Range(0, file.Lines.Length)
            let line = file.Lines[number]
            where PersonPronoun().IsMatch(line) && !AboutPeople.Any(sentence => line.Contains(sentence, StringComparison.Ordinal))
            select $"{file.Path}:{number + 1}: {line.Trim()}"
        );

    [Fact]
    public void A_script_of_the_screens_names_no_person_for_a_device_or_a_page() =>
        SourceTree.AssertNone(
            from path in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src/Web/assets"))
            where Path.GetExtension(path) is ".js" or ".css"
            from line in File.ReadLines(path)
            where PersonPronoun().IsMatch(line)
            select $"{Path.GetFileName(path)}: {line.Trim()}"
        );

    [Fact]
    public void A_comment_uses_no_word_of_the_old_dialect() =>
        SourceTree.AssertNone(
            from file in SourceTree.Files
            from trivia in file.Syntax.DescendantTrivia(descendIntoTrivia: false)
            where
                trivia.Kind()
                    is SyntaxKind.SingleLineCommentTrivia
                        or SyntaxKind.MultiLineCommentTrivia
                        or SyntaxKind.SingleLineDocumentationCommentTrivia
            let text = trivia.ToFullString()
            from Match match in Dialect().Matches(text)
            select $"{file.Path}:{trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {match.Value}"
        );

    [Fact]
    public void A_test_is_a_whole_sentence_of_at_most_80_characters() =>
        SourceTree.AssertNone(
            from test in Tests()
            let name = test.Method.Identifier.Text
            where name.Length > 80 || !name.Contains('_', StringComparison.Ordinal) || HasNoSubject().IsMatch(name)
            select $"{test.File.Path}: {name} ({name.Length} characters)"
        );

    [Fact]
    public void A_test_class_is_named_after_its_file_and_ends_in_Tests() =>
        SourceTree.AssertNone(
            from test in Tests()
            let type = test.Method.Ancestors().OfType<TypeDeclarationSyntax>().Last().Identifier.Text
            where type != Path.GetFileNameWithoutExtension(test.File.Path) || !type.EndsWith("Tests", StringComparison.Ordinal)
            select $"{test.File.Path}: {type}"
        );

    private static IEnumerable<(SourceFile File, MethodDeclarationSyntax Method)> Tests() =>
        from file in SourceTree.Files
        from method in file.Syntax.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory")
        select (file, method);

    [GeneratedRegex(@"\b(whoever|whomever|nobody|somebody)\b", RegexOptions.IgnoreCase)]
    private static partial Regex PersonPronoun();

    /// <summary>Words that stood for other things in versions before 2026-11-30; see docs/glossary.md.</summary>
    [GeneratedRegex(
        @"\b(newest word|last word of (a|the) (device|unit)|the house\b(?! number)|front door|says nothing new|is told of)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Dialect();

    /// <summary>A verb or a preposition at the beginning: the subject stood in the name of the class.</summary>
    [GeneratedRegex(
        "^(Is|Are|Has|Have|Of|Does|Do|Can|May|Says|Takes|Tells|Keeps|Lets|Gives|Shows|Ends|Refuses|Names|Leaves|Knows|Finds|Holds|Asks|"
            + "Counts|Calls|Drives|Drive)_"
    )]
    private static partial Regex HasNoSubject();
}
