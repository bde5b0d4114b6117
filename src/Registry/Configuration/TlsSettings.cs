using System.Net;
using System.Security.Cryptography;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>The addresses of the listeners with TLS, and the files of their certificate.</summary>
internal sealed record TlsSettings(IPEndPoint Http, IPEndPoint Mqtt, TlsFiles Files)
{
    /// <summary>Returns null if neither the certificate nor its key is set: there are no listeners with TLS then.</summary>
    public static TlsSettings? Read(SettingsReader settings)
    {
        var (certificate, key) = (settings.Text("TLS_CERT", ""), settings.Text("TLS_KEY", ""));
        if (certificate.Length == 0 && key.Length == 0)
            return null;
        if (certificate.Length == 0 || key.Length == 0)
            throw new UsageException("REGISTRY_TLS_CERT and REGISTRY_TLS_KEY go together: set both to files in PEM form, or neither.");
        var files = new TlsFiles(Path.GetFullPath(certificate), Path.GetFullPath(key));
        try
        {
            files.Load();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new PrerequisiteException(
                $"The certificate of REGISTRY_TLS_CERT and REGISTRY_TLS_KEY cannot be used ({failure.Message}): "
                    + "name a certificate and its key in PEM form that the registry may read."
            );
        }

        return new TlsSettings(settings.Endpoint("HTTPS", "127.0.0.1:8443"), settings.Endpoint("MQTTS", "127.0.0.1:8883"), files);
    }
}
