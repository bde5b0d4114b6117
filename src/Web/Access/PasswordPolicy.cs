using System.Collections.Frozen;
using System.IO.Compression;

namespace SurveillanceRegistry.Web.Access;

/// <summary>
/// Decides whether a password may be used (ASVS 5.0, 6.2). It has a least length and no rules of composition. It must not be made of a few
/// common passwords, words, names, numbers, keyboard rows or repetitions.
/// </summary>
/// <remarks>
/// The list has about 53,000 entries; <see cref="CommonLongPasswords"/> are refused as a whole. Words of the context (the city, the person,
/// this registry) count as nothing at all, so that a password must be good without them (ASVS 5.0, 6.2.11).
/// </remarks>
public static class PasswordPolicy
{
    /// <summary>The length of a password, in characters. ASVS asks for 8 and recommends 15; with a second factor, 12 are enough.</summary>
    public const int MinLength = 12,
        MaxLength = 256;

    /// <summary>The least number of parts. A part is an entry of the list, a number, a keyboard row, or a single character.</summary>
    private const int MinParts = 4;

    private const int MinWordLength = 3,
        MaxWordLength = 40,
        MaxNumberLength = 8,
        MinRowLength = 3;

    private static readonly string[] RegistryWords = ["surveillance", "registry", "police", "camera", "cameras", "staff", "city"];

    private static readonly string[] Rows =
    [
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "azertyuiop",
    ];

    private static readonly Lazy<FrozenSet<string>> Common = new(ReadCommon);

    /// <summary>Returns what is wrong with a password, in a sentence; null when it may be used.</summary>
    /// <param name="context">Names that belong to the person or the city.</param>
    public static string? Check(string password, IEnumerable<string> context)
    {
        ArgumentNullException.ThrowIfNull(password);
        var length = password.EnumerateRunes().Count();
        if (length is < MinLength or > MaxLength)
            return $"The password has {length} characters: expected {MinLength} to {MaxLength}.";
        var contextWords = WordsOf(context);
        var text = password.ToLowerInvariant();
        var parts = Math.Min(CountParts(text, contextWords), CountParts(UndoSubstitutions(text), contextWords));
        return parts >= MinParts && !CommonLongPasswords.Contains(password)
            ? null
            : "The password is easy to guess: it is made of common passwords, words, names, numbers or repetitions. "
                + "Use a password manager, or at least four unrelated words.";
    }

    private static FrozenSet<string> WordsOf(IEnumerable<string> context) =>
        context
            .SelectMany(text => text.ToLowerInvariant().Split([' ', '@', '.', '-', '_', ','], StringSplitOptions.RemoveEmptyEntries))
            .Concat(RegistryWords)
            .Where(word => word.Length >= MinWordLength)
            .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Returns the least number of parts that the text can be made of.</summary>
    private static int CountParts(string text, FrozenSet<string> contextWords)
    {
        var least = new int[text.Length + 1];
        for (var end = 1; end <= text.Length; end++)
        {
            least[end] = least[end - 1] + 1;
            for (var start = Math.Max(0, end - MaxWordLength); start < end - 1; start++)
            {
                if (CostOf(text, start, end, contextWords) is { } cost)
                    least[end] = Math.Min(least[end], least[start] + cost);
            }
        }

        return least[^1];
    }

    /// <summary>Returns 0 for a part that adds nothing, 1 for a known part, null for a text that is no part.</summary>
    private static int? CostOf(string text, int start, int end, FrozenSet<string> contextWords)
    {
        var part = text[start..end];
        if (contextWords.Contains(part) || text.AsSpan(0, start).Contains(part, StringComparison.Ordinal))
            return 0;
        var isKnown =
            (part.Length >= MinWordLength && Common.Value.Contains(part))
            || (part.Length <= MaxNumberLength && part.All(char.IsAsciiDigit))
            || part.All(one => one == part[0])
            || IsRow(part);
        return isKnown ? 1 : null;
    }

    private static bool IsRow(string part)
    {
        if (part.Length < MinRowLength)
            return false;
        var reversed = new string([.. part.Reverse()]);
        return Rows.Any(row => row.Contains(part, StringComparison.Ordinal) || row.Contains(reversed, StringComparison.Ordinal));
    }

    /// <summary>Replaces the digits and signs that people write in place of letters.</summary>
    private static string UndoSubstitutions(string text) =>
        string.Concat(
            text.Select(one =>
                one switch
                {
                    '0' => 'o',
                    '1' or '!' => 'i',
                    '3' => 'e',
                    '4' or '@' => 'a',
                    '5' or '$' => 's',
                    '7' => 't',
                    _ => one,
                }
            )
        );

    private static FrozenSet<string> ReadCommon()
    {
        using var resource = typeof(PasswordPolicy).Assembly.GetManifestResourceStream("common-passwords.txt.gz")!;
        using var text = new StreamReader(new GZipStream(resource, CompressionMode.Decompress));
        return text.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#') || line.Length < MinWordLength)
            .ToFrozenSet(StringComparer.Ordinal);
    }
}
