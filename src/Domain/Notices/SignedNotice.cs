using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>
/// A signed notice: JWS in flattened JSON serialization (RFC 7515 section 7.2.2), ES256 (RFC 7518 section 3.4).
/// </summary>
/// <param name="Payload">base64url of the exact payload bytes.</param>
/// <param name="Protected">base64url of the protected header.</param>
/// <param name="Signature">base64url of the 64-byte signature over <c>protected.payload</c>.</param>
/// <param name="Hash">SHA-256 of the payload, lower-case hex.</param>
/// <param name="ContentHash">SHA-256 of what it says, without number and time.</param>
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
    /// <summary>Signs a payload.</summary>
    public static SignedNotice Sign(NoticeContent content, byte[] payload, long sequence, DateTimeOffset issuedAt, NoticeKey key)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(key);
        var header = Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes($$"""{"alg":"ES256","kid":"{{key.Id}}","typ":"surveillance-notice+json"}""")
        );
        var body = Base64Url.EncodeToString(payload);
        var signature = Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(header + "." + body)));
        return new SignedNotice(
            content.Place,
            sequence,
            issuedAt,
            body,
            header,
            signature,
            NoticePayload.Hash(payload),
            NoticePayload.ContentHash(content)
        );
    }

    /// <summary>The payload's bytes.</summary>
    public byte[] PayloadBytes() => Base64Url.DecodeFromChars(Payload);

    /// <summary>The notice as it travels: flattened JWS JSON.</summary>
    public string ToJws() =>
        JsonSerializer.Serialize(
            new
            {
                payload = Payload,
                @protected = Protected,
                signature = Signature,
            },
            Json.Options
        );
}

/// <summary>A city's key for notices: ECDSA on P-256. Screens get its public half from <c>/.well-known/jwks.json</c>.</summary>
public sealed class NoticeKey : IDisposable
{
    private readonly ECDsa _key;

    private NoticeKey(ECDsa key)
    {
        _key = key;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        (X, Y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        Id = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""")));
    }

    /// <summary>The key's id: its RFC 7638 thumbprint.</summary>
    public string Id { get; }

    /// <summary>base64url of the point's x coordinate.</summary>
    public string X { get; }

    /// <summary>base64url of the point's y coordinate.</summary>
    public string Y { get; }

    /// <summary>A new key.</summary>
    public static NoticeKey New() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a key from PEM (PKCS #8). Throws <see cref="CryptographicException"/> when it is none, or not on P-256.</summary>
    public static NoticeKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key.KeySize == 256
            ? new NoticeKey(key)
            : throw new CryptographicException($"The notice key must be on P-256; this one has {key.KeySize} bits.");
    }

    /// <summary>The private key as PEM (PKCS #8).</summary>
    public string ToPem() => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>The public key as PEM.</summary>
    public string ToPublicPem() => _key.ExportSubjectPublicKeyInfoPem();

    internal byte[] Sign(byte[] bytes) =>
        _key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Whether the signature over a notice is this key's.</summary>
    public bool Verifies(SignedNotice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return _key.VerifyData(
            Encoding.ASCII.GetBytes(notice.Protected + "." + notice.Payload),
            Base64Url.DecodeFromChars(notice.Signature),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
    }

    public void Dispose() => _key.Dispose();
}
