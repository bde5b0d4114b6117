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
    [InlineData("\t=x", "'\t=x")]
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
}
