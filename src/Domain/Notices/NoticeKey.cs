using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>The city's signing key for notices: ECDSA on P-256. Kiosks fetch the public key from <c>/.well-known/jwks.json</c>.</summary>
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

    /// <summary>The key id: the thumbprint of RFC 7638.</summary>
    public string Id { get; }

    /// <summary>base64url of the point's x coordinate.</summary>
    public string X { get; }

    /// <summary>base64url of the point's y coordinate.</summary>
    public string Y { get; }

    /// <summary>A new key.</summary>
    public static NoticeKey New() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a key from PEM, private (PKCS #8) or public. Throws <see cref="CryptographicException"/> for one that is not on
    /// P-256.</summary>
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

    /// <summary>The public key as PEM (SubjectPublicKeyInfo). <see cref="FromPem"/> reads it too, and then verifies only.</summary>
    public string ToPublicPem() => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>Signs a payload: the parts of a JWS in flattened JSON serialization (RFC 7515 section 7.2.2).</summary>
    /// <param name="type">What is signed: the <c>typ</c> of the protected header.</param>
    internal SignedParts SignJws(string type, ReadOnlySpan<byte> payload)
    {
        var header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"ES256","kid":"{{Id}}","typ":"{{type}}"}"""));
        var body = Base64Url.EncodeToString(payload);
        var signature = _key.SignData(
            Encoding.ASCII.GetBytes(header + "." + body),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        return new SignedParts(header, body, Base64Url.EncodeToString(signature));
    }

    /// <summary>Whether this key signed a notice.</summary>
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

/// <summary>The three members of a JWS in flattened JSON serialization, each base64url.</summary>
internal readonly record struct SignedParts(string Protected, string Payload, string Signature)
{
    public string ToJson() =>
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
