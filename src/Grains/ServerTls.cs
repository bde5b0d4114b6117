using System.Net.Security;
using System.Security.Authentication;

namespace SurveillanceRegistry.Grains;

/// <summary>What every listener with TLS offers: the versions and suites that IANA and RFC 9325 recommend, and no others.</summary>
public static class ServerTls
{
    /// <summary>All have forward secrecy and authenticated encryption. The runtime alone would offer CBC suites too.</summary>
    private static readonly CipherSuitesPolicy Suites = new([
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ]);

    /// <summary>The options of one handshake.</summary>
    /// <param name="certificate">The certificate to show, with the certificates above it.</param>
    public static SslServerAuthenticationOptions Show(SslStreamCertificateContext certificate) =>
        new()
        {
            ServerCertificateContext = certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CipherSuitesPolicy = Suites,
        };
}
