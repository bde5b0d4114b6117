using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace SurveillanceRegistry.Domain.Search;

/// <summary>What a person searches for: words, each of which a found text must have, or the beginning of a longer word.</summary>
/// <param name="Text">What was entered, without blanks around it.</param>
/// <param name="Words">One to eight words in lower case: letters, digits and the marks on them, nothing else.</param>
public sealed record SearchQuery(string Text, ImmutableArray<string> Words)
{
    public const int MaxLength = 200,
        MaxWords = 8,
        MaxWordLength = 60;

    /// <summary>Reads a query. Returns what is wrong with it as a refusal; a query without a word is refused too.</summary>
    public static Outcome<SearchQuery> Read(string? text)
    {
        var trimmed = (text ?? "").Trim();
        if (trimmed.Length > MaxLength)
            return new Refusal(RefusalCodes.Invalid, $"The search has more than {MaxLength} characters: enter a few words.", "q");
        if (trimmed.Contains('\0', StringComparison.Ordinal) || FreeText.Normalize(trimmed, NormalizationForm.FormKC) is not { } normal)
            return new Refusal(RefusalCodes.Invalid, "The search has characters that are no text.", "q");
        ImmutableArray<string> words = [.. WordsOf(normal).Distinct(StringComparer.Ordinal)];
        return words.Length switch
        {
            0 => new Refusal(RefusalCodes.Invalid, "Enter at least one letter or digit to search for.", "q"),
            > MaxWords => new Refusal(RefusalCodes.Invalid, $"The search has more than {MaxWords} words: enter fewer.", "q"),
            _ => new SearchQuery(trimmed, words),
        };
    }

    /// <summary>Whether a character is part of a word.</summary>
    internal static bool IsOfWord(char one) =>
        char.IsLetterOrDigit(one)
        || char.GetUnicodeCategory(one)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.Surrogate;

    private static IEnumerable<string> WordsOf(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isOfWord = i < text.Length && IsOfWord(text[i]);
            if (isOfWord && start < 0)
                start = i;
            if (isOfWord || start < 0)
                continue;
            yield return text[start..Math.Min(i, start + MaxWordLength)].ToLowerInvariant();
            start = -1;
        }
    }
}
