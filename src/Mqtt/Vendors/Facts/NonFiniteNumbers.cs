namespace SurveillanceRegistry.Mqtt.Vendors.Facts;

/// <summary>
/// Numbers that JSON does not have (RFC 8259 section 6): NaN and the infinities, as many vendors' programs write them. One of them must not
/// hide the rest of a message, so each becomes an empty string, which no field accepts.
/// </summary>
internal static class NonFiniteNumbers
{
    private const int MaxLetters = 8; // "infinity".

    /// <summary>Copies JSON without them. False when it has none. Called only for what is no JSON: almost every message has none.</summary>
    public static bool TryReplace(ReadOnlySpan<byte> payload, out byte[] json)
    {
        json = payload.ToArray();
        return Replace(json);
    }

    private static bool Replace(Span<byte> json)
    {
        var isFound = false;
        var isInString = false;
        for (var at = 0; at < json.Length; at++)
        {
            if (isInString)
            {
                if (json[at] == '\\')
                    at++;
                else
                    isInString = json[at] != '"';
            }
            else if (json[at] == '"')
            {
                isInString = true;
            }
            else if (json[at] is (byte)'-' or (byte)'+' || IsLetter(json[at]))
            {
                var length = TokenLength(json[at..]);
                if (IsNonFinite(json.Slice(at, length)))
                {
                    isFound = true;
                    json.Slice(at, length).Fill((byte)' ');
                    json[at] = json[at + 1] = (byte)'"';
                }

                at += length - 1;
            }
        }

        return isFound;
    }

    /// <summary>The length of a sign and the letters behind it; at least 1.</summary>
    private static int TokenLength(ReadOnlySpan<byte> token)
    {
        var length = 1;
        while (length < token.Length && IsLetter(token[length]))
            length++;
        return length;
    }

    private static bool IsNonFinite(ReadOnlySpan<byte> token)
    {
        var letters = token[0] is (byte)'-' or (byte)'+' ? token[1..] : token;
        if (letters.Length > MaxLetters)
            return false;
        return Is(letters, "nan"u8) || Is(letters, "inf"u8) || Is(letters, "infinity"u8);

        static bool Is(ReadOnlySpan<byte> letters, ReadOnlySpan<byte> word) => System.Text.Ascii.EqualsIgnoreCase(letters, word);
    }

    private static bool IsLetter(byte letter) => letter is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z';
}
