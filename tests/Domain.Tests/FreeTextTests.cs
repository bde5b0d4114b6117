using System.Text;
using CsCheck;

namespace SurveillanceRegistry.Domain.Tests;

/// <summary>The one rule for texts that people and programs give.</summary>
public sealed class FreeTextTests
{
    [Theory]
    [InlineData("Title read again\u000bsee page 3", "a line break (U+000B) after 'Title read again'")] // A word processor's soft break.
    [InlineData("a\u0000b", "a control character (U+0000) after 'a'")]
    [InlineData("a\u0001b", "a control character (U+0001)")]
    [InlineData("a\tb", "a tab (U+0009)")]
    [InlineData("a\u2028b", "a line break (U+2028)")]
    [InlineData("a\u0085b", "a line break (U+0085)")]
    [InlineData("a\rb", "a line break (U+000D)")]
    [InlineData("retained \u202E syad 09 \u202C", "a control of the text's direction (U+202E)")]
    [InlineData("\u2066isolate", "a control of the text's direction (U+2066)")]
    [InlineData("mark\u200F", "a control of the text's direction (U+200F)")]
    [InlineData("\uFEFFtext", "an invisible character (U+FEFF)")]
    [InlineData("te\u200Bxt", "an invisible character (U+200B)")]
    [InlineData("flag \U000E0067", "an invisible character (U+E0067)")]
    [InlineData("\uFFFE", "a code that is no character (U+FFFE)")]
    [InlineData("\U0001FFFF", "a code that is no character (U+1FFFF)")]
    [InlineData("\uFDD0", "a code that is no character (U+FDD0)")]
    [InlineData("lost \uFFFD", "the sign for a lost character (U+FFFD)")]
    [InlineData("\uE000", "a character of private use (U+E000)")]
    public void A_text_that_a_page_cannot_show_whole_is_refused(string text, string found)
    {
        Assert.StartsWith(found, FreeText.FindProblem(text, 100)!.Value.Found, StringComparison.Ordinal);
        Assert.StartsWith("Found " + found, FreeText.CheckLines(text, 100, "reason")!.Sentence, StringComparison.Ordinal);
    }

    /// <summary>The codes are numbers here: a test's own arguments pass through UTF-8, which cannot hold them.</summary>
    [Theory]
    [InlineData(0xD800)]
    [InlineData(0x61, 0xDC00, 0x62)]
    [InlineData(0xDC00, 0xD800)]
    public void Half_a_character_is_refused(params int[] codes) =>
        Assert.StartsWith(
            "half a character",
            FreeText.FindProblem(new string([.. codes.Select(code => (char)code)]), 100)!.Value.Found,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("")]
    [InlineData("SPD Manual 16.170 – “patrol reads”, § 3 (a) & <b")]
    [InlineData("Cámara en el vestíbulo; Máy ảnh; 攝影機; كاميرا; камера; 👁")]
    [InlineData("می‌خواهم")] // Persian needs the zero width non-joiner.
    public void A_text_of_any_language_is_taken(string text) => Assert.Null(FreeText.FindProblem(text, 100));

    [Fact]
    public void A_reason_may_have_lines_and_a_title_may_not()
    {
        Assert.Null(FreeText.CheckLines("First.\nSecond.\r\nThird.", 100, "reason"));
        Assert.NotNull(FreeText.CheckLine("First.\nSecond.", 100, "title"));
        Assert.NotNull(FreeText.CheckLines("First.\rSecond.", 100, "reason"));
        Assert.Null(FreeText.CheckLines(null, 100, "reason"));
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused_with_its_length() =>
        Assert.Equal(
            new Refusal(RefusalCodes.Invalid, "Found 101 characters; expected at most 100 characters.", "title"),
            FreeText.CheckLine(new string('x', 101), 100, "title")
        );

    [Fact]
    public void A_text_that_is_taken_can_stand_in_XML_and_in_a_refusal() =>
        Gen.String[Gen.Char, 0, 12]
            .Sample(text =>
            {
                if (FreeText.FindProblem(text, 100) is { } problem)
                {
                    Assert.All(problem.Found, c => Assert.False(char.IsControl(c)));
                    return;
                }

                Assert.True(System.Xml.XmlConvert.VerifyXmlChars(text) == text);
                Assert.Equal(text, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Encoding.UTF8.GetBytes(text)));
            });
}
