using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SurveillanceRegistry.Domain.Devices.Imports.Rows;

/// <summary>
/// Makes ids of devices from the rows of a list: words that people recognise, and a suffix that is always the same for a row of the same
/// list. The city's own number is not in it: it may be a serial number, and ids are public.
/// </summary>
public static class DeviceIds
{
    private const int MaxWords = 48,
        SuffixBytes = 4;

    /// <param name="list">The name of the list.</param>
    /// <param name="words">What the id begins with.</param>
    /// <param name="key">What tells the row from every other row of the list.</param>
    public static string Make(string list, string words, string key)
    {
        var slug = Slug(words);
        var suffix = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{list}\n{key}")).AsSpan(0, SuffixBytes));
        return slug.Length == 0 ? $"device-{suffix}" : $"{slug}-{suffix}";
    }

    private static string Slug(string words)
    {
        var slug = new StringBuilder();
        foreach (var letter in (FreeText.Normalize(words, NormalizationForm.FormKD) ?? "").ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter))
                slug.Append(letter);
            else if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark && slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
            if (slug.Length == MaxWords)
                break;
        }

        return slug.ToString().Trim('-');
    }
}
