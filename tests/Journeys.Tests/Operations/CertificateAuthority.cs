using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>A root that clients trust, and an intermediate below it that they do not know.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1),
        Until = DateTimeOffset.UtcNow.AddDays(30);

    private readonly X509Certificate2 _root = Create("Test root", null, isAuthority: true);
    private readonly X509Certificate2 _intermediate;

    public CertificateAuthority() => _intermediate = Create("Test intermediate", _root, isAuthority: true);

    /// <summary>Writes a new certificate for this machine with its intermediate, and its key. Returns the certificate.</summary>
    public X509Certificate2 Issue(string certificateFile, string keyFile)
    {
        var leaf = Create("localhost", _intermediate, isAuthority: false);
        File.WriteAllText(certificateFile, leaf.ExportCertificatePem() + "\n" + _intermediate.ExportCertificatePem() + "\n");
        File.WriteAllText(keyFile, leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n");
        return leaf;
    }

    /// <summary>Writes the certificate of the root.</summary>
    public void WriteRoot(string file) => File.WriteAllText(file, _root.ExportCertificatePem());

    /// <summary>A client that knows the root alone.</summary>
    public SslClientAuthenticationOptions ClientOptions()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(_root);
        return new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy };
    }

    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
    }

    private static X509Certificate2 Create(string name, X509Certificate2? issuer, bool isAuthority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (!isAuthority)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
        }

        if (issuer is null)
            return request.CreateSelfSigned(From, Until);
        using var signed = request.Create(issuer, From, Until, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
