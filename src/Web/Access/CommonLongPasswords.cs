using System.Security.Cryptography;
using System.Text;

namespace SurveillanceRegistry.Web.Access;

/// <summary>
/// The passwords of twelve characters and more among the million most common ones, and among the hundred thousand that were found most
/// often in breaches (ASVS 5.0, 6.2.4 and 6.2.12). Many are made of more parts than <see cref="PasswordPolicy"/> asks for.
/// </summary>
/// <remarks>
/// Made of lists of the project SecLists (MIT): the million of Mark Burnett, and the hundred thousand that the British NCSC took from
/// Have I Been Pwned. Digests stand here, not passwords: many of these are insults. Another password has one of the digests with a
/// chance of one in six thousand million.
/// </remarks>
internal static class CommonLongPasswords
{
    /// <summary>The first bytes of the SHA-256 of a password in lower case, in UTF-8. The file has them sorted.</summary>
    private const int DigestBytes = 6;

    private static readonly Lazy<byte[]> Digests = new(Read);

    /// <summary>How many there are.</summary>
    public static int Count => Digests.Value.Length / DigestBytes;

    public static bool Contains(string password)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(password.ToLowerInvariant())).AsSpan(0, DigestBytes);
        var (from, to) = (0, Count - 1);
        while (from <= to)
        {
            var middle = (from + to) / 2;
            var order = Digests.Value.AsSpan(middle * DigestBytes, DigestBytes).SequenceCompareTo(digest);
            if (order == 0)
                return true;
            if (order < 0)
                from = middle + 1;
            else
                to = middle - 1;
        }

        return false;
    }

    private static byte[] Read()
    {
        using var resource = typeof(CommonLongPasswords).Assembly.GetManifestResourceStream("common-long-passwords.bin")!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
