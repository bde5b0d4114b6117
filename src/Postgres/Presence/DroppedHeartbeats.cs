using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>How many heartbeats a day of the log had when it was dropped.</summary>
/// <param name="Entry">The ledger entry that has the hash.</param>
/// <param name="Part">The name of the dropped table.</param>
/// <param name="Salt">32 random bytes: without them a reader of the ledger could find the number by trying all numbers.</param>
internal sealed record DroppedHeartbeats(long Entry, string Part, long Beats, byte[] Salt)
{
    /// <summary>The hash that is in the entry, in lower-case hexadecimal.</summary>
    public string Sha256
    {
        get
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"dropped\t1\t{Part}\t{Beats}\n");
            return Convert.ToHexStringLower(SHA256.HashData([.. Salt, .. Encoding.UTF8.GetBytes(text)]));
        }
    }
}
