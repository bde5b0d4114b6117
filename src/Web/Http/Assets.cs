using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace SurveillanceRegistry.Web.Http;

/// <summary>
/// Styles and scripts, embedded in the assembly. Their address has a hash of their content, so that a screen never mixes two versions.
/// </summary>
public static class Assets
{
    private static readonly FrozenDictionary<string, byte[]> Files = typeof(Assets)
        .Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("assets/", StringComparison.Ordinal))
        .ToFrozenDictionary(name => name["assets/".Length..], Read, StringComparer.Ordinal);

    /// <summary>One hash of all files: scripts import each other by relative name, so that all must be of one version.</summary>
    private static readonly string Version = Hash();

    /// <summary>The scripts that stand in pages: what keeps a page true must not be lost on the way.</summary>
    private static readonly string[] Inline = ["screen-guard.js"];

    /// <summary>The sources of a Content-Security-Policy that allow the scripts in pages.</summary>
    internal static string InlineHashes { get; } =
        string.Join(' ', Inline.Select(name => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Files[name]))}'"));

    /// <summary>The text of a script that stands in a page.</summary>
    internal static IHtmlContent Script(string name) =>
        Inline.Contains(name)
            ? new HtmlString($"<script>{Encoding.UTF8.GetString(Files[name])}</script>")
            : throw new ArgumentException($"'{name}' does not stand in pages.", nameof(name));

    /// <summary>The address of a style or script.</summary>
    public static string Address(string name) =>
        Files.ContainsKey(name) ? $"/assets/{Version}/{name}" : throw new ArgumentException($"There is no asset '{name}'.", nameof(name));

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(
            "/assets/{version}/{name}",
            (string version, string name, HttpContext http) =>
            {
                if (!Files.TryGetValue(name, out var bytes))
                    return Results.NotFound();
                http.Response.Headers[HeaderNames.CacheControl] = version == Version ? "public, max-age=31536000, immutable" : "no-cache";
                return Results.Bytes(
                    bytes,
                    Path.GetExtension(name) switch
                    {
                        ".css" => "text/css; charset=utf-8",
                        ".js" => "text/javascript; charset=utf-8",
                        ".svg" => "image/svg+xml",
                        _ => "application/octet-stream",
                    },
                    entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"")
                );
            }
        );

    private static byte[] Read(string resource)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(resource)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files.OrderBy(file => file.Key, StringComparer.Ordinal))
            hash.AppendData(file.Value);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
