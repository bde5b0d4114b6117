using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>A screen in a real browser shows what it verified, and nothing else; what it cannot confirm it shows at its worst.</summary>
public sealed class KioskScreenTests(SampleCity city, Chromium chromium) : KioskTestBase(city, chromium)
{
    [Fact]
    public async Task The_screen_follows_a_camera_that_begins_to_record_sound()
    {
        await Opens();
        await Stands("current");
        await Shows("video reported");
        await City.Hears("east-precinct-lobby-1", Hears);
        await Shows("video reported", "audio reported");
        await Expect(Page.Locator("h1")).ToHaveTextAsync("Video and sound are recorded here");
        await Expect(Page.Locator("[data-row=audio]")).ToContainTextAsync("No rule allows this");
        await Expect(Page.Locator("[data-detail='facility-camera audio reported']")).ToContainTextAsync("SPD Manual 10.060");
        await City.Hears("east-precinct-lobby-1", Sees);
        await Shows("video reported");
        Assert.Empty(Foreign);
        Assert.Empty(await Glass.CookiesAsync());
    }

    [Fact]
    public async Task The_screen_has_the_sequence_and_the_hash_of_its_notice()
    {
        var notice = Issued(7, Sees);
        await Watches(notice);
        await Stands("current");
        await Expect(Root).ToHaveAttributeAsync("data-sequence", "7");
        await Expect(Root).ToHaveAttributeAsync("data-notice-hash", notice.Hash);
    }

    [Fact]
    public async Task The_screen_refuses_a_notice_with_one_flipped_byte()
    {
        var network = await Watches(Issued(1, Hears));
        await Stands("current");
        var next = Issued(2, Sees);
        network.Carries(Flipped(next), inForce: next);
        await Asks(network);
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
        await Expect(Root).ToHaveAttributeAsync("data-sequence", "1");
    }

    [Fact]
    public async Task The_screen_refuses_a_notice_signed_with_another_key()
    {
        using var forged = NoticeKey.New();
        await Watches(City.Notice(SampleCity.Lobby, 1, forged, ("facility-camera", Sensors, Sees)));
        await SaysThatItCouldNotConfirm();
    }

    [Fact]
    public async Task The_screen_refuses_the_notice_of_another_place()
    {
        var other = City.Notice("harbor-bridge", 1, City.Key, ("traffic-camera", [Capture.Video], null));
        await Watches(Issued(1, Sees), wire => wire.Carries(other.ToJws(), inForce: Issued(1, Sees)));
        await SaysThatItCouldNotConfirm();
    }

    [Fact]
    public async Task The_screen_refuses_a_lower_sequence_even_after_a_restart()
    {
        await Watches(Issued(9, Hears));
        await Stands("current");
        await Page.CloseAsync();
        Page = await Glass.NewPageAsync();
        await Freezes();
        await Watches(Issued(8, Sees));
        await SaysThatItCouldNotConfirm();
    }

    [Fact]
    public async Task A_screen_that_is_cut_off_shows_the_worst_case_and_a_growing_age()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        await Shows("video reported");
        network.IsCut();
        await Pass(34);
        await Stands("current");
        await Shows("video reported");
        await Pass(2);
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
        Assert.Equal("Last confirmed 36 s ago", await Age());
        await Pass(1);
        Assert.Equal("Last confirmed 37 s ago", await Age());
        await Chromium.Picture(Page, "kiosk-cut-off");
        network.Carries(Issued(3, Sees));
        await Page.Clock.RunForAsync(20_000);
        await Stands("current");
        await Shows("video reported");
    }

    [Fact]
    public async Task An_unchanged_notice_is_confirmed_again_and_not_fetched_again()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        for (var i = 0; i < 5; i++)
        {
            await Asks(network);
            await Stands("current");
        }

        Assert.Equal(1, network.Fetched);
    }

    [Fact]
    public async Task A_screen_that_verified_nothing_never_says_that_nothing_is_recorded()
    {
        var network = await Watches(Issued(1, Sees), wire => wire.IsCut());
        await SaysThatItCouldNotConfirm();
        await Chromium.Picture(Page, "kiosk-never");
        Assert.True(network.Asked > 0);
    }

    [Fact]
    public async Task The_screen_ignores_the_answer_of_a_proxy()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        network.IsAnsweredByAProxy(410);
        await Asks(network);
        await Stands("current");
        await Pass(36);
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
    }

    [Fact]
    public async Task A_screen_out_of_service_shows_the_worst_case()
    {
        await Opens();
        await Stands("current");
        var asked = new TaskCompletionSource();
        await Page.RouteAsync(
            "**/kiosks/*/confirmation?*",
            route =>
            {
                asked.TrySetResult();
                return route.FulfillAsync(
                    new()
                    {
                        Status = 410,
                        ContentType = "application/problem+json",
                        Body = """{"type":"/problems/gone","status":410}""",
                    }
                );
            }
        );
        for (var seconds = 0; !asked.Task.IsCompleted && seconds < 16; seconds++)
            await Pass(1);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10)); // The request may still be on its way.
        await Stands("closed");
        await Shows("video unknown", "audio unknown");
        await Expect(Page.Locator("[data-part=standing]")).ToContainTextAsync("Recording may be in progress");
    }

    [Fact]
    public async Task An_unreviewed_translation_is_marked_in_its_language_and_in_English()
    {
        await Watches(Issued(1, Sees));
        await Page.GetByRole(AriaRole.Button, new() { Name = "Español" }).ClickAsync();
        await Expect(Root).ToHaveAttributeAsync("lang", "es");
        await Expect(Page.Locator("[data-part=unreviewed]")).ToContainTextAsync("Traducción no revisada");
        await Expect(Page.Locator("[data-part=unreviewed]")).ToContainTextAsync("Translation not reviewed");
        await Expect(Page.Locator(".sample")).ToContainTextAsync("Sample data, not a notice of any city");
    }

    [Fact]
    public async Task A_notice_of_an_older_registry_is_shown_with_its_lines()
    {
        await Watches(Issued(1, Hears).Rewritten(City, text => text.Remove("firstView")));
        await Stands("current");
        await Shows("video reported", "audio reported");
        await Expect(Page.Locator("h1")).ToHaveTextAsync("What is recorded here now");
        await Expect(Page.Locator("[data-row=audio]")).ToContainTextAsync("Audio: recorded");
    }

    [Fact]
    public async Task The_screen_refuses_a_notice_whose_first_view_leaves_out_a_fact()
    {
        await Watches(Issued(1, Hears).Rewritten(City, text => text["firstView"]!["rows"]!.AsArray().RemoveAt(1)));
        await SaysThatItCouldNotConfirm();
    }

    [Fact]
    public async Task A_browser_without_scripts_is_sent_to_thePage_of_the_place()
    {
        await using var plain = await Browser.Glass(scripts: false);
        var page = await plain.NewPageAsync();
        await page.GotoAsync($"{City.Url}/kiosks/{SampleCity.LobbyKiosk}");
        await Expect(page.Locator("body")).ToContainTextAsync("Recording may be in progress");
        await page.GetByRole(AriaRole.Link, new() { Name = "notice of this place" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("East Precinct, public lobby");
    }
}
