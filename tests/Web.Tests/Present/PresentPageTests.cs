using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Present;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Present;

/// <summary>What the registry sends of a page that says what devices do now. PresentScriptTests have what a browser makes of it.</summary>
public sealed class PresentPageTests(SampleCity city)
{
    private const string Nonce = "AAAAAAAAAAAAAAAAAAAAAAAA";

    /// <summary>The public pages that do not say what devices do now, and why.</summary>
    private static readonly Dictionary<string, string> OfNoPresent = new()
    {
        ["api"] = "describes the API",
        ["changes"] = "lists what was recorded, each with its time",
        ["governance"] = "names the day of its rules",
        ["instruments/{id}"] = "names the day of its rules",
        ["technologies/{id}"] = "names the day of its rules",
        ["fleets/{id}/history"] = "names the times of what was registered",
        ["places/{id}/history"] = "names the times of what was registered",
        ["kiosks/{id}"] = "says nothing of the present without a signed confirmation (KioskFreshnessTests)",
        ["search"] = "names what is registered, and nothing of what it does",
        ["missing/{code:int}"] = "says nothing about devices",
    };

    public static TheoryData<string> Addresses() =>
        ["/", "/places", "/places/east-precinct-lobby", "/devices/east-precinct-lobby-1", "/fleets/body-worn-east"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_page_of_the_present_states_its_time_and_what_to_assume_when_it_is_old(string address)
    {
        using var answer = await city.Reader.GetAsync(address, Cancellation);
        Assert.Equal((HttpStatusCode.OK, "no-store"), (answer.StatusCode, answer.Headers.CacheControl?.ToString()));
        var page = await ReadAsync(address);
        var stated = page.QuerySelector("main .as-of .stated")!;
        Assert.Equal("2026-11-23T23:00:00.000Z", stated.QuerySelector("time")!.GetAttribute("datetime"));
        Assert.Equal(
            "As of November 23, 2026, 3:00:00 PM (UTC−08:00). If this time is old, all that these devices can capture may be recorded.",
            stated.TextContent
        );
        Assert.Equal("Not confirmed since November 23, 2026, 3:00:00 PM (UTC−08:00).", Worst(stated).QuerySelector("strong")!.TextContent);
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_page_of_the_present_refuses_to_be_read_as_of_another_day(string address)
    {
        foreach (var query in new[] { "?asOf=2026-03-31", "?asOf=yesterday", "?knownAt=2026-03-31T00:00:00Z" })
        {
            using var refused = await city.Reader.GetAsync(address + query, Cancellation);
            if (address.StartsWith("/places/", StringComparison.Ordinal) || address.StartsWith("/fleets/", StringComparison.Ordinal))
            {
                Assert.Equal($"{address}/history{query}", refused.Headers.Location?.ToString());
                continue;
            }

            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var text = await refused.Content.ReadAsStringAsync(Cancellation);
            Assert.Contains("This page shows only the present", text, StringComparison.Ordinal);
            Assert.DoesNotContain("data-as-of", text, StringComparison.Ordinal);
        }

        using var today = await city.Reader.GetAsync(address + "?asOf=2026-11-23", Cancellation);
        Assert.Equal(HttpStatusCode.OK, today.StatusCode);
    }

    [Theory]
    [InlineData("/kiosks/kiosk-east-precinct-lobby", "This page shows only the present")]
    [InlineData("/changes", "This page has no other day")]
    public async Task A_screen_and_the_list_of_changes_refuse_another_day(string address, string sentence)
    {
        foreach (var query in new[] { "?asOf=2026-03-31", "?knownAt=2026-03-31T00:00:00Z" })
        {
            var (status, text) = await AskAsBrowserAsync(address + query);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(sentence, text, StringComparison.Ordinal);
            Assert.DoesNotContain("data-state", text, StringComparison.Ordinal);
            Assert.DoesNotContain("data-entry", text, StringComparison.Ordinal);
        }

        using var program = await city.Reader.GetAsync(address + "?asOf=2026-03-31", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, program.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AskAsBrowserAsync(address + "?asOf=2026-11-23")).Status);
    }

    [Fact]
    public async Task A_bad_request_for_another_reason_is_not_told_as_another_day()
    {
        var (status, text) = await AskAsBrowserAsync("/missing/400?asOf=2026-03-31");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("This address cannot be answered", text, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string Text)> AskAsBrowserAsync(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Accept", "text/html");
        using var answer = await city.Reader.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("/places/east-precinct-lobby?lang=es")]
    [InlineData("/devices/east-precinct-lobby-1?lang=es")]
    [InlineData("/fleets/body-worn-east?lang=es")]
    public async Task A_page_of_the_present_states_its_time_in_its_language(string address)
    {
        var stated = (await ReadAsync(address)).QuerySelector("main .as-of .stated")!;
        Assert.StartsWith("Situación al 23 de noviembre de 2026, 15:00:00 h (UTC−08:00).", stated.TextContent, StringComparison.Ordinal);
        Assert.StartsWith("Sin confirmar desde el 23 de noviembre", Worst(stated).TextContent, StringComparison.Ordinal);
    }

    /// <summary>A header would load the page again under readers whose browser renews it in place.</summary>
    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Only_a_browser_without_scripts_loads_a_page_of_the_present_again(string address)
    {
        using var answer = await city.Reader.GetAsync(address, Cancellation);
        Assert.False(answer.Headers.Contains("Refresh"));
        var page = await ReadAsync(address);
        Assert.Equal("30", page.QuerySelector("head > noscript > meta[http-equiv=refresh]")!.GetAttribute("content"));
        Assert.Contains("loads itself again every 30 seconds", page.QuerySelector(".as-of noscript")!.TextContent);
        Assert.Equal(Assets.Address("present.js"), page.QuerySelector("script[type=module]")!.GetAttribute("src"));
    }

    [Fact]
    public async Task A_reader_without_scripts_can_stop_that_a_page_is_loaded_again()
    {
        var stop = (IHtmlAnchorElement)(await ReadAsync("/places/east-precinct-lobby?lang=es")).QuerySelector(".as-of noscript a")!;
        Assert.Equal("/places/east-precinct-lobby?lang=es&renew=off", stop.GetAttribute("href"));
        var still = await ReadAsync(stop.GetAttribute("href")!);
        Assert.Null(still.QuerySelector("meta[http-equiv=refresh]"));
        Assert.NotNull(still.QuerySelector(".as-of .stated time"));
        Assert.Equal("/places/east-precinct-lobby?lang=es", still.QuerySelector(".as-of noscript a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task A_page_of_the_present_names_the_nonce_of_the_request()
    {
        Assert.Equal(Nonce, (await ReadAsync("/places?nonce=" + Nonce)).QuerySelector(".as-of time")!.GetAttribute("data-nonce"));
        foreach (var forged in new[] { "short", Nonce + "\"><script>", new string('A', 65) })
            Assert.DoesNotContain(
                "data-nonce",
                await city.Reader.GetStringAsync("/places?nonce=" + Uri.EscapeDataString(forged), Cancellation),
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task The_worst_case_of_a_place_has_every_capture_of_its_devices()
    {
        var place = (await city.Grains.Place(SampleCity.Lobby).Describe())!;
        var page = await ReadAsync("/places/" + SampleCity.Lobby);
        var facts = Worst(page.QuerySelector("article.notice")!).QuerySelectorAll("[data-capture]").ToArray();
        Assert.Equal(place.Content.Worst.Facts.Length, facts.Length);
        Assert.All(
            facts,
            fact => Assert.Equal(("unknown", "recorded"), (fact.GetAttribute("data-certainty"), fact.GetAttribute("data-mode")))
        );
        Assert.All(
            page.QuerySelectorAll("td[data-label=Reporting]"),
            cell => Assert.Equal("not known: may be recording", Worst(cell).TextContent)
        );
    }

    [Fact]
    public async Task The_worst_case_of_a_device_says_of_each_sensor_that_it_may_be_recording()
    {
        var page = await ReadAsync("/devices/east-precinct-lobby-1");
        Assert.Equal("What may be recorded", Worst(page.QuerySelector("h2#now")!).TextContent);
        Assert.Equal(
            "What it does now is not confirmed. It may be recording. Last report: 3:00 PM, November 23, 2026.",
            Worst(page.QuerySelector(".state")!).TextContent
        );
        Assert.All(
            Worst(page.QuerySelector("[aria-labelledby=now] dl")!).QuerySelectorAll("dd"),
            sensor => Assert.StartsWith("Not known now. It may be recording.", sensor.TextContent, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/places")]
    public async Task The_worst_case_of_a_list_has_every_capture_of_each_place(string address)
    {
        var worst = Worst((await ReadAsync(address)).QuerySelector("ul.places")!);
        Assert.Equal(city.Opening.Places.Length, worst.QuerySelectorAll(".place").Length);
        Assert.NotEmpty(worst.QuerySelectorAll("[data-capture=audio]"));
        Assert.Empty(worst.QuerySelectorAll("[data-certainty=reported]"));
    }

    /// <summary>A new page is of the present until it stands in the list.</summary>
    [Fact]
    public void Every_public_page_is_of_the_present_or_is_listed_with_the_reason()
    {
        var open = city
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAuthorizeData>() is null)
            .Where(endpoint => !endpoint.RoutePattern.RawText!.StartsWith("staff", StringComparison.Ordinal))
            .Select(endpoint =>
                (Route: endpoint.RoutePattern.RawText!, endpoint.Metadata.GetMetadata<CompiledPageActionDescriptor>()?.ModelTypeInfo)
            )
            .Where(page => page.ModelTypeInfo is not null)
            .ToArray();
        Assert.NotEmpty(open);
        var ofNoPresent = open.Where(page => !typeof(PresentPage).IsAssignableFrom(page.ModelTypeInfo)).Select(page => page.Route);
        Assert.Equal(OfNoPresent.Keys.Order(StringComparer.Ordinal), ofNoPresent.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>What a page of the present says is not said by a page without a time.</summary>
    [Theory]
    [InlineData("/governance")]
    [InlineData("/technologies/alpr")]
    [InlineData("/technologies/alpr?asOf=2026-03-31")]
    [InlineData("/instruments/spd-manual-16.170")]
    [InlineData("/changes")]
    [InlineData("/api")]
    public async Task A_page_of_no_present_is_not_renewed_and_says_nothing_of_what_devices_do(string address)
    {
        var page = await ReadAsync(address);
        Assert.Empty(page.QuerySelectorAll("script, meta[http-equiv=refresh], .as-of, [data-certainty], [data-presence]"));
    }

    private async Task<IDocument> ReadAsync(string address)
    {
        var html = await city.Reader.GetStringAsync(address, Cancellation);
        return await BrowsingContext.New().OpenAsync(request => request.Content(html), Cancellation);
    }

    /// <summary>The worst case of a part of a page.</summary>
    private static IElement Worst(IElement part)
    {
        var template = Assert.IsAssignableFrom<IHtmlTemplateElement>(part.NextElementSibling);
        Assert.True(template.HasAttribute("data-worst"));
        return Assert.Single(template.Content.Children);
    }
}
