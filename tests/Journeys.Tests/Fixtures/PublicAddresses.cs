using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Razor.Hosting;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Journeys.Tests.Pages;
using SurveillanceRegistry.Web;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>
/// Every address that answers somebody whom nobody knows, as it is found in the running house: what the API's document offers without a
/// token, every
/// page that was compiled in, whatever those pages lead to, and the few others that stand here by name.
/// A new way in is found by itself; one that nobody can fill in fails, and is to be told here.
/// </summary>
internal static partial class PublicAddresses
{
    /// <summary>What is neither in the API's document nor a page.</summary>
    private static readonly string[] Others =
    [
        "/openapi/v1.json",
        "/changes.atom",
        "/changes.json",
        "/.well-known/jwks.json",
        "/kiosks/{id}/notice",
        "/kiosks/{id}/qr.svg",
        "/health/live",
        "/health/ready",
        "/version",
        "/robots.txt",
        "/q/none",
    ];

    /// <summary>
    /// What is asked of an address beside what it says by itself. Nothing: of each item apart it would be the same question again.
    /// </summary>
    private static readonly Dictionary<string, string[]> Questions = new()
    {
        ["asOf"] = ["2026-03-31"],
        ["knownAt"] = ["2026-03-31T12:00:00Z"],
        ["at"] = ["2026-03-31T12:00:00Z"],
        ["status"] = ["in-force"],
        ["index"] = ["0"],
        ["limit"] = ["1"],
        ["after"] = ["b"],
        ["technology"] = ["body-worn-video", "in-car-video", "alpr"],
        ["kind"] = [.. DeviceKind.All.Where(kind => kind.IsMobile).Select(kind => kind.Id)],
        ["place"] = ["east-precinct-lobby"],
        ["presence"] = ["online", "late", "silent", "disconnected", "docked", "unknown"],
        ["exceeds"] = ["true", "false"],
        ["from"] = ["2026-03-31T00:00:00Z&to=2026-04-01T00:00:00Z"],
        ["to"] = [],
    };

    private const string Spanish = "?lang=es";

    private static readonly string[] Documents = ["city/city", "chapters/chapters", "wording/en", "wording/es"];

    /// <param name="stranger">Asks, and has no token.</param>
    /// <param name="units">Ids that are asked for too, though the public is told of none of them.</param>
    public static async Task<string[]> AllAsync(HttpClient stranger, params string[] units)
    {
        var ids = new Dictionary<string, string[]> { ["findings"] = [] }; // None yet.
        foreach (var collection in new[] { "instruments", "technologies", "places", "devices", "kiosks", "fleets" })
            ids[collection] =
            [
                .. (await StaffedRegistry.Ask(stranger, $"/api/v1/{collection}?limit=1000"))
                    .GetProperty("items")
                    .EnumerateArray()
                    .Select(item => item.GetProperty("id").GetString()!)
                    .Distinct(),
            ];
        Assert.All(ids, collection => Assert.True(collection.Key is "findings" or "fleets" || collection.Value.Length > 0, collection.Key));
        // Fleets are told of an hour late: of a new registry's there are none.
        ids["fleets"] = [.. ids["fleets"].Append("body-worn-east").Distinct()];
        ids["devices"] = [.. ids["devices"], .. units];
        var size = long.Parse((await stranger.GetStringAsync("/api/v1/log/checkpoint")).Split('\n')[1], CultureInfo.InvariantCulture);

        var addresses = new List<string>();
        var document = await StaffedRegistry.Ask(stranger, "/openapi/v1.json");
        foreach (
            var (path, operation) in document
                .GetProperty("paths")
                .EnumerateObject()
                .Where(path => path.Value.TryGetProperty("get", out _))
                .Select(path => (path.Name, path.Value.GetProperty("get")))
        )
        {
            if (operation.TryGetProperty("security", out _))
                continue;
            addresses.AddRange(Filled(path, ids, size));
            var asked = operation.TryGetProperty("parameters", out var parameters)
                ? parameters
                    .EnumerateArray()
                    .Where(one => one.GetProperty("in").GetString() == "query")
                    .Select(one => one.GetProperty("name").GetString()!)
                : [];
            foreach (
                var name in asked.Where(name =>
                    Questions.ContainsKey(name)
                        ? true
                        : throw new KeyNotFoundException($"{path} may be asked with {name}: say here what, so that it is compared too.")
                )
            )
                addresses.AddRange(
                    from value in Questions[name]
                    from address in Filled(path, ids, size).Take(1)
                    select $"{address}?{name}={value}"
                );
        }

        Assert.NotEmpty(Pages);
        addresses.AddRange(Others.SelectMany(other => Filled(other, ids, size)));
        var links = new List<string>();
        foreach (
            var page in Pages
                .Where(page => !page.StartsWith("/staff", StringComparison.Ordinal))
                .Select(page => Filled(page, ids, size).ToArray())
        )
        {
            using var first = await stranger.GetAsync(page[0]);
            using var other = await stranger.GetAsync(page[0] + Spanish);
            var (text, spanish) = (await first.Content.ReadAsStringAsync(), await other.Content.ReadAsStringAsync());
            addresses.AddRange(
                page.Concat(
                    PublicReadingTests.Still(page[0], text) == PublicReadingTests.Still(page[0], spanish)
                        ? [page[0] + Spanish]
                        : page.Select(address => address + Spanish)
                )
            );
            links.AddRange(Links().Matches(text).Select(link => link.Groups[1].Value.Replace("&amp;", "&", StringComparison.Ordinal)));
        }

        // What these lead to: files of the pages, and whatever else nobody told here.
        var known = addresses.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        addresses.AddRange(links.Where(link => !PathOf(link).StartsWith("/staff", StringComparison.Ordinal) && known.Add(PathOf(link))));
        return [.. addresses.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The addresses of all pages that stand in the program.</summary>
    private static string[] Pages { get; } =
    [
        .. typeof(WebSetup)
            .Assembly.GetCustomAttributes<RazorCompiledItemAttribute>()
            .SelectMany(page => page.Type.GetCustomAttributes<RazorCompiledItemMetadataAttribute>())
            .Where(said => said.Key == "RouteTemplate")
            .Select(said => said.Value),
    ];

    private static IEnumerable<string> Filled(string template, Dictionary<string, string[]> ids, long size)
    {
        template = template.Replace("{code:int}", "404", StringComparison.Ordinal);
        if (!template.Contains('{', StringComparison.Ordinal))
            return [template];
        if (template.EndsWith("/log/entries/{index}", StringComparison.Ordinal)) // And the one that is not there yet.
            return Enumerable
                .Range(0, (int)size + 1)
                .Select(index => template.Replace("{index}", index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        if (template.EndsWith("/log/tile/{address}", StringComparison.Ordinal))
            return Tiles(size).Select(tile => template.Replace("{address}", tile.ToString(), StringComparison.Ordinal));
        if (template.EndsWith("/documents/{kind}/{id}", StringComparison.Ordinal))
            return Documents
                .Concat(ids["technologies"].Select(id => "technology/" + id))
                .Concat(ids["instruments"].Select(id => "instrument/" + id))
                .Select(document => template.Replace("{kind}/{id}", document, StringComparison.Ordinal));
        var of = template[..template.IndexOf("/{id}", StringComparison.Ordinal)].Split('/')[^1];
        Assert.True(ids.ContainsKey(of), $"{template} is public: say here what it is filled in with, so that it is compared too.");
        var filled = ids[of].Select(id => template.Replace("{id}", id, StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(filled, address => address.Contains('{', StringComparison.Ordinal));
        return filled;
    }

    /// <summary>
    /// The tiles of every level, whole and at the right edge, of a ledger of this size and of one that has one entry more.
    /// </summary>
    private static IEnumerable<Tile> Tiles(long size)
    {
        for (var level = Tile.Entries; level <= 1; level++)
        {
            var there = size >> (8 * Math.Max(level, 0));
            for (var first = 0L; first < there; first += Tile.Hashes)
                yield return new Tile(level, first / Tile.Hashes, (int)Math.Min(Tile.Hashes, there - first));
            yield return new Tile(level, there / Tile.Hashes, (int)(there % Tile.Hashes) + 1);
        }
    }

    private static string PathOf(string address) => address.Split('?', '#')[0];

    [GeneratedRegex("""(?:href|src|action)="(/[^"/#][^"#]*)""", RegexOptions.CultureInvariant)]
    private static partial Regex Links();
}
