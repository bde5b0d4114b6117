using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain.Changes;

namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>
/// The salted hashes that stand in the ledger for what staff wrote. Their text may contain personal data that has to be erased one day, so
/// the ledger does not have it.
/// </summary>
public static class ProposalHash
{
    /// <summary>The hash of a proposal, in lower-case hexadecimal.</summary>
    /// <param name="salt">The salt of the change request.</param>
    public static string Compute(Proposal proposal, ReadOnlySpan<byte> salt) =>
        Compute(JsonSerializer.Serialize(proposal, Json.Options), salt);

    /// <summary>The hash of the note of an act, in lower-case hexadecimal.</summary>
    /// <param name="salt">The salt of the change request.</param>
    public static string ComputeNote(string note, ReadOnlySpan<byte> salt) => Compute(note, salt);

    private static string Compute(string text, ReadOnlySpan<byte> salt) =>
        Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(text)]));
}
