namespace SurveillanceRegistry.Files.Tests;

/// <summary>What an operator's terminal gets of texts that others wrote.</summary>
public sealed class TerminalWriterTests
{
    private const string Hostile = "name\u001b[2J\u009b31m\r\b\u202Eevil\0\tend\nnext";
    private const string Clean = "name\uFFFD[2J\uFFFD31m\uFFFD\uFFFD\uFFFDevil\uFFFD\tend\nnext";

    [Fact]
    public async Task A_terminal_gets_no_character_that_it_would_obey()
    {
        using var output = new StringWriter();
        await using var writer = new TerminalWriter(output);
        writer.Write(Hostile);
        writer.WriteLine(Hostile);
        writer.Write(Hostile.ToCharArray(), 0, Hostile.Length);
        writer.Write('\u001b');
        await writer.WriteLineAsync(Hostile);
        Assert.Equal($"{Clean}{Clean}\n{Clean}\uFFFD{Clean}\n", output.ToString());
    }

    [Theory]
    [InlineData("Consejo de la Ciudad – día ½ 監視 🎥")]
    [InlineData("")]
    public void Words_of_any_language_stay_as_they_are(string text) => Assert.Same(text, TerminalWriter.Clean(text));
}
