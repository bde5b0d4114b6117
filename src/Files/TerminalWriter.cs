using System.Text;

namespace SurveillanceRegistry.Files;

/// <summary>
/// Writes text for a terminal. Names and contents of files reach the operator in sentences, and a control character in them would move the
/// cursor, hide what was said or change the terminal: each one except tab and end of line becomes U+FFFD.
/// </summary>
/// <param name="inner">The output; it stays open.</param>
public sealed class TerminalWriter(TextWriter inner) : TextWriter
{
    private const char Replacement = '\uFFFD';

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Replaces what a terminal would obey.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Any(IsObeyed) ? string.Create(text.Length, text, (span, from) => Copy(from, span)) : text;
    }

    public override void Write(char value) => inner.Write(IsObeyed(value) ? Replacement : value);

    public override void Write(string? value) => inner.Write(value is null ? null : Clean(value));

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    public override void WriteLine(string? value) => inner.WriteLine(value is null ? null : Clean(value));

    public override void Flush() => inner.Flush();

    private static void Copy(string from, Span<char> to)
    {
        for (var at = 0; at < to.Length; at++)
            to[at] = IsObeyed(from[at]) ? Replacement : from[at];
    }

    /// <summary>Control characters, and those that turn the direction of what follows.</summary>
    private static bool IsObeyed(char one) =>
        (char.IsControl(one) && one is not ('\n' or '\t')) || one is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
