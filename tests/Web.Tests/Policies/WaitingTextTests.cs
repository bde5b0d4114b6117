using AngleSharp;
using AngleSharp.Dom;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Policies;

/// <summary>What pages, the API and signs say of a text that waits for an event beside the one in force.</summary>
public sealed class WaitingTextTests : IAsyncLifetime
{
    private const string Manual = "spd-manual-16.170";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "waiting-" + Guid.NewGuid().ToString("n"));
    private SampleCity _city = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var original = new SampleCity().Policies;
        foreach (var file in Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder, Path.GetRelativePath(original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        await File.AppendAllTextAsync(Path.Combine(_folder, "instruments", Manual + ".yaml"), Waiting, Cancellation);
        _city = new SampleCity { Policies = _folder };
        await _city.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _city.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Neither its retention nor its title may be read as law: what it waits for may never happen.</summary>
    private const string Waiting = """

          - title: Readers after the pause
            effective: {from: unknown, condition: the mayor ends the pause, to: open}
            source: {title: Draft order, read_on: 2026-11-23, confidence: sourced}
            governs:
              alpr:
                capture: [stills, plates]
                departments: [police]
                retention:
                  - {bound: limit, days: 777, data_class: patrol reads}
                records_access: {access: not-known}
        """;

    [Fact]
    public async Task The_API_answers_a_text_that_waits_as_adopted_and_never_as_scheduled()
    {
        var rows = (await _city.Json("/api/v1/governance?status=in-force,adopted,scheduled&limit=1000"))["rows"]!.AsArray();
        var ofManual = rows.Where(row => (string?)row!["instrument"]!["id"] == Manual).ToArray();
        Assert.Equal(["in-force", "adopted"], ofManual.Select(row => (string?)row!["status"]));
        Assert.Equal("the mayor ends the pause", (string?)ofManual[1]!["effective"]!["condition"]);
        var scheduled = (await _city.Json("/api/v1/governance?status=scheduled&limit=1000"))["rows"]!.AsArray();
        Assert.DoesNotContain(Manual, scheduled.Select(row => (string?)row!["instrument"]!["id"]));
    }

    [Fact]
    public async Task A_public_page_puts_a_text_that_waits_last_and_names_no_end_that_is_not_set()
    {
        var page = await ReadAsync("/technologies/alpr");
        Assert.Contains("Readers after the pause", page.QuerySelector(".timeline > li:last-child")!.TextContent, StringComparison.Ordinal);
        var row = page.QuerySelector($"tr[data-instrument='{Manual}']")!;
        Assert.Equal(["First day", "Adopted"], row.QuerySelectorAll("dt").Select(label => label.TextContent));
        var ended = (await ReadAsync("/governance?asOf=2018-01-01")).QuerySelector("tr[data-instrument='smc-14.18']")!;
        Assert.DoesNotContain("no end is set", page.Body!.QuerySelector("table")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(ended);
    }

    [Fact]
    public async Task A_sign_prints_nothing_of_a_text_that_waits()
    {
        foreach (var place in _city.Opening.Places)
        {
            var notice = await _city.Json($"/api/v1/places/{place.Id}/notice");
            var payload = System.Text.Encoding.UTF8.GetString(
                System.Buffers.Text.Base64Url.DecodeFromChars((string?)notice["notice"]!["payload"])
            );
            Assert.DoesNotContain("777", payload, StringComparison.Ordinal);
            Assert.DoesNotContain("Readers after the pause", payload, StringComparison.Ordinal);
        }
    }

    private async Task<IDocument> ReadAsync(string address)
    {
        var html = await _city.Reader.GetStringAsync(address, Cancellation);
        return await BrowsingContext.New().OpenAsync(request => request.Content(html), Cancellation);
    }
}
