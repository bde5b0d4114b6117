using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>
/// Only a fresh signed answer to the screen's own question confirms a notice. A network that stores, replays or shortens answers can make a
/// screen show its worst case, and nothing better.
/// </summary>
public sealed class KioskFreshnessTests(SampleCity city, Chromium chromium) : KioskTestBase(city, chromium)
{
    [Fact]
    public async Task A_screen_states_the_age_of_its_confirmation_while_it_is_current()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        Assert.Equal("0 s ago", await Age());
        await Asks(network);
        await Stands("current");
        for (var second = 0; second < 40; second++)
        {
            await Pass(1);
            // It asks every 15 seconds, and the answer may take some of this clock's seconds; after 35 it would not be current.
            Assert.Matches("^([12]?\\d|3[0-4]) s ago$", await Age());
        }

        await Expect(Page.Locator("[data-part=age] time[data-as-of]")).ToHaveAttributeAsync("data-as-of", "2026-11-23T23:00:00.000Z");
        await Stands("current");
    }

    [Fact]
    public async Task A_screen_that_gets_only_304_shows_the_worst_case_after_35_seconds()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        network.AnswersNotModified();
        await Pass(36);
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
    }

    [Fact]
    public async Task A_replayed_confirmation_confirms_nothing()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        network.ReplaysItsLastAnswers();
        await Pass(36);
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
    }

    [Fact]
    public async Task A_replayed_notice_is_refused_by_a_screen_that_has_stored_nothing()
    {
        await Watches(Issued(9, Hears), wire => wire.Carries(Issued(3, Sees).ToJws(), inForce: Issued(9, Hears)));
        await SaysThatItCouldNotConfirm();
    }

    [Fact]
    public async Task A_notice_that_another_one_replaced_is_not_shown_as_current()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        network.Carries(Issued(3, Sees).ToJws(), inForce: Issued(4, Hears));
        await Asks(network);
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
        network.Carries(Issued(4, Hears));
        await Recovers();
        await Shows("video reported", "audio reported");
    }

    [Fact]
    public async Task A_replaced_notice_stays_refused_while_the_next_one_is_on_its_way()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        network.Carries(Issued(3, Sees).ToJws(), inForce: Issued(4, Hears));
        await Asks(network);
        await Stands("unconfirmed");
        network.NoticeHangs = true;
        var fetched = network.Fetched;
        for (var second = 0; second < 10; second++)
        {
            await Pass(1);
            await Stands("unconfirmed");
        }

        Assert.True(network.Fetched > fetched); // It asked, and waited for the answer.
    }

    [Fact]
    public async Task An_earlier_notice_with_the_sequence_of_another_is_refused()
    {
        var before = City.Time.GetUtcNow().AddSeconds(-1);
        var earlier = City.NoticeAt(before, SampleCity.Lobby, 3, City.Key, ("facility-camera", Sensors, Sees));
        var network = await Watches(Issued(3, Hears));
        await Stands("current");
        network.Carries(earlier);
        await Asks(network);
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
    }

    [Fact]
    public async Task A_confirmation_holds_no_longer_than_it_says()
    {
        var network = await Watches(Issued(3, Sees), wire => wire.ValidSeconds = 12);
        await Stands("current");
        network.IsCut();
        await Pass(13);
        await Stands("unconfirmed");
    }

    [Theory]
    [InlineData(14 * 365 * 24 * 3600)]
    [InlineData(60)]
    [InlineData(-3600)]
    public async Task A_screen_whose_clock_was_set_says_that_the_time_is_not_confirmed(int seconds)
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        network.IsCut();
        await SetsClock(seconds);
        await Pass(1);
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
        Assert.Equal("Time not confirmed", await Age());
        network.Carries(Issued(3, Sees));
        await Recovers();
        Assert.Matches("^\\d s ago$", await Age());
    }

    [Fact]
    public async Task A_screen_that_is_offline_for_a_month_states_its_age_in_days()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        network.IsCut();
        for (var half = 0; half < 2; half++)
            await Page.Clock.FastForwardAsync(15 * 86_400_000 + 3_600_000);
        await Stands("unconfirmed");
        Assert.Equal("Last confirmed 30 d 2 h ago", await Age());
    }

    [Fact]
    public async Task A_screen_that_comes_back_from_another_page_asks_before_it_says_now()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        network.IsCut();
        await Page.EvaluateAsync("() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
        network.Carries(Issued(3, Sees));
        await Page.EvaluateAsync("() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
        await Stands("current");
    }

    /// <summary>Lets time pass until the screen is current again; it must within half a minute.</summary>
    private async Task Recovers()
    {
        for (var second = 0; second < 30 && await Root.GetAttributeAsync("data-state") != "current"; second++)
            await Pass(1);
        await Stands("current");
    }

    /// <summary>Sets the wall clock of the browser's machine; its monotonic clock goes on.</summary>
    private Task<System.Text.Json.JsonElement?> SetsClock(int seconds) =>
        Page.EvaluateAsync("ms => { const now = Date.now; Date.now = () => now() + ms; }", seconds * 1_000L);
}
