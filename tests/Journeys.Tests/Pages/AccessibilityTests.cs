using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Pages;

/// <summary>
/// Accessibility of public pages and screens: as the checker axe sees them, without scripts, and on a telephone.
/// </summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class AccessibilityTests(StaffedRegistry city)
{
    /// <summary>
    /// Each kind of page, and of each the states that look unlike the others: never heard, paused, planned, removed, two languages, a past
    /// day, nothing there.
    /// </summary>
    private static readonly (string Address, int Status)[] Pages =
    [
        ("/", 200),
        ("/places", 200),
        ("/places/east-precinct-lobby", 200),
        ("/places/harbor-tunnel?lang=es", 200),
        ("/places/meadow-green", 200),
        ("/places/meadow-green/history", 200),
        ("/places/meadow-green/history?asOf=2026-03-31&lang=es", 200),
        ("/devices/east-precinct-lobby-1", 200),
        ("/devices/east-precinct-lobby-1?at=2026-01-15T14:05", 200),
        ("/devices/harbor-tunnel-plates-1", 200),
        ("/devices/civic-plaza-cctv-9", 200),
        ("/devices/harbor-tunnel-plates-2", 410),
        ("/fleets/body-worn-east", 200),
        ("/governance", 200),
        ("/governance?asOf=2026-03-31", 200),
        ("/technologies/alpr", 200),
        ("/instruments/spd-manual-16.170", 200),
        ("/changes", 200),
        ("/search?q=east&lang=es", 200),
        ("/search?q=%25", 400),
        ("/api", 200),
        ("/nowhere", 404),
    ];

    [Fact]
    public async Task Axe_finds_no_violation_on_any_public_page()
    {
        var axe = await File.ReadAllTextAsync(
            Path.Combine(Programs.Root, "tests/Journeys.Tests/npm/node_modules/axe-core/axe.min.js"),
            TestContext.Current.CancellationToken
        );
        var page = await city.VisitorPageAsync(withScript: true);
        var found = new List<string>();
        foreach (var address in Pages.Select(one => one.Address).Append("/kiosks/kiosk-east-precinct-lobby"))
        {
            await page.GotoAsync(address);
            if (address.StartsWith("/kiosks/", StringComparison.Ordinal))
                await Expect(page.Locator("[data-state=current] .facts li").First).ToBeVisibleAsync();
            await page.EvaluateAsync(axe);
            var answer = await page.EvaluateAsync<JsonElement>(
                "async () => (await axe.run()).violations"
                    + ".map(one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | '))"
            );
            found.AddRange(answer.EnumerateArray().Select(violation => $"{address}: {violation}"));
        }

        Assert.Equal("", string.Join('\n', found));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Public_pages_work_without_scripts_and_fit_a_telephone(bool withScript)
    {
        var page = await city.VisitorPageAsync(withScript);
        await page.SetViewportSizeAsync(390, 844);
        foreach (var (address, status) in Pages)
        {
            Assert.Equal((address, status), (address, (await page.GotoAsync(address))!.Status));
            await Expect(page.Locator("h1")).ToHaveCountAsync(1);
            // Without scripts nothing can be asked of the page; what does not fit shows as a box beyond the glass.
            foreach (
                var box in await Task.WhenAll(
                    new[] { "main", "header.masthead", "footer.colophon", "h1" }.Select(part => page.Locator(part).BoundingBoxAsync())
                )
            )
                Assert.True(box is { X: >= 0 } && box.X + box.Width <= 390, $"{address} is wider than a telephone.");
            if (withScript)
                Assert.True(
                    await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"),
                    $"{address} scrolls sideways on a telephone."
                );
        }
    }
}
