using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Web.Tests.Ledger;

/// <summary>The keys in a backup are readable to its recipient only.</summary>
public sealed class SealedKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("registry-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_recipient_opens_what_was_sealed_and_another_key_does_not()
    {
        var (certificate, key) = NewRecipient();
        var keys = SealedKeys.To(certificate);
        var box = keys.Seal([1, 2, 3]);
        Assert.Equal([1, 2, 3], SealedKeys.Open(box, key));
        Assert.Matches("^CN=registry-backup, SHA-256 [0-9A-F]{64}$", keys.Recipient);
        Assert.ThrowsAny<CryptographicException>(() => SealedKeys.Open(box, NewRecipient().Key));
        Assert.ThrowsAny<CryptographicException>(() => SealedKeys.Open(box, certificate));
    }

    [Fact]
    public async Task Openssl_opens_what_was_sealed()
    {
        var (certificate, key) = NewRecipient();
        var (box, pem) = (Path.Combine(_folder, "keys.cms"), Path.Combine(_folder, "key.pem"));
        await File.WriteAllBytesAsync(box, SealedKeys.To(certificate).Seal("keys\n"u8.ToArray()), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(pem, key, TestContext.Current.CancellationToken);
        using var openssl = Process.Start(
            new ProcessStartInfo("openssl", ["cms", "-decrypt", "-inform", "DER", "-in", box, "-inkey", pem])
            {
                RedirectStandardOutput = true,
            }
        )!;
        Assert.Equal("keys\n", await openssl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void A_recipient_that_is_no_certificate_is_refused(string pem) =>
        Assert.ThrowsAny<CryptographicException>(() => SealedKeys.To(pem));

    [Fact]
    public void A_recipient_with_another_kind_of_key_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddDays(1)
        );
        var refusal = Assert.Throws<CryptographicException>(() => SealedKeys.To(certificate.ExportCertificatePem()));
        Assert.Contains("RSA with at least 2048 bits", refusal.Message, StringComparison.Ordinal);
    }

    private static (string Certificate, string Key) NewRecipient()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=registry-backup",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        ).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
