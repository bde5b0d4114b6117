using SurveillanceRegistry.Files.Csv;

namespace SurveillanceRegistry.Files.Tests.Csv;

/// <summary>Texts that a spreadsheet would run as formulas.</summary>
public sealed class FormulaEscapingTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@x", "'@x")]
    [InlineData("\t=x", "'\t'=x")]
    [InlineData("A;=1+1", "A;'=1+1")]
    [InlineData("A;'=1+1", "A;''=1+1")]
    [InlineData("A;-1;b\t@x", "A;'-1;b\t'@x")]
    [InlineData("A\n=1+1\r\n+2", "A\n'=1+1\r\n'+2")]
    [InlineData(";\t\t=x", ";'\t'\t'=x")]
    [InlineData("A; =1;'b", "A; =1;'b")]
    [InlineData("\rx", "'\rx")]
    [InlineData("'=1", "''=1")]
    [InlineData("''@", "'''@")]
    [InlineData("'tis", "'tis")]
    [InlineData("1-1", "1-1")]
    [InlineData("'", "'")]
    [InlineData("", "")]
    public void A_text_is_escaped_if_it_looks_like_a_formula_and_read_back_unchanged(string text, string cell)
    {
        Assert.Equal(cell, FormulaEscaping.Escape(text));
        Assert.Equal(text, FormulaEscaping.Unescape(cell));
    }

    [Fact]
    public void Every_text_of_the_characters_that_matter_is_read_back_unchanged()
    {
        var random = new Random(20261130);
        for (var round = 0; round < 20_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(8)).Select(_ => "';=\t\r\n-a"[random.Next(8)])]);
            Assert.Equal(text, FormulaEscaping.Unescape(FormulaEscaping.Escape(text)));
        }
    }
}
