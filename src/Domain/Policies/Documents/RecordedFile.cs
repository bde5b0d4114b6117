using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>A file from which the register was opened, as the register and the opening entry of the ledger have it.</summary>
/// <param name="Sha256">The hash of the file, lower-case hex; a salted one if there is a salt.</param>
/// <param name="Salt">Stored in the register only; empty for a public file.</param>
public sealed record RecordedFile(string Name, string Sha256, ImmutableArray<byte> Salt)
{
    private const int SaltBytes = 32;

    /// <summary>Returns what to record of a file. A private file gets a new random salt.</summary>
    public static RecordedFile From(OpeningFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        ImmutableArray<byte> salt = file.IsPrivate ? [.. RandomNumberGenerator.GetBytes(SaltBytes)] : [];
        return new RecordedFile(file.Name, HashOf(file.Sha256, salt), salt);
    }

    /// <summary>Whether a file is the one that was recorded.</summary>
    public bool IsOf(OpeningFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Name == Name && HashOf(file.Sha256, Salt) == Sha256;
    }

    /// <summary>The SHA-256 of the salt and of the file's own hash in hex; without a salt, the file's own hash.</summary>
    private static string HashOf(string sha256, ImmutableArray<byte> salt) =>
        salt.IsEmpty ? sha256 : Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.ASCII.GetBytes(sha256)]));
}
