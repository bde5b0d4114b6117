using System.Net;
using Microsoft.Playwright;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Policies;

/// <summary>The pages of instruments and technologies: their content, their links and their layout.</summary>
[Collection(CorrectedCityGroup.Name)]
public sealed class RegisterPagesTests(CorrectedCity corrected, Chromium chromium) : CorrectedCityTestBase(corrected)
{
    [Fact]
    public async Task The_page_of_an_instrument_has_status_versions_and_history()
    {
        var page = await Read("/instruments/smc-14.18");
        Assert.Equal("SMC 14.18", page.QuerySelector("h1")!.TextContent);
        Assert.Equal(["1", "2", "3"], page.QuerySelectorAll(".timeline > li").Select(text => text.GetAttribute("data-version")));
        Assert.Contains("no longer in force from September 1, 2017", page.QuerySelector(".timeline > li .when")!.TextContent);
        Assert.Contains("Passed", page.QuerySelector(".timeline > li dl")!.TextContent);
        Assert.Equal("in-force", page.QuerySelector(".timeline > li[data-version='3']")!.GetAttribute("data-standing"));
        Assert.Equal("none", page.QuerySelector(".timeline > li[data-version='2']")!.GetAttribute("data-standing"));
        Assert.Contains("checked against its source", page.QuerySelector(".timeline .source")!.TextContent);
        Assert.Contains("/technologies/surveillance-equipment", Hrefs(page));
        Assert.StartsWith("/api/v1/log/entries/", page.QuerySelector(".history a")!.GetAttribute("href"));
        var sentences = (await Read($"/instruments/{Manual}")).QuerySelector(".history > li[data-revision='2']")!;
        Assert.Contains("Changed the retention limit from 90 days to 21 days (patrol reads)", sentences.TextContent);
        Assert.Contains("This corrects version 1 for all of its time, from February 1, 2019 on", sentences.TextContent);
        Assert.Contains("Laws of 2026, ch. 239", sentences.TextContent);
        Assert.Contains(
            "SPD Manual 16.170: correction of what was recorded: changed the retention limit from 90 days to 21 days (patrol reads)",
            (await Read("/changes")).QuerySelectorAll("h3").Select(title => title.TextContent)
        );
        Assert.Contains(
            "proposed by a program with the role editor of Sample City Police Department, "
                + "approved by a person with the role approver of Sample City Police Department",
            sentences.TextContent
        );
    }

    [Fact]
    public async Task The_page_of_a_technology_has_all_versions_and_marks_secondary_sources()
    {
        var page = await Read($"/technologies/alpr?asOf=2026-03-31&knownAt={Corrected.Before}");
        Assert.Contains("law-enforcement use only", page.QuerySelector(".lead")!.TextContent);
        Assert.Contains("Reported", page.QuerySelector(".timeline [data-instrument='mayoral-action-2026-03-19'] .tags")!.TextContent);
        Assert.Contains(
            "laws-2026-ch-239",
            page.QuerySelector($"tr[data-instrument='{Manual}'] + tr.remark .disagrees a")!.GetAttribute("href")
        );
        Assert.Contains($"/instruments/{Manual}?asOf=2026-03-31&knownAt={Corrected.Before}", Hrefs(page));
        Assert.DoesNotContain(
            "Disagrees",
            (await Read("/technologies/alpr?asOf=2026-03-31")).QuerySelector($"tr[data-instrument='{Manual}'] + tr.remark")!.TextContent
        );
        Assert.Equal(
            "paused",
            page.QuerySelector(".timeline [data-instrument='mayoral-action-2026-03-19']")!.GetAttribute("data-standing")
        );
    }

    [Fact]
    public async Task Pages_link_supersession_both_ways_and_citations_to_their_instrument()
    {
        var superseded = City
            .Opening.Governance.Table.Instruments.SelectMany(
                instrument => instrument.Versions,
                (instrument, version) => (instrument.Id, version.SupersededBy)
            )
            .First(one => one.SupersededBy is not null);
        Assert.Contains(
            $"/instruments/{superseded.SupersededBy}",
            Hrefs((await Read($"/instruments/{superseded.Id}")).QuerySelector(".timeline .acts")!)
        );
        Assert.Contains(
            $"/instruments/{superseded.Id}",
            Hrefs((await Read($"/instruments/{superseded.SupersededBy}")).QuerySelector(".lead")!)
        );
        Assert.Contains(
            superseded.Id,
            (await City.Json($"/api/v1/instruments/{superseded.SupersededBy}"))["supersedes"]!.AsArray().Select(id => (string)id!)
        );
        Assert.Contains("/instruments/smc-14.12", Hrefs((await Read("/technologies/law-enforcement-information")).QuerySelector(".lead")!));
    }

    [Theory]
    [InlineData("/instruments/spd-manual-99.999", "Check the address")]
    [InlineData("/technologies/periscope", "Check the address")]
    [InlineData("/no/such/page", "Page not found")]
    [InlineData("/places/nowhere", "Page not found")]
    [InlineData("/missing/404", "Page not found")]
    public async Task A_page_that_does_not_exist_is_answered_in_plain_words(string address, string expected)
    {
        using var answer = await City.Reader.GetAsync(address, Cancellation);
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Theory]
    [InlineData("/changes")]
    [InlineData("/instruments/spd-manual-16.170")]
    [InlineData("/technologies/alpr")]
    [InlineData("/governance?knownAt=2026-11-23T22:00:00Z")]
    [InlineData("/instruments/nothing")]
    [InlineData("/nowhere")]
    public async Task Register_pages_are_readable_on_desktop_phone_and_paper(string address)
    {
        foreach (
            var (name, width, height, media) in new[]
            {
                ("1280", 1280, 900, Media.Screen),
                ("390", 390, 844, Media.Screen),
                ("print", 794, 1123, Media.Print),
            }
        )
        {
            await using var glass = await chromium.Glass(width, height);
            var page = await glass.NewPageAsync();
            await page.EmulateMediaAsync(new() { Media = media });
            var elsewhere = new List<string>();
            page.Request += (_, request) =>
            {
                if (!request.Url.StartsWith(City.Url, StringComparison.Ordinal))
                    elsewhere.Add(request.Url);
            };
            await page.GotoAsync(City.Url + address);
            await Chromium.Picture(page, $"register-{name}{address.Split('?')[0].Replace('/', '-')}");
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, 7.0));
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.CutOff, false));
            Assert.Empty(elsewhere);
            Assert.Empty(await glass.CookiesAsync());
        }
    }

    [Fact]
    public async Task Public_pages_and_feeds_never_name_a_person()
    {
        foreach (
            var address in new[]
            {
                "/changes",
                "/changes.atom",
                "/changes.json",
                $"/instruments/{Manual}",
                "/technologies/alpr",
                $"/api/v1/instruments/{Manual}/history",
                "/api/v1/instruments",
                $"/api/v1/governance?asOf={Day}",
            }
        )
        {
            var text = await City.Reader.GetStringAsync(address, Cancellation);
            Assert.DoesNotContain(CorrectedCity.Author, text);
            Assert.DoesNotContain(CorrectedCity.Approver, text);
        }
    }
}
