using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>
/// A screen that a clerk moves or retires while it hangs on a wall. Until it is confirmed at its new place it says nothing as current.
/// These tests have a city of their own.
/// </summary>
public sealed class KioskMoveTests(StaffedCity own, Chromium chromium) : IClassFixture<StaffedCity>, IAsyncLifetime
{
    private const string Bridge = "harbor-bridge";

    private readonly SampleCity _city = own.City;
    private IBrowserContext _glass = null!;
    private IPage _page = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ILocator Root => _page.Locator("html");

    public async ValueTask InitializeAsync()
    {
        _glass = await chromium.Glass();
        _page = await _glass.NewPageAsync();
        await _page.GotoAsync($"{_city.Url}/kiosks/{SampleCity.LobbyKiosk}");
        await StandsAsync("current", SampleCity.Lobby);
    }

    public async ValueTask DisposeAsync()
    {
        await _glass.CloseAsync();
        await RecordAsync(new Kiosk(SampleCity.LobbyKiosk, SampleCity.Lobby));
    }

    [Fact]
    public async Task A_moved_screen_shows_the_notice_of_its_new_place_and_its_QR_code_leads_there()
    {
        var before = await _page.Locator("img.qr").GetAttributeAsync("src");
        await RecordAsync(new Kiosk(SampleCity.LobbyKiosk, Bridge));
        await StandsAsync("current", Bridge);
        await Expect(_page.Locator("[data-part=place]")).ToContainTextAsync("Harbor Bridge");
        await Expect(_page.Locator("[data-part=more] a")).ToHaveAttributeAsync("href", $"/places/{Bridge}?lang=en");
        await Expect(_page.Locator("img.qr")).Not.ToHaveAttributeAsync("src", before!);

        // It listens to its new place: what changes there comes without waiting for the next confirmation.
        await RecordAsync(new Kiosk(SampleCity.LobbyKiosk, SampleCity.Lobby));
        await StandsAsync("current", SampleCity.Lobby);
    }

    [Fact]
    public async Task A_moved_screen_refuses_the_notice_of_its_old_place()
    {
        var old = await _city.Reader.GetStringAsync($"{_city.Url}/kiosks/{SampleCity.LobbyKiosk}/notice", Cancellation);
        await _page.RouteAsync(
            $"**/kiosks/{SampleCity.LobbyKiosk}/notice",
            route => route.FulfillAsync(new() { Body = old, ContentType = "application/jose+json" })
        );
        await RecordAsync(new Kiosk(SampleCity.LobbyKiosk, Bridge));
        await Expect(Root).ToHaveAttributeAsync("data-state", "unconfirmed");
        await Expect(_page.Locator("[data-part=title]")).ToContainTextAsync("may be recorded");
    }

    [Fact]
    public async Task A_retired_screen_says_at_once_that_it_is_out_of_service()
    {
        await RecordAsync(new Kiosk(SampleCity.LobbyKiosk, SampleCity.Lobby, Removed: true));
        await Expect(Root).ToHaveAttributeAsync("data-state", "closed");
        await Expect(_page.Locator("[data-part=standing]")).ToContainTextAsync("taken out of service");
        await Expect(_page.Locator("[data-part=title]")).ToContainTextAsync("may be recorded");
    }

    private async Task StandsAsync(string state, string place)
    {
        await Expect(Root).ToHaveAttributeAsync("data-state", state);
        await Expect(Root).ToHaveAttributeAsync("data-place", place);
    }

    private async Task RecordAsync(Kiosk kiosk)
    {
        var latest = (await _city.Memory.Screens.FindAsync(kiosk.Id, null, Cancellation))!;
        var act = new RegisterAct(new Attribution("device-clerk"), "why", _city.Time.GetUtcNow());
        await _city.Memory.Screens.ChangeAsync(kiosk, latest.Number, act, Cancellation);
        foreach (var place in (string[])[SampleCity.Lobby, Bridge])
        {
            await _city.Grains.Place(place).MarkDevicesChanged();
            await _city.Grains.Place(place).Describe();
        }
    }
}
