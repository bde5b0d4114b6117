using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace SurveillanceRegistry.Grains.Clustering;

/// <summary>
/// The transport between the silos of one cluster: mutual TLS. All silos hold one certificate with its private key, and accept no other, so
/// the key is the cluster's secret. There is no setting that leaves TLS out.
/// </summary>
internal static class ClusterTls
{
    public static void AddTo(ISiloBuilder silo, IPEndPoint endpoint, X509Certificate2 certificate)
    {
        if (!certificate.HasPrivateKey)
            throw new ArgumentException("The certificate of a cluster needs its private key.", nameof(certificate));
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = endpoint.Address;
            endpoints.SiloPort = endpoint.Port;
            endpoints.GatewayPort = 0;
        });
        silo.UseTls(
            certificate,
            tls =>
            {
                tls.SslProtocols = SslProtocols.Tls13;
                tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
                tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
                // The name and the chain of the certificate say nothing: it is the cluster's own, or it is refused.
                tls.RemoteCertificateValidation = (remote, _, _) =>
                    CryptographicOperations.FixedTimeEquals(remote.RawDataMemory.Span, certificate.RawDataMemory.Span);
                tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = certificate.GetNameInfo(X509NameType.SimpleName, false);
            }
        );
    }
}
