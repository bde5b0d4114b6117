using System.Text;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>
/// The names with which people sign in. One spelling is one account: names are normalised (Unicode NFKC), trimmed and in lower case, and
/// two names that look alike cannot both be registered.
/// </summary>
/// <remarks>
/// A name has printable ASCII characters only, so that letters of other scripts cannot imitate Latin ones. Among the ASCII characters
/// <see cref="LookAlikeKey"/> follows the skeleton of Unicode Technical Standard 39, section 4.
/// </remarks>
public static class SignInName
{
    public const int MaxLength = 254;

    /// <summary>The punctuation of mail addresses (RFC 5322, 3.2.3), besides letters and digits.</summary>
    private const string Punctuation = "@.!#$%&'*+/=?^_`{|}~-";

    /// <summary>The one spelling of a name. Returns an empty string for text that is not well-formed UTF-16.</summary>
    public static string Normalize(string text) => (FreeText.Normalize(text, NormalizationForm.FormKC) ?? "").Trim().ToLowerInvariant();

    /// <summary>Whether a text is ASCII, so that its normal form means the same to every other program.</summary>
    public static bool IsAscii(string text) => text.All(char.IsAscii);

    /// <summary>Returns why a normalised name cannot be registered; null when it can.</summary>
    public static Refusal? Check(string normalized) =>
        normalized.Length is 0 or > MaxLength ? Refuse($"has {normalized.Length} characters: expected 1 to {MaxLength}")
        : normalized.Any(one => !IsAllowed(one)) ? Refuse($"has other characters than letters without accents, digits and {Punctuation}")
        : null;

    /// <summary>Equal for names that look alike: <c>1</c> and <c>l</c>, <c>0</c> and <c>o</c>, <c>rn</c> and <c>m</c>.</summary>
    public static string LookAlikeKey(string normalized) =>
        normalized.Replace('1', 'l').Replace('|', 'l').Replace('0', 'o').Replace("m", "rn", StringComparison.Ordinal);

    private static bool IsAllowed(char one) => char.IsAsciiLetterOrDigit(one) || Punctuation.Contains(one, StringComparison.Ordinal);

    private static Refusal Refuse(string what) => new(RefusalCodes.Invalid, $"The sign-in name {what}.", "sign-in");
}
