using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>A screen in a real browser shows what it verified, and nothing else; what it cannot confirm it shows at its worst.</summary>
public sealed class KioskScreenTests(SampleCity city, Chromium chromium) : IAsyncLifetime
{
    private static readonly ImmutableArray<Capture> Sensors = [Capture.Video, Capture.Audio];
    private static readonly CaptureReport Sees = default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off);
    private static readonly CaptureReport Hears = Sees.With(Capture.Audio, Mode.Recorded);

    private readonly List<string> _foreign = [];
    private IBrowserContext _glass = null!;
    private IPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _glass = await chromium.Glass();
        _page = await _glass.NewPageAsync();
        _page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(city.Url + "/", StringComparison.Ordinal))
                _foreign.Add(request.Url);
        };
        await Freezes();
    }

    public async ValueTask DisposeAsync() => await _glass.CloseAsync();

    [Fact]
    public async Task The_screen_follows_a_camera_that_begins_to_record_sound()
    {
        await Opens();
        await Stands("current");
        await Shows("video reported");
        await city.Hears("east-precinct-lobby-1", Hears);
        await Shows("video reported", "audio reported");
        await Expect(_page.Locator("[data-capture=audio]")).ToContainTextAsync("SPD Manual 10.060");
        await city.Hears("east-precinct-lobby-1", Sees);
        await Shows("video reported");
        Assert.Empty(_foreign);
        Assert.Empty(await _glass.CookiesAsync());
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
        network.Carries(Flipped(Issued(2, Sees)));
        await Asks(network, within: 40);
        await Shows("video reported", "audio reported");
        await Expect(Root).ToHaveAttributeAsync("data-sequence", "1");
        await _page.Clock.FastForwardAsync(91_000);
        await Stands("unconfirmed");
    }

    [Fact]
    public async Task The_screen_refuses_a_notice_signed_with_another_key()
    {
        using var forged = NoticeKey.New();
        await Watches(city.Notice(SampleCity.Lobby, 1, forged, ("facility-camera", Sensors, Sees)));
        await SaysThatItCouldNotConfirm();
    }

    [Fact]
    public async Task The_screen_refuses_the_notice_of_another_place()
    {
        await Watches(city.Notice("harbor-bridge", 1, city.Key, ("traffic-camera", [Capture.Video], null)));
        await SaysThatItCouldNotConfirm();
    }

    [Fact]
    public async Task The_screen_refuses_a_lower_sequence_even_after_a_restart()
    {
        await Watches(Issued(9, Hears));
        await Stands("current");
        await _page.CloseAsync();
        _page = await _glass.NewPageAsync();
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
        await _page.Clock.FastForwardAsync(80_000);
        await Stands("current");
        await _page.Clock.FastForwardAsync(11_000);
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
        var age = await Age();
        Assert.Equal(91, age);
        await _page.Clock.RunForAsync(1_000);
        Assert.Equal(age + 1, await Age());
        await Chromium.Picture(_page, "kiosk-cut-off");
        network.Carries(Issued(3, Sees));
        await _page.Clock.RunForAsync(20_000);
        await Stands("current");
        await Shows("video reported");
    }

    [Fact]
    public async Task An_unchanged_notice_counts_as_confirmed()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        var asked = network.Asked;
        for (var i = 0; i < 5; i++)
            await Asks(network, within: 40);
        await Stands("current");
        Assert.Equal(asked + 5, network.Asked);
    }

    [Fact]
    public async Task A_screen_that_verified_nothing_never_says_that_nothing_is_recorded()
    {
        var network = await Watches(Issued(1, Sees), cut: true);
        await SaysThatItCouldNotConfirm();
        await Chromium.Picture(_page, "kiosk-never");
        Assert.True(network.Asked > 0);
    }

    [Fact]
    public async Task The_screen_ignores_the_answer_of_a_proxy()
    {
        var network = await Watches(Issued(3, Sees));
        await Stands("current");
        network.IsAnsweredByAProxy(410);
        await Asks(network, within: 40);
        await Stands("current");
        await _page.Clock.FastForwardAsync(91_000);
        await Stands("unconfirmed");
        await Shows("video unknown", "audio unknown");
    }

    [Fact]
    public async Task A_screen_out_of_service_shows_the_worst_case()
    {
        await Opens();
        await Stands("current");
        var asked = false;
        await _page.RouteAsync(
            "**/kiosks/*/notice",
            route =>
            {
                asked = true;
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
        // A question that was on its way before is answered first, and the next comes a third of the notice's validity after it: before
        // that ends.
        for (var seconds = 0; !asked && seconds < 60; seconds++)
            await _page.Clock.RunForAsync(1_000);
        Assert.True(asked, "It did not ask again within its notice's validity.");
        await Stands("closed");
        await Shows("video unknown", "audio unknown");
        await Expect(_page.Locator("[data-part=standing]")).ToContainTextAsync("Recording may be in progress");
    }

    [Fact]
    public async Task An_unreviewed_translation_is_marked_in_its_language_and_in_English()
    {
        await Watches(Issued(1, Sees));
        await _page.GetByRole(AriaRole.Button, new() { Name = "Español" }).ClickAsync();
        await Expect(Root).ToHaveAttributeAsync("lang", "es");
        await Expect(_page.Locator("[data-part=unreviewed]")).ToContainTextAsync("traductor cualificado");
        await Expect(_page.Locator("[data-part=unreviewed]")).ToContainTextAsync("not been reviewed by a qualified translator");
        await Expect(_page.Locator(".sample")).ToContainTextAsync("Sample data, not a notice of any city");
    }

    [Fact]
    public async Task A_browser_without_scripts_is_sent_to_the_page_of_the_place()
    {
        await using var plain = await chromium.Glass(scripts: false);
        var page = await plain.NewPageAsync();
        await page.GotoAsync($"{city.Url}/kiosks/{SampleCity.LobbyKiosk}");
        await Expect(page.Locator("body")).ToContainTextAsync("Recording may be in progress");
        await page.GetByRole(AriaRole.Link, new() { Name = "notice of this place" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("East Precinct, public lobby");
    }

    /// <summary>Time stands still in the browser; only a test lets it pass.</summary>
    private async Task Freezes()
    {
        await _page.Clock.InstallAsync(new() { TimeDate = city.Time.GetUtcNow().UtcDateTime });
        await _page.Clock.PauseAtAsync(city.Time.GetUtcNow().UtcDateTime.AddSeconds(1));
    }

    private ILocator Root => _page.Locator("html");

    private Task<IResponse?> Opens() => _page.GotoAsync($"{city.Url}/kiosks/{SampleCity.LobbyKiosk}");

    private async Task<KioskNetwork> Watches(SignedNotice notice, bool cut = false)
    {
        var network = await KioskNetwork.To(_page, notice);
        if (cut)
            network.IsCut();
        await Opens();
        return network;
    }

    private SignedNotice Issued(long sequence, CaptureReport heard) =>
        city.Notice(SampleCity.Lobby, sequence, city.Key, ("facility-camera", Sensors, heard));

    private Task Stands(string state) => Expect(Root).ToHaveAttributeAsync("data-state", state);

    private async Task Shows(params string[] facts)
    {
        var shown = _page.Locator("[data-part=facts] > li[data-capture]:not([data-fleet])");
        await Expect(shown).ToHaveCountAsync(facts.Length);
        foreach (var fact in facts)
            await Expect(_page.Locator($"[data-capture={fact.Split(' ')[0]}][data-certainty={fact.Split(' ')[1]}]")).ToHaveCountAsync(1);
    }

    private async Task SaysThatItCouldNotConfirm()
    {
        await Expect(_page.Locator("[data-part=standing]"))
            .ToContainTextAsync("could not confirm the notice. Recording may be in progress.");
        await Stands("unconfirmed");
        await Shows();
        await Expect(Root).Not.ToHaveAttributeAsync("data-sequence", new System.Text.RegularExpressions.Regex(".*"));
    }

    /// <summary>Lets time pass, second by second, until the screen asks again; within the seconds given, as it must.</summary>
    private async Task Asks(KioskNetwork network, int within)
    {
        var asked = network.Asked;
        for (var second = 0; network.Asked == asked; second++)
        {
            Assert.True(second <= within, $"The screen did not ask again within {within} s.");
            await _page.Clock.RunForAsync(1_000);
        }
    }

    private async Task<int> Age()
    {
        var text = await _page.Locator("[data-part=age]").InnerTextAsync();
        var numbers = System.Text.RegularExpressions.Regex.Matches(text, @"\d+").Select(match => int.Parse(match.Value)).ToArray();
        return numbers.Length == 1 ? numbers[0] : numbers[0] * 60 + numbers[1];
    }

    /// <summary>One bit of the payload is another: "recorded" is now "qecorded", say.</summary>
    private static string Flipped(SignedNotice notice)
    {
        var bytes = notice.PayloadBytes();
        bytes[bytes.Length / 2] ^= 1;
        var jws = JsonNode.Parse(notice.ToJws())!;
        jws["payload"] = Base64Url.EncodeToString(bytes);
        return jws.ToJsonString();
    }
}
