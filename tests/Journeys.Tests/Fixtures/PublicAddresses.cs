using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Razor.Hosting;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Web;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>
/// Every address that answers without a sign-in: the operations of the API's document that need no token, every compiled page, what those
/// pages link to, and the few others that are listed here.
/// A new address is found by itself. A template without known values fails the test: add its values here.
/// </summary>
internal static partial class PublicAddresses
{
    /// <summary>Addresses that are neither in the API's document nor a page.</summary>
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
    /// The values of each query parameter. Empty: another parameter of the same request has it.
    /// </summary>
    private static readonly Dictionary<string, string[]> QueryValues = new()
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
        ["q"] = ["body", "worn east", "patrol", "car"],
    };

    private const string Spanish = "?lang=es";

    private static readonly string[] Documents = ["city/city", "chapters/chapters", "wording/en", "wording/es"];

    /// <param name="stranger">A client without a token.</param>
    /// <param name="devices">Ids that are requested too, though no public list has them.</param>
    public static async Task<string[]> AllAsync(HttpClient stranger, params string[] devices)
    {
        var ids = await IdsAsync(stranger, devices);
        var size = long.Parse((await stranger.GetStringAsync("/api/v1/log/checkpoint")).Split('\n')[1], CultureInfo.InvariantCulture);
        var addresses = new List<string>();
        addresses.AddRange(OfApi(await StaffedRegistry.GetJsonAsync(stranger, "/openapi/v1.json"), ids, size));
        addresses.AddRange(Others.SelectMany(other => Filled(other, ids, size)));
        Assert.NotEmpty(Pages);
        var links = new List<string>();
        foreach (var page in Pages.Where(page => !page.StartsWith("/staff", StringComparison.Ordinal)))
        {
            var (ofPage, itsLinks) = await OfPageAsync(stranger, [.. Filled(page, ids, size)]);
            addresses.AddRange(ofPage);
            links.AddRange(itsLinks);
        }

        // What the pages link to: their files, and addresses that no list names.
        var known = addresses.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        addresses.AddRange(links.Where(link => !PathOf(link).StartsWith("/staff", StringComparison.Ordinal) && known.Add(PathOf(link))));
        return [.. addresses.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>One address of every compiled page that answers without a sign-in.</summary>
    public static async Task<string[]> PagesAsync(HttpClient stranger)
    {
        var ids = await IdsAsync(stranger, []);
        return [.. Pages.Where(page => !page.StartsWith("/staff", StringComparison.Ordinal)).Select(page => Filled(page, ids, 0).First())];
    }

    /// <summary>The ids of every public collection.</summary>
    private static async Task<Dictionary<string, string[]>> IdsAsync(HttpClient stranger, string[] devices)
    {
        var ids = new Dictionary<string, string[]> { ["findings"] = [] }; // None yet.
        foreach (var collection in new[] { "instruments", "technologies", "places", "devices", "kiosks", "fleets", "departments" })
            ids[collection] =
            [
                .. (await StaffedRegistry.GetJsonAsync(stranger, $"/api/v1/{collection}?limit=1000"))
                    .GetProperty("items")
                    .EnumerateArray()
                    .Select(item => item.GetProperty("id").GetString()!)
                    .Distinct(),
            ];
        ids["wordings"] = ["en", "es"];
        Assert.All(ids, collection => Assert.True(collection.Key is "findings" or "fleets" || collection.Value.Length > 0, collection.Key));
        // Fleets are published an hour late: a new registry has none yet.
        ids["fleets"] = [.. ids["fleets"].Append("body-worn-east").Distinct()];
        ids["devices"] = [.. ids["devices"], .. devices];
        return ids;
    }

    /// <summary>The GET operations of the API's document that need no token, by themselves and with each query parameter.</summary>
    private static IEnumerable<string> OfApi(JsonElement document, Dictionary<string, string[]> ids, long size)
    {
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("get", out var operation) || operation.GetProperty("security").GetArrayLength() > 0)
                continue;
            foreach (var address in Filled(path.Name, ids, size))
                yield return address;
            foreach (var name in QueryParameters(operation))
            {
                if (!QueryValues.TryGetValue(name, out var values))
                    throw new KeyNotFoundException($"{path.Name} has the parameter {name}: add its values here, so that it is compared.");
                foreach (var first in Filled(path.Name, ids, size).Take(1))
                {
                    foreach (var value in values)
                        yield return $"{first}?{name}={value}";
                }
            }
        }
    }

    private static IEnumerable<string> QueryParameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters
                .EnumerateArray()
                .Where(parameter => parameter.GetProperty("in").GetString() == "query")
                .Select(parameter => parameter.GetProperty("name").GetString()!)
            : [];

    /// <summary>The addresses of a page in both languages, if they differ, and the links of its first address.</summary>
    private static async Task<(IEnumerable<string> Addresses, IEnumerable<string> Links)> OfPageAsync(HttpClient stranger, string[] page)
    {
        using var first = await stranger.GetAsync(page[0]);
        using var other = await stranger.GetAsync(page[0] + Spanish);
        var (text, spanish) = (await first.Content.ReadAsStringAsync(), await other.Content.ReadAsStringAsync());
        var isSame = PublicResponses.WithoutMovingParts(page[0], text) == PublicResponses.WithoutMovingParts(page[0], spanish);
        return (
            page.Concat(isSame ? [page[0] + Spanish] : page.Select(address => address + Spanish)),
            Links().Matches(text).Select(link => link.Groups[1].Value.Replace("&amp;", "&", StringComparison.Ordinal))
        );
    }

    /// <summary>The routes of all compiled pages.</summary>
    private static string[] Pages { get; } =
    [
        .. typeof(WebSetup)
            .Assembly.GetCustomAttributes<RazorCompiledItemAttribute>()
            .SelectMany(page => page.Type.GetCustomAttributes<RazorCompiledItemMetadataAttribute>())
            .Where(metadata => metadata.Key == "RouteTemplate")
            .Select(metadata => metadata.Value),
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
        Assert.True(ids.ContainsKey(of), $"{template} is public: add its values here, so that it is compared too.");
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
