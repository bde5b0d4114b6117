using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>The certificate with which a device or gateway signs in.</summary>
internal static class DeviceCertificate
{
    /// <summary>
    /// Reads a certificate. It must name its holder in its common name or a DNS name, and must not be expired. The caller disposes it.
    /// </summary>
    public static (X509Certificate2? Certificate, Refusal? Refusal) Read(string? pem, string id, DateTimeOffset now)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem ?? "");
        }
        catch (CryptographicException)
        {
            return (
                null,
                new Refusal(
                    RefusalCodes.Invalid,
                    "This is not a certificate in PEM form: it must begin with '-----BEGIN CERTIFICATE-----'.",
                    "pem"
                )
            );
        }

        var names = certificate
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames())
            .Append(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        var refusal =
            !names.Contains(id, StringComparer.Ordinal)
                ? new Refusal(
                    RefusalCodes.Invalid,
                    $"The certificate does not name '{id}': put the id into its common name, or into a DNS name.",
                    "pem"
                )
            : certificate.NotAfter.ToUniversalTime() <= now
                ? new Refusal(
                    RefusalCodes.Invalid,
                    "The certificate expired on "
                        + certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                        + ".",
                    "pem"
                )
            : null;
        if (refusal is null)
            return (certificate, null);
        certificate.Dispose();
        return (null, refusal);
    }
}
