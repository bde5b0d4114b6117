using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace SurveillanceRegistry.Web.Http;

/// <summary>
/// Strong entity tags (RFC 9110 §8.8.3) of the API: <c>"version"</c>, or <c>"version.hash"</c> where the answer also has a state that is
/// not part of the version, or <c>"hash"</c> where a caller cannot change the resource.
/// </summary>
internal static class EntityTags
{
    public static string FromVersion(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The tag of the bytes of an answer.</summary>
    /// <param name="suffix">What the tag depends on beside the bytes.</param>
    public static string FromBytes(ReadOnlySpan<byte> bytes, string suffix = "") => $"\"{Hash(bytes, suffix)}\"";

    /// <summary>The tag of the bytes of an answer that a caller can change with If-Match.</summary>
    public static string FromBytes(int version, ReadOnlySpan<byte> bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{version}.{Hash(bytes, "")}\"");

    /// <summary>
    /// Reads the version of <c>If-Match</c>. Returns null when there is one, 428 when the header is missing, 400 when it is <c>*</c> or
    /// names several tags, and 412 when its tag has no version.
    /// </summary>
    public static IResult? RequireIfMatch(HttpContext http, out int version)
    {
        version = 0;
        if (http.Request.Headers.IfMatch.Count == 0)
            return Problem.PreconditionRequired();
        var tag = http.Request.Headers.IfMatch.ToString();
        if (tag == "*" || tag.Contains(',', StringComparison.Ordinal))
            return Problem.OneTagExpected();
        var text = tag.Length > 2 && tag[0] == '"' && tag[^1] == '"' ? tag[1..^1].Split('.')[0] : "";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) ? null : Problem.PreconditionFailed();
    }

    private static string Hash(ReadOnlySpan<byte> bytes, string suffix)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        hash.AppendData(Encoding.UTF8.GetBytes(suffix));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }
}
