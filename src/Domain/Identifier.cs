namespace SurveillanceRegistry.Domain;

/// <summary>Validates identifiers in topics, addresses and files: <c>[a-z0-9][a-z0-9-]{0,63}</c> (contract, section HTTP).</summary>
public static class Identifier
{
    /// <summary>The most characters an identifier may have.</summary>
    public const int MaxLength = 64;

    /// <summary>
    /// Whether <paramref name="text"/> is an identifier. Instrument ids may also contain dots (<c>spd-manual-16.090</c>).
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> text, bool dots = false)
    {
        if (text.IsEmpty || text.Length > MaxLength || !char.IsAsciiLetterLower(text[0]) && !char.IsAsciiDigit(text[0]))
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-' && !(dots && c == '.'))
                return false;
        }

        return true;
    }
}
