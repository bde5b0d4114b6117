using System.Collections.Immutable;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>
/// No person stands at a wall to press reload. Whatever a screen gets while it starts, and in whatever order its parts and the registry
/// start, it ends in a notice. These tests have a city of their own, to take parts of it away.
/// </summary>
public sealed class KioskFallbackTests(StaffedCity own, Chromium chromium) : IClassFixture<StaffedCity>, IAsyncLifetime
{
    private const string Kiosk = "/kiosks/" + SampleCity.LobbyKiosk;

    private readonly SampleCity _city = own.City;
    private readonly ImmutableArray<Kiosk> _registered = own.City.Memory.Kiosks;
    private IBrowserContext _glass = null!;
    private IPage _page = null!;

    private ILocator Root => _page.Locator("html");

    public async ValueTask InitializeAsync()
    {
        _glass = await chromium.Glass();
        _page = await _glass.NewPageAsync();
        await _page.Clock.InstallAsync();
        await _page.Clock.PauseAtAsync(DateTime.UtcNow.AddSeconds(1));
    }

    public async ValueTask DisposeAsync()
    {
        (_city.Memory.IsOutOfReach, _city.Memory.Kiosks) = (false, _registered);
        await _glass.CloseAsync();
    }

    private static CaptureReport Deaf => default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off);

    [Fact]
    public async Task A_screen_that_starts_while_the_database_is_away_ends_in_a_notice()
    {
        _city.Memory.IsOutOfReach = true;
        var answer = await _page.GotoAsync(_city.Url + Kiosk);
        Assert.Equal(503, answer!.Status);
        await IsDesigned("unconfirmed", "Recording may be in progress.");
        _city.Memory.IsOutOfReach = false;
        await EndsInANotice();
    }

    [Fact]
    public async Task A_screen_that_is_not_registered_yet_ends_in_a_notice()
    {
        _city.Memory.Kiosks = _registered.RemoveAll(kiosk => kiosk.Id == SampleCity.LobbyKiosk);
        var answer = await _page.GotoAsync(_city.Url + Kiosk);
        Assert.Equal(404, answer!.Status);
        await IsDesigned("unpaired", "This screen is not registered. Recording may be in progress.");
        _city.Memory.Kiosks = _registered;
        await EndsInANotice();
    }

    [Fact]
    public async Task A_removed_screen_says_that_it_is_out_of_service()
    {
        _city.Memory.Kiosks = [new Kiosk(SampleCity.LobbyKiosk, SampleCity.Lobby, Removed: true)];
        var answer = await _page.GotoAsync(_city.Url + Kiosk);
        Assert.Equal(410, answer!.Status);
        await IsDesigned("closed", "This screen has been taken out of service. Recording may be in progress.");
    }

    [Theory]
    [InlineData("notice.js")]
    [InlineData("kiosk.js")]
    [InlineData("texts.js")]
    public async Task A_part_that_was_lost_while_loading_is_loaded_again(string asset)
    {
        var isLost = true;
        await _page.RouteAsync($"**/assets/*/{asset}", route => isLost ? route.AbortAsync() : route.ContinueAsync());
        await _page.GotoAsync(_city.Url + Kiosk);
        await Expect(Root).ToHaveAttributeAsync("data-lost", "");
        await Expect(Root).Not.ToHaveAttributeAsync("data-state", "current");
        isLost = false;
        await EndsInANotice();
    }

    [Fact]
    public async Task A_part_that_never_arrives_is_loaded_again()
    {
        var isHeld = true;
        await _page.RouteAsync("**/assets/*/draw.js", route => isHeld ? Task.CompletedTask : route.ContinueAsync());
        await _page.GotoAsync(_city.Url + Kiosk, new() { WaitUntil = WaitUntilState.Commit });
        await Expect(_page.Locator("[data-part=standing]")).ToContainTextAsync("Recording may be in progress.");
        isHeld = false;
        await EndsInANotice();
    }

    [Fact]
    public async Task A_page_is_loaded_again_only_when_the_registry_answers()
    {
        var isLost = true;
        await _page.RouteAsync("**/assets/*/notice.js", route => isLost ? route.AbortAsync() : route.ContinueAsync());
        await _page.GotoAsync(_city.Url + Kiosk);
        await _page.RouteAsync("**" + Kiosk, route => isLost ? route.AbortAsync("connectionrefused") : route.ContinueAsync());
        await Pass(30);
        await Expect(_page.Locator("[data-part=standing]")).ToContainTextAsync("Recording may be in progress.");
        isLost = false;
        await EndsInANotice();
    }

    [Fact]
    public async Task A_style_that_was_lost_while_loading_is_loaded_again()
    {
        var isLost = true;
        await _page.RouteAsync("**/assets/*/kiosk.css", route => isLost ? route.AbortAsync() : route.ContinueAsync());
        await _page.GotoAsync(_city.Url + Kiosk);
        await Expect(_page.Locator(".head")).ToHaveCSSAsync("background-color", "rgba(0, 0, 0, 0)");
        isLost = false;
        await Pass(20);
        await Expect(_page.Locator(".head")).ToHaveCSSAsync("background-color", "rgb(18, 56, 47)");
    }

    [Fact]
    public async Task A_screen_that_cannot_draw_takes_back_what_it_says_and_starts_again()
    {
        // The hint of a change must reach the screen: its clock stands still, so it would not ask by itself. What the camera says next must
        // be a change, whatever another test let it say last.
        await _city.Hears("east-precinct-lobby-1", Deaf);
        await _page.RunAndWaitForResponseAsync(() => _page.GotoAsync(_city.Url + Kiosk), "**" + Kiosk + "/changes");
        await Expect(Root).ToHaveAttributeAsync("data-state", "current");
        await _page.EvaluateAsync("() => { Element.prototype.replaceChildren = () => { throw new Error('broken'); }; }");
        await _city.Hears("east-precinct-lobby-1", CaptureReport.ForAll([Capture.Video, Capture.Audio], Mode.Recorded));
        await Expect(_page.Locator("[data-part=standing]")).ToContainTextAsync("Recording may be in progress.");
        await Expect(_page.Locator("[data-capture]")).ToHaveCountAsync(0);
        await EndsInANotice();
        await Expect(_page.Locator("[data-capture=audio][data-certainty=reported]:not([data-fleet])")).ToBeVisibleAsync();
        await _city.Hears("east-precinct-lobby-1", Deaf);
    }

    [Theory]
    [InlineData("/kiosks/nowhere", 404)]
    [InlineData("/kiosks/nowhere/notice", 404)]
    [InlineData("/kiosks/nowhere/confirmation?nonce=AAAAAAAAAAAAAAAAAAAAAA", 404)]
    [InlineData("/kiosks/nowhere/no/such/page", 404)]
    [InlineData("/kiosks/", 404)]
    public async Task A_person_s_browser_gets_the_page_of_a_screen_and_a_program_a_problem(string address, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml,*/*;q=0.8");
        using var answer = await _city.Reader.SendAsync(request, TestContext.Current.CancellationToken);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Contains("data-state=\"unpaired\"", page, StringComparison.Ordinal);
        Assert.Contains("http-equiv=\"refresh\"", page, StringComparison.Ordinal);
        Assert.Contains("Recording may be in progress.", page, StringComparison.Ordinal);
        if (address.Contains("/no", StringComparison.Ordinal) && address.Split('/').Length > 3)
            Assert.Contains("problem+json", (await Program(address)).Content.Headers.ContentType?.MediaType, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_without_scripts_loads_the_page_again_by_itself()
    {
        _city.Memory.IsOutOfReach = true;
        await using var plain = await chromium.Glass(scripts: false);
        var page = await plain.NewPageAsync();
        await page.GotoAsync(_city.Url + Kiosk);
        await Expect(page.Locator("meta[http-equiv=refresh]")).ToHaveAttributeAsync("content", "30");
        await Expect(page.Locator("time[data-as-of]")).ToBeVisibleAsync();
    }

    private async Task<HttpResponseMessage> Program(string address) =>
        await _city.Reader.GetAsync(address, TestContext.Current.CancellationToken);

    private async Task IsDesigned(string state, string text)
    {
        await Expect(Root).ToHaveAttributeAsync("data-state", state);
        await Expect(_page.Locator("[data-part=standing]")).ToContainTextAsync(text);
        await Chromium.Picture(_page, "kiosk-fallback-" + state);
        Assert.Empty(await _page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, 7.0));
        Assert.Empty(await _page.EvaluateAsync<string[]>(LayoutChecks.CutOff, true));
    }

    /// <summary>Lets seconds pass in the browser, also while its page is being replaced, until a condition holds.</summary>
    private async Task Pass(int seconds, Func<Task<bool>>? until = null)
    {
        for (var second = 0; second < seconds; second++)
        {
            try
            {
                await _page.Clock.RunForAsync(1_000);
                if (until is not null && await until())
                    return;
            }
            catch (PlaywrightException failure) when (failure.Message.Contains("Execution context was destroyed", StringComparison.Ordinal))
            {
                await _page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
            }
        }
    }

    /// <summary>Lets time pass until the screen shows a notice; it must within a minute.</summary>
    private async Task EndsInANotice()
    {
        await Pass(60, async () => await _page.Locator("html[data-state=current][data-whole=true]").CountAsync() == 1);
        await Expect(Root).ToHaveAttributeAsync("data-state", "current");
        await Expect(Root).ToHaveAttributeAsync("data-whole", "true");
        await Expect(_page.Locator("[data-capture=video][data-certainty=reported]:not([data-fleet])")).ToBeVisibleAsync();
    }
}
