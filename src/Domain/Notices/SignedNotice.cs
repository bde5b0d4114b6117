using System.Buffers.Text;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>
/// A signed notice: JWS in flattened JSON serialization (RFC 7515 section 7.2.2), ES256 (RFC 7518 section 3.4).
/// </summary>
/// <param name="Payload">base64url of the exact payload bytes.</param>
/// <param name="Protected">base64url of the protected header.</param>
/// <param name="Signature">base64url of the 64-byte signature over <c>protected.payload</c>.</param>
/// <param name="Hash">SHA-256 of the payload, lower-case hex.</param>
/// <param name="ContentHash">SHA-256 of the content, without sequence and time.</param>
public sealed record SignedNotice(
    string Place,
    long Sequence,
    DateTimeOffset IssuedAt,
    string Payload,
    string Protected,
    string Signature,
    string Hash,
    string ContentHash
)
{
    /// <summary>The <c>typ</c> of the signed header.</summary>
    public const string Type = "surveillance-notice+json";

    /// <summary>Signs a payload.</summary>
    public static SignedNotice Sign(NoticeContent content, byte[] payload, long sequence, DateTimeOffset issuedAt, NoticeKey key)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(key);
        var signed = key.SignJws(Type, payload);
        return new SignedNotice(
            content.Place,
            sequence,
            issuedAt,
            signed.Payload,
            signed.Protected,
            signed.Signature,
            NoticePayload.Hash(payload),
            NoticePayload.ContentHash(content)
        );
    }

    /// <summary>The decoded payload.</summary>
    public byte[] PayloadBytes() => Base64Url.DecodeFromChars(Payload);

    /// <summary>The notice in flattened JWS JSON serialization.</summary>
    public string ToJws() => new SignedParts(Protected, Payload, Signature).ToJson();
}
