using System.Text.Json;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Kiosks;

/// <summary>
/// The answer to one question of one kiosk: which notice is in force at its place now. It names the kiosk's nonce, so that no cache and no
/// replay can answer.
/// </summary>
/// <param name="Sequence">The sequence of the notice in force.</param>
/// <param name="Hash">The hash of the notice in force: SHA-256 of its payload, lower-case hex.</param>
/// <param name="At">When the registry answered.</param>
/// <param name="Nonce">The kiosk's own random text, new for each question.</param>
/// <param name="ValidSeconds">How long the answer confirms the notice, in seconds.</param>
public sealed record NoticeConfirmation(
    string Kiosk,
    string Place,
    long Sequence,
    string Hash,
    DateTimeOffset At,
    string Nonce,
    int ValidSeconds
)
{
    /// <summary>The registered measures of the screen, by which it sizes its type; null when it has none.</summary>
    public Glass? Glass { get; init; }

    /// <summary>The <c>typ</c> of the signed header. A notice has another: neither can stand for the other.</summary>
    public const string Type = "surveillance-confirmation+json";

    /// <summary>The fewest and the most characters of a nonce.</summary>
    public const int MinNonceLength = 16,
        MaxNonceLength = 64;

    /// <summary>Whether a text is a nonce: 16 to 64 characters of base64url without padding (RFC 4648 section 5).</summary>
    public static bool IsNonce(string? text) =>
        text is { Length: >= MinNonceLength and <= MaxNonceLength }
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    /// <summary>Signs the confirmation. Returns it in flattened JWS JSON serialization, like a notice.</summary>
    public string ToJws(NoticeKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                Kiosk,
                Place,
                Sequence,
                Hash,
                at = NoticePayload.FormatInstant(At),
                Nonce,
                ValidSeconds,
                Glass,
            },
            Json.Options
        );
        return key.SignJws(Type, payload).ToJson();
    }
}
