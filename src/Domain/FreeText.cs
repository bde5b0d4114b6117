using System.Globalization;
using System.Text;

namespace SurveillanceRegistry.Domain;

/// <summary>
/// The rule for every text that a person or a program gives. The text stands on pages, in feeds, in files and in the ledger, so each of
/// them must be able to show it, and it must show all that it holds: no control character, no character that changes the direction of
/// what follows, none that cannot be seen, and no half of a character.
/// </summary>
public static class FreeText
{
    /// <summary>Checks a text of one line.</summary>
    /// <param name="maxLength">The most UTF-16 code units.</param>
    /// <returns>What is wrong and what was expected; null when nothing is.</returns>
    public static (string Found, string Expected)? FindProblem(string text, int maxLength) => FindProblem(text, maxLength, maxLines: 1);

    /// <summary>Checks a text that may have several lines, such as a reason. A line ends with LF or CR LF.</summary>
    /// <param name="where">The part of the input, for the refusal.</param>
    /// <returns>The refusal; null when nothing is wrong, or when there is no text.</returns>
    public static Refusal? CheckLines(string? text, int maxLength, string where) =>
        text is not null && FindProblem(text, maxLength, int.MaxValue) is var (found, expected)
            ? new Refusal(RefusalCodes.Invalid, $"Found {found}; expected {expected}.", where)
            : null;

    /// <summary>Checks a text of one line.</summary>
    /// <inheritdoc cref="CheckLines"/>
    public static Refusal? CheckLine(string? text, int maxLength, string where) =>
        text is not null && FindProblem(text, maxLength) is var (found, expected)
            ? new Refusal(RefusalCodes.Invalid, $"Found {found}; expected {expected}.", where)
            : null;

    /// <summary>
    /// The text in a normal form of Unicode; null for half a character and for U+FFFE, which have none. <see cref="string.Normalize()"/>
    /// throws for them.
    /// </summary>
    public static string? Normalize(string text, NormalizationForm form)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || rune.Value == 0xFFFE) ? null : text.Normalize(form);
    }

    private static (string Found, string Expected)? FindProblem(string text, int maxLength, int maxLines)
    {
        if (text.Length > maxLength)
            return ($"{text.Length} characters", $"at most {maxLength} characters");
        for (var i = 0; i < text.Length; i++)
        {
            if (maxLines > 1 && (text[i] == '\n' || text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n'))
                continue;
            if (!Rune.TryGetRuneAt(text, i, out var rune))
                return ("half a character" + After(text, i), "whole characters");
            if (NameOf(rune) is { } name)
                return (
                    $"{name} (U+{rune.Value:X4}){After(text, i)}",
                    maxLines > 1 ? "text in which every character can be seen" : "a text on one line in which every character can be seen"
                );
            i += rune.Utf16SequenceLength - 1;
        }

        return null;
    }

    /// <summary>What a character is that no text may have; null for one that every text may have.</summary>
    private static string? NameOf(Rune rune) =>
        rune.Value switch
        {
            '\n' or '\r' or 0x0B or 0x0C or 0x85 or 0x2028 or 0x2029 => "a line break",
            '\t' => "a tab",
            0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => "a control of the text's direction",
            0x200B or 0xFEFF or (>= 0x2060 and <= 0x2065) or (>= 0xFFF9 and <= 0xFFFB) or (>= 0xE0000 and <= 0xE007F) =>
                "an invisible character",
            0xFFFD => "the sign for a lost character",
            (>= 0xFDD0 and <= 0xFDEF) => "a code that is no character",
            _ when (rune.Value & 0xFFFE) == 0xFFFE => "a code that is no character",
            _ when Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control => "a control character",
            _ when Rune.GetUnicodeCategory(rune) == UnicodeCategory.PrivateUse => "a character of private use",
            _ => null,
        };

    /// <summary>The words before a position, so that a person finds it.</summary>
    private static string After(string text, int position)
    {
        const int MaxShown = 20;
        var shown = new string([
            .. text[Math.Max(0, position - MaxShown)..position].Where(c => !char.IsControl(c) && !char.IsSurrogate(c)),
        ]);
        return string.IsNullOrWhiteSpace(shown) ? "" : $" after '{shown.TrimStart()}'";
    }
}
