using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>The register of credentials of devices and gateways. It stores hashes only, never a secret.</summary>
public interface ICredentialRegister
{
    /// <summary>The most certificates of one holder that hold at once: the one in use, the next one, and room for a mistake.</summary>
    const int MaxCertificates = 4;

    /// <summary>Returns every credential that a holder ever had, the newest first.</summary>
    Task<ImmutableArray<Credential>> CredentialsAsync(string holder, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the hash of a new secret and ends the old secret and an open claim code. Returns false when the holder is not registered or
    /// was removed.
    /// </summary>
    /// <param name="sha256">32 bytes, <see cref="DeviceSecret.Hash"/>.</param>
    Task<bool> IssueSecretAsync(
        string holder,
        byte[] sha256,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Stores the hashes of new secrets of many holders, with one ledger entry for all fixed devices among them.</summary>
    Task IssueSecretsAsync(
        IReadOnlyCollection<(string Holder, byte[] Sha256)> secrets,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Stores the hash of a certificate. Refuses when the holder is not registered, when it has <see cref="MaxCertificates"/>, or when the
    /// certificate is registered already.
    /// </summary>
    /// <param name="notAfter">When the certificate expires by its own text; a session that signed in with it ends then.</param>
    Task<Outcome<Credential>> RegisterCertificateAsync(
        string holder,
        byte[] sha256,
        DateTimeOffset notAfter,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Ends a credential, an open claim code of its holder, and the session that signed in with it. Returns false when the credential does
    /// not hold.
    /// </summary>
    Task<bool> EndAsync(string holder, long number, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken);
}
