using Microsoft.Playwright;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Present;

/// <summary>A page of the present in a real browser, whose clock and network a test holds.</summary>
public sealed class PresentScriptTests(SampleCity city, Chromium chromium) : IAsyncLifetime
{
    private const string Place = "/places/" + SampleCity.Lobby;

    private IBrowserContext _glass = null!;
    private IPage _page = null!;
    private PresentNetwork _network = null!;

    public static TheoryData<string> Addresses() => PresentPageTests.Addresses();

    public async ValueTask InitializeAsync()
    {
        _glass = await chromium.Glass(390, 844);
        _page = await _glass.NewPageAsync();
        await _page.Clock.InstallAsync(new() { TimeDate = city.Time.GetUtcNow().UtcDateTime });
        await _page.Clock.PauseAtAsync(city.Time.GetUtcNow().UtcDateTime.AddSeconds(1));
        _network = await PresentNetwork.ToAsync(_page, city);
    }

    public async ValueTask DisposeAsync() => await _glass.CloseAsync();

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_page_that_the_registry_no_longer_answers_says_its_worst_case(string address)
    {
        await OpensAsync(address);
        await Chromium.Picture(_page, $"present-390{address.Replace('/', '-')}");
        _network.IsCut();
        await PassAsync(33);
        await StandsAsync("current");
        await PassAsync(3);
        await StandsAsync("unconfirmed");
        await SaysNothingOfThePresentAsync();
        await Expect(_page.Locator(".as-of .stated")).ToContainTextAsync("Not confirmed since November 23, 2026, 3:00:00 PM (UTC−08:00).");
        await Expect(_page.Locator(".as-of [role=status]")).ToContainTextAsync("Not confirmed since");
        foreach (var (width, height) in new[] { (1280, 900), (390, 844) })
        {
            await _page.SetViewportSizeAsync(width, height);
            await Chromium.Picture(_page, $"fallen-{width}{address.Replace('/', '-')}");
            Assert.Empty(await _page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, 7.0));
            Assert.Empty(await _page.EvaluateAsync<string[]>(LayoutChecks.CutOff, false));
        }
    }

    [Fact]
    public async Task A_page_is_renewed_in_place_and_says_the_new_time()
    {
        await OpensAsync(Place);
        await Expect(Facts).ToHaveCountAsync(1);
        _network.Carries(html => html.Replace(">Video: recorded", ">Sound: recorded", StringComparison.Ordinal));
        await AsksAsync();
        await Expect(Facts.First).ToContainTextAsync("Sound: recorded");
        await Expect(_page.Locator(".as-of time").First).Not.ToHaveAttributeAsync("data-as-of", "2026-11-23T23:00:00.000Z");
        await PassAsync(60);
        await StandsAsync("current");
        Assert.Equal(_network.Nonces.Count, _network.Nonces.Distinct().Count());
    }

    [Fact]
    public async Task A_page_that_is_renewed_leaves_focus_scrolling_and_what_the_reader_opened()
    {
        await OpensAsync(Place);
        await _page.Locator("details summary").ClickAsync();
        await _page.EvaluateAsync(
            """
            () => {
              scrollTo(0, 900);
              window.focused = document.querySelector("details summary");
              focused.focus({ preventScroll: true });
            }
            """
        );
        _network.Carries(html => html.Replace("3:00:00 PM", "3:00:15 PM", StringComparison.Ordinal));
        await AsksAsync();
        await Expect(_page.Locator(".as-of .stated")).ToContainTextAsync("3:00:15 PM");
        Assert.True(
            await _page.EvaluateAsync<bool>("() => document.activeElement === focused && focused.parentElement.open && scrollY === 900")
        );
        await Expect(_page.Locator(".as-of [role=status]")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task A_page_that_the_registry_answers_again_says_the_present_again()
    {
        await OpensAsync(Place);
        _network.IsCut();
        await PassAsync(36);
        await StandsAsync("unconfirmed");
        _network.Carries();
        await AsksAsync();
        await StandsAsync("current");
        await Expect(Facts).ToHaveCountAsync(1);
        await Expect(_page.Locator(".as-of .stated")).ToContainTextAsync("As of");
        await Expect(_page.Locator(".as-of [role=status]")).ToContainTextAsync("As of");
    }

    [Fact]
    public async Task An_answer_to_another_request_does_not_renew_a_page()
    {
        await OpensAsync(Place);
        _network.Carries(html => html.Replace(_network.Nonces[^1], "AAAAAAAAAAAAAAAAAAAAAAAA", StringComparison.Ordinal));
        await PassAsync(36);
        await StandsAsync("unconfirmed");
        await SaysNothingOfThePresentAsync();
    }

    [Fact]
    public async Task An_old_answer_does_not_renew_a_page_although_it_names_the_nonce()
    {
        var stored = await city.Reader.GetStringAsync(Place + "?nonce=AAAAAAAAAAAAAAAAAAAAAAAA", TestContext.Current.CancellationToken);
        await OpensAsync(Place);
        _network.Replays(stored.Replace("AAAAAAAAAAAAAAAAAAAAAAAA", "{nonce}", StringComparison.Ordinal));
        await PassAsync(36);
        await StandsAsync("unconfirmed");
    }

    [Fact]
    public async Task A_page_out_of_a_store_says_nothing_of_the_present_before_it_is_confirmed()
    {
        await _page.RouteAsync(
            "**" + Place,
            async route =>
            {
                var answer = await route.FetchAsync();
                var body = (await answer.TextAsync()).Replace("T23:00:00.000Z", "T22:00:00.000Z", StringComparison.Ordinal);
                await route.FulfillAsync(new() { Response = answer, Body = body });
            }
        );
        _network.IsCut();
        await _page.GotoAsync(city.Url + Place);
        await StandsAsync("unconfirmed");
        await SaysNothingOfThePresentAsync();
        _network.Carries();
        await AsksAsync();
        await StandsAsync("current");
    }

    [Fact]
    public async Task A_page_that_is_put_away_comes_back_with_its_worst_case()
    {
        await OpensAsync(Place);
        _network.IsCut();
        await _page.EvaluateAsync("() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
        await StandsAsync("unconfirmed");
        await SaysNothingOfThePresentAsync();
        _network.Carries();
        await _page.EvaluateAsync("() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
        await StandsAsync("current");
    }

    [Fact]
    public async Task A_page_that_was_hidden_is_old_before_it_is_seen_again()
    {
        await OpensAsync(Place);
        await _page.EvaluateAsync("() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })");
        // No timer of a page runs while its tab is frozen; only its clocks go on.
        await _page.EvaluateAsync(
            """
            () => {
              for (const clock of [performance, Date]) { const now = clock.now.bind(clock); clock.now = () => now() + 36_000; }
              delete document.hidden;
              document.dispatchEvent(new Event("visibilitychange"));
              window.seen = document.documentElement.dataset.state;
            }
            """
        );
        Assert.Equal("unconfirmed", await _page.EvaluateAsync<string>("() => seen"));
        await StandsAsync("current");
    }

    [Fact]
    public async Task A_hidden_page_asks_nothing()
    {
        await OpensAsync(Place);
        await _page.EvaluateAsync("() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })");
        await PassAsync(36);
        Assert.Equal(0, _network.Asked);
        await StandsAsync("unconfirmed");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-3600)]
    public async Task A_page_whose_clock_was_set_says_its_worst_case_until_it_is_confirmed(int seconds)
    {
        await OpensAsync(Place);
        _network.IsCut();
        await _page.EvaluateAsync("ms => { const now = Date.now; Date.now = () => now() + ms; }", seconds * 1_000L);
        await PassAsync(1);
        await StandsAsync("unconfirmed");
    }

    [Fact]
    public async Task A_reader_can_stop_the_renewal_and_the_page_then_says_its_worst_case()
    {
        await OpensAsync(Place);
        var hold = _page.Locator(".as-of button");
        await hold.ClickAsync();
        await Expect(hold).ToHaveTextAsync("Update again");
        await PassAsync(36);
        Assert.Equal(0, _network.Asked);
        await StandsAsync("unconfirmed");
        await hold.ClickAsync();
        await StandsAsync("current");
        await Expect(hold).ToHaveTextAsync("Stop updating");
    }

    [Fact]
    public async Task A_page_whose_script_was_lost_grows_old_by_itself()
    {
        await _page.RouteAsync("**/present.js", route => route.AbortAsync());
        await _page.GotoAsync(city.Url + Place);
        var stale = _page.Locator(".as-of .stale");
        await Expect(stale).ToBeHiddenAsync();
        Assert.Equal(
            40_000,
            await _page.EvaluateAsync<int>(
                """
                () => {
                  const [aging] = document.querySelector(".stale").getAnimations();
                  aging.finish();
                  return aging.effect.getTiming().delay;
                }
                """
            )
        );
        await Expect(stale).ToBeVisibleAsync();
        await Expect(stale).ToContainTextAsync("All that these devices can capture may be recorded.");
    }

    private ILocator Facts => _page.Locator(".facts > li[data-fleet='']");

    private async Task OpensAsync(string address)
    {
        await _page.GotoAsync(city.Url + address);
        await StandsAsync("current");
    }

    private Task StandsAsync(string state) => Expect(_page.Locator("html")).ToHaveAttributeAsync("data-state", state);

    private Task SaysNothingOfThePresentAsync() =>
        Expect(_page.Locator("[data-certainty=reported], [data-presence]:not([data-presence=unknown])")).ToHaveCountAsync(0);

    /// <summary>Lets seconds pass in the browser, one by one.</summary>
    private async Task PassAsync(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            await _page.Clock.RunForAsync(1_000);
            await _network.Answered;
        }
    }

    /// <summary>Lets time pass until the page asks to be confirmed, as it must every 15 seconds.</summary>
    private async Task AsksAsync()
    {
        var asked = _network.Asked;
        for (var second = 0; _network.Asked == asked; second++)
        {
            Assert.True(second <= 17, "The page did not ask within 15 s.");
            await PassAsync(1);
        }
    }
}
