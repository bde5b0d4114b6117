using System.Security.Cryptography;
using SurveillanceRegistry.Domain.Devices.Enrolment;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>
/// One-time codes with which an installer fetches the secret of a new device: 100 random bits, in letters and digits that are not mistaken
/// for each other.
/// </summary>
public static class ClaimCode
{
    private const string Letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int Groups = 4;
    private const int GroupLetters = 5;

    /// <summary>How long a code is valid.</summary>
    public static TimeSpan Validity { get; } = TimeSpan.FromHours(24);

    /// <summary>A new code, e.g. <c>7K3QX-2MPRA-…</c>.</summary>
    public static string New() =>
        string.Join('-', Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Letters, GroupLetters)));

    /// <summary>The stored hash of a code: 32 bytes. Blanks, hyphens and the case of letters are ignored.</summary>
    public static byte[] Hash(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return DeviceSecret.Hash(
            new string([.. code.ToUpperInvariant().Where(letter => Letters.Contains(letter, StringComparison.Ordinal))])
        );
    }
}
