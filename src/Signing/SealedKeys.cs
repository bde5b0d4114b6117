using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace SurveillanceRegistry.Signing;

/// <summary>
/// Encrypts the keys of a registry to the public key of a certificate: CMS EnvelopedData (RFC 5652) with AES-256 and RSA-OAEP (SHA-256), in
/// DER. The machine that makes the backups cannot open it. <c>openssl cms -decrypt -inform DER</c> can, with the private key.
/// </summary>
public sealed class SealedKeys
{
    private const int MinBits = 2048;
    private const string Aes256Cbc = "2.16.840.1.101.3.4.1.42"; // NIST, RFC 3565.

    private readonly X509Certificate2 _recipient;

    private SealedKeys(X509Certificate2 recipient) => _recipient = recipient;

    /// <summary>The recipient, as the manifest names it: the subject, and the SHA-256 of the certificate.</summary>
    public string Recipient => $"{_recipient.Subject}, SHA-256 {_recipient.GetCertHashString(HashAlgorithmName.SHA256)}";

    /// <summary>Reads a certificate in PEM.</summary>
    /// <exception cref="CryptographicException">It is none, or its key is not RSA with at least 2048 bits.</exception>
    public static SealedKeys To(string certificate)
    {
        var recipient = X509Certificate2.CreateFromPem(certificate);
        using var key = recipient.GetRSAPublicKey();
        return key is { KeySize: >= MinBits }
            ? new SealedKeys(recipient)
            : throw new CryptographicException($"Its key is not RSA with at least {MinBits} bits.");
    }

    /// <summary>Encrypts bytes.</summary>
    public byte[] Seal(byte[] keys)
    {
        var envelope = new EnvelopedCms(new ContentInfo(keys), new AlgorithmIdentifier(new Oid(Aes256Cbc)));
        envelope.Encrypt(new CmsRecipient(SubjectIdentifierType.IssuerAndSerialNumber, _recipient, RSAEncryptionPadding.OaepSHA256));
        return envelope.Encode();
    }

    /// <summary>Decrypts bytes with the private key of the recipient.</summary>
    /// <param name="privateKey">In PEM, not encrypted.</param>
    /// <exception cref="CryptographicException">The key is not the recipient's, or none.</exception>
    public static byte[] Open(byte[] sealedKeys, string privateKey)
    {
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(privateKey);
        }
        catch (ArgumentException none)
        {
            throw new CryptographicException("It holds no RSA private key in PEM without a password.", none);
        }

        var envelope = new EnvelopedCms();
        envelope.Decode(sealedKeys);
        if (envelope.RecipientInfos is not { Count: > 0 } recipients)
            throw new CryptographicException("They are encrypted to none.");
        envelope.Decrypt(recipients[0], key);
        return envelope.ContentInfo.Content;
    }
}
