using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>The files of a certificate with its chain, and of its key, in PEM form.</summary>
internal sealed record TlsFiles(string Certificate, string Key)
{
    /// <summary>
    /// Reads the certificate, its key, and the certificates above it that the file has. Clients need them all: most know only the root.
    /// </summary>
    public SslStreamCertificateContext Load()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(Certificate);
        var leaf = X509Certificate2.CreateFromPemFile(Certificate, Key);
        // Offline: the file has the chain, and nothing is fetched from addresses that stand in a certificate.
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    /// <summary>Changes when one of the files was written or replaced.</summary>
    public (DateTime, long, DateTime, long) Stamp()
    {
        var (certificate, key) = (new FileInfo(Certificate), new FileInfo(Key));
        return (certificate.LastWriteTimeUtc, certificate.Length, key.LastWriteTimeUtc, key.Length);
    }
}
