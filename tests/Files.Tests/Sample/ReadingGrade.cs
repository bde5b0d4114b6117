using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Files.Tests.Sample;

/// <summary>
/// The grade of school at which an English text can be read, by Flesch and Kincaid (1975):
/// 0.39 × words per sentence + 11.8 × syllables per word − 15.59.
/// </summary>
internal static partial class ReadingGrade
{
    public static double Of(IEnumerable<string> sentences)
    {
        var texts = sentences.SelectMany(text => SentenceEnd().Split(text)).Select(Words).Where(words => words.Length > 0).ToArray();
        var words = texts.SelectMany(text => text).ToArray();
        return 0.39 * words.Length / texts.Length + 11.8 * words.Sum(Syllables) / words.Length - 15.59;
    }

    /// <summary>The words of a text. A number counts as a word of one syllable, as a reader skips it.</summary>
    public static string[] Words(string text) => [.. text.Split(' ').Where(word => word.Any(char.IsLetterOrDigit))];

    /// <summary>Groups of vowels, without a silent e at the end; at least one.</summary>
    private static int Syllables(string word)
    {
        var letters = string.Concat(word.ToLowerInvariant().Where(char.IsAsciiLetter));
        var silent = SilentEnd().IsMatch(letters) ? 1 : 0;
        return Math.Max(1, Vowels().Count(letters) - silent);
    }

    [GeneratedRegex(@"(?<=[.;:?!]) ")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex("[aeiouy]+")]
    private static partial Regex Vowels();

    [GeneratedRegex("([^aeiouyl]e|[^aeiouydt]ed|[^aeiouycsxzg]es)$")]
    private static partial Regex SilentEnd();
}
