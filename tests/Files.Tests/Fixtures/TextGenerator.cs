using System.Text.RegularExpressions;
using CsCheck;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>Generates texts that the registry accepts and that YAML, CSV or a spreadsheet could take for something else.</summary>
internal static partial class TextGenerator
{
    private static readonly string[] DifficultTexts =
    [
        "null",
        "~",
        "true",
        "No",
        "off",
        "1e3",
        "0x1F",
        "12:30:45",
        "2019-02-01",
        "1979",
        ".inf",
        "-1",
        "- a list",
        "? a key",
        ": value",
        "a: b",
        "a #comment",
        "# all",
        "#",
        "&anchor",
        "*alias",
        "!tag",
        "| block",
        "> folded",
        "'single'",
        "it's",
        "\"double\"",
        "\"",
        "'",
        "''",
        "back\\slash",
        "\\",
        "\\n",
        "{flow}",
        "[list]",
        "a, b",
        "%directive",
        "@at",
        "`tick",
        "---",
        "...",
        "--- #",
        "<<",
        "=",
        "trailing:",
        "key:value",
        " leading",
        "trailing ",
        "  both  ",
        "two  blanks",
        "=1+1",
        "=HYPERLINK(\"https://evil.example\")",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1)",
        "'=quoted",
        "''=twice",
        "'tis",
        "a|b",
        "| a | b |",
        "a \\| b",
        "ñandú",
        "Ünïcödé",
        "日本語",
        "עברית",
        "e\u0301",
        "🎥 camera",
        "\u00A0no break\u00A0",
        "\u00AD",
        "<",
        "a < b",
        "a,b;c\"d\"",
        "%s%n",
        "{{x}}",
        "${x}",
        new string('x', 600),
        string.Concat(Enumerable.Repeat("word ", 119)) + "end",
    ];

    public static Gen<string> Text { get; } =
        Gen.OneOf(
            Gen.Int[0, DifficultTexts.Length - 1].Select(index => DifficultTexts[index]).Where(IsAccepted),
            Gen.String[Gen.Char[" '\"\\|:#,[]{}&*!?-=+@%`~<>ab01é日"], 1, 20].Where(IsAccepted),
            Gen.String[Gen.OneOf(Gen.Char['\u00A0', '\u2100'], Gen.Char['\uFE00', '\uFFFC']), 1, 8].Where(IsAccepted)
        );

    /// <summary>Texts without braces, which would be placeholders in a sentence of a notice.</summary>
    public static Gen<string> TextWithoutBraces { get; } = Text.Where(text => text.AsSpan().IndexOfAny('{', '}') < 0);

    private static bool IsAccepted(string text) =>
        !string.IsNullOrWhiteSpace(text)
        && FreeText.FindProblem(text, PolicyValidator.MaxTextLength) is null
        && !Markup().IsMatch(text)
        && !Citation.FindIn(text, SampleCity.Opening.Governance.Chapters).Any();

    [GeneratedRegex("<[A-Za-z/!?]")]
    private static partial Regex Markup();
}
