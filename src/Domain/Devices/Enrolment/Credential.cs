using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>The ways in which a client proves its identity at sign-in.</summary>
public enum CredentialKind
{
    Secret,
    Certificate,
}

/// <summary>A stored credential: its hash, never the secret itself.</summary>
/// <param name="Number">The number that the register assigned; identifies the credential in ledger entries and sessions.</param>
/// <param name="Sha256">32 bytes: of the secret, or of the whole certificate (DER).</param>
public sealed record Credential(long Number, CredentialKind Kind, ImmutableArray<byte> Sha256)
{
    /// <summary>Since when it is valid.</summary>
    public DateTimeOffset MadeAt { get; init; }

    /// <summary>The end of validity that a certificate states; null for a secret.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>When it was ended; null while it is valid.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
