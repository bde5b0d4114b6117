using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.Playwright;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Home;

/// <summary>What people read without a screen on the wall: pages that need no script, no cookie and nothing from elsewhere.</summary>
public sealed class PublicPagesTests(SampleCity city, Chromium chromium)
{
    private const string Sample = "Sample data, not a notice of any city";

    public static TheoryData<string> Addresses() =>
        [
            "/",
            "/places",
            "/places/east-precinct-lobby",
            "/places/alder-school-zone?lang=es",
            "/governance",
            "/governance?asOf=2026-03-31",
            "/technologies/alpr?asOf=2026-03-31",
            "/instruments/smc-14.18",
            "/instruments/spd-manual-16.170?knownAt=2026-11-01T00:00:00Z",
            "/changes",
            "/api",
            "/places/harbor-tunnel?lang=es",
            "/devices/east-precinct-lobby-1",
            "/devices/harbor-tunnel-plates-1",
            "/devices/civic-plaza-cctv-9",
            "/fleets/body-worn-east",
        ];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Public_pages_are_marked_as_sample_and_load_nothing_from_other_sites(string address)
    {
        using var answer = await city.Reader.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        var page = await Read(address);
        Assert.Contains(Sample, page.Body!.TextContent);
        Assert.Empty(page.QuerySelectorAll("script:not([src^='/assets/']), style, [style], iframe"));
        Assert.All(
            page.QuerySelectorAll("link[href], img[src], script[src], form[action]"),
            one => Assert.StartsWith("/", one.GetAttribute("href") ?? one.GetAttribute("src") ?? one.GetAttribute("action")!)
        );
        Assert.Equal(address.EndsWith("lang=es", StringComparison.Ordinal) ? "es" : "en", page.DocumentElement.GetAttribute("lang"));
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Public_pages_are_readable_on_desktop_and_phone(string address)
    {
        foreach (var (width, height) in new[] { (1280, 900), (390, 844) })
        {
            await using var glass = await chromium.Glass(width, height, scripts: true);
            var page = await glass.NewPageAsync();
            await page.GotoAsync(city.Url + address);
            await Chromium.Picture(page, $"page-{width}{address.Replace('/', '-').Replace('?', '-')}");
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, 7.0));
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.CutOff, false));
        }
    }

    [Fact]
    public async Task The_front_page_shows_what_is_and_what_may_be_recorded_at_each_place()
    {
        var page = await Read("/");
        Assert.Equal("reported", Fact("East Precinct, public lobby").GetAttribute("data-certainty"));
        Assert.Equal("unknown", Fact("Alder Street school zone").GetAttribute("data-certainty"));
        Assert.Contains("may be recorded", Fact("Alder Street school zone").TextContent);

        IElement Fact(string place) =>
            page.QuerySelectorAll(".place")
                .Single(card => card.QuerySelector("h3")!.TextContent == place)
                .QuerySelector("[data-certainty]")!;
    }

    [Theory]
    [InlineData("2026-03-29", "spd-manual-16.170", "in-force", "at most 90 days")]
    [InlineData("2026-03-29", "laws-2026-ch-239", "not-known", "not known")]
    [InlineData("2026-03-31", "laws-2026-ch-239", "in-force", "at most 21 days")]
    [InlineData("2026-03-31", "spd-manual-16.170", "in-force", "at most 90 days")]
    [InlineData("2013-04-15", "spd-manual-16.170", "not-known", "not known")]
    public async Task The_governance_page_shows_the_table_of_a_day(string day, string instrument, string status, string kept)
    {
        var page = await Read($"/governance?asOf={day}");
        var row = page.QuerySelector($"tr[data-technology=alpr][data-instrument='{instrument}']")!;
        Assert.Equal(status, row.GetAttribute("data-status"));
        Assert.Contains(kept, row.QuerySelector("[data-label=Retention]")!.TextContent);
        Assert.Equal(day, ((IHtmlInputElement)page.QuerySelector("input[name=asOf]")!).Value);
    }

    [Fact]
    public async Task The_governance_page_marks_disagreements_and_secondary_sources()
    {
        var page = await Read("/governance?asOf=2026-03-31");
        Assert.Contains("laws-2026-ch-239", Remark("spd-manual-16.170"));
        Assert.Contains("spd-manual-16.170", Remark("laws-2026-ch-239"));
        Assert.Contains(
            "Reported",
            page.QuerySelector("tr[data-technology=alpr][data-instrument='mayoral-action-2026-03-19']")!.TextContent
        );

        string Remark(string instrument) =>
            page.QuerySelector($"tr[data-technology=alpr][data-instrument='{instrument}'] + tr.remark .disagrees a")!.GetAttribute("href")!;
    }

    [Fact]
    public async Task The_governance_page_quotes_the_City_s_own_table()
    {
        var text = (await Read("/governance")).Body!.TextContent;
        Assert.All(
            city.Opening.Governance.Table.Technologies.Where(technology => technology.Statement is not null),
            technology =>
                Assert.Contains(
                    $"“{technology.Statement!.Technology.Trim()}” is governed by “{technology.Statement.Governance.Trim()}”",
                    text
                )
        );
    }

    [Fact]
    public async Task The_governance_page_names_what_is_out_of_scope()
    {
        var text = (await Read("/governance")).QuerySelector("[aria-labelledby=out-of-scope]")!.TextContent;
        Assert.All(city.Opening.Governance.City.OutOfScope, subject => Assert.Contains(subject.Name, text, StringComparison.Ordinal));
        Assert.Contains("telephone", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-02-30")]
    public async Task An_invalid_day_is_answered_with_what_was_expected(string day)
    {
        using var answer = await city.Reader.GetAsync($"/governance?asOf={day}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("YYYY-MM-DD", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_printed_place_page_has_the_notice_without_navigation()
    {
        await using var glass = await chromium.Glass(794, 1123);
        var page = await glass.NewPageAsync();
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await page.GotoAsync($"{city.Url}/places/east-precinct-lobby");
        await Chromium.Picture(page, "print-place");
        await Expect(page.Locator(".sample")).ToBeVisibleAsync();
        await Expect(page.Locator(".notice")).ToBeVisibleAsync();
        await Expect(page.Locator("nav")).ToBeHiddenAsync();
        await Expect(page.Locator(".on-paper"))
            .ToContainTextAsync("More may be recorded by now. The devices here can record video and audio.");
        Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, 7.0));
    }

    [Fact]
    public async Task The_page_around_a_notice_is_in_the_language_of_the_notice()
    {
        var document = await Read("/places/harbor-tunnel?lang=es");
        var page = document.QuerySelector("main")!;
        Assert.All(
            ["Dispositivos registrados", "lector fijo de placas de vehículos", "aviso firmado", "Leer las normas"],
            words => Assert.Contains(words, page.TextContent, StringComparison.Ordinal)
        );
        Assert.All(
            ["Registered", "Last report", "never", "unknown"],
            words => Assert.DoesNotContain(words, page.TextContent, StringComparison.Ordinal)
        );
        Assert.Equal("es", document.DocumentElement.GetAttribute("lang"));
    }

    [Fact]
    public async Task Pages_link_from_a_rule_to_what_it_governs_and_back()
    {
        await Leads("/instruments/spd-manual-16.170", "/technologies/alpr");
        await Leads("/technologies/alpr", "/places/harbor-tunnel");
        await Leads("/technologies/alpr", "/fleets/plate-readers-east");
        await Leads("/places/harbor-tunnel", "/devices/harbor-tunnel-plates-1");
        await Leads("/devices/harbor-tunnel-plates-1", "/places/harbor-tunnel");
        await Leads("/devices/harbor-tunnel-plates-1", "/instruments/spd-manual-16.170");
        await Leads("/places", "/fleets/plate-readers-east");
        await Leads("/fleets/plate-readers-east", "/technologies/alpr");

        async Task Leads(string from, string to) =>
            Assert.Contains((await Read(from)).QuerySelectorAll("main a"), link => link.GetAttribute("href") == to);
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Public_pages_name_their_time_zone(string address) =>
        Assert.Contains(
            address.EndsWith("lang=es", StringComparison.Ordinal) ? "(America/Los_Angeles, ahora UTC−" : "(America/Los_Angeles, now UTC−",
            (await Read(address)).QuerySelector("footer.colophon")!.TextContent,
            StringComparison.Ordinal
        );

    private async Task<IDocument> Read(string address)
    {
        var html = await city.Reader.GetStringAsync(address, TestContext.Current.CancellationToken);
        return await BrowsingContext.New().OpenAsync(request => request.Content(html), TestContext.Current.CancellationToken);
    }
}
