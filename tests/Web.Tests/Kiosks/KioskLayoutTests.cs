using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>Whatever a notice says, in whatever language: all of it can be read, on the glass and on a telephone.</summary>
public sealed class KioskLayoutTests(SampleCity city, Chromium chromium)
{
    /// <summary>WCAG 2.2, success criterion 1.4.6.</summary>
    private const double LeastContrast = 7;

    public static TheoryData<int, int, int, string> Screens()
    {
        var screens = new TheoryData<int, int, int, string>();
        var all =
            from size in new[] { (Width: 1080, Height: 1920), (Width: 390, Height: 844), (Width: 1920, Height: 1080) }
            from facts in new[] { 0, 1, 3, 6 }
            from language in new[] { "en", "es" }
            select (size.Width, size.Height, facts, language);
        foreach (var (width, height, facts, language) in all)
            screens.Add(width, height, facts, language);
        return screens;
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Everything_on_the_screen_is_readable(int width, int height, int facts, string language)
    {
        await using var glass = await chromium.Glass(width, height);
        var page = await glass.NewPageAsync();
        await KioskNetwork.To(page, city.Notice(SampleCity.Lobby, 12, city.Key, Units(facts)));
        await page.GotoAsync($"{city.Url}/kiosks/{SampleCity.LobbyKiosk}?lang={language}");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-state", "current");
        await Expect(page.Locator("[data-part=facts] > li[data-capture]")).ToHaveCountAsync(facts);
        await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        await Chromium.Picture(page, $"kiosk-{width}-{facts}-{language}");
        Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, LeastContrast));
        Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.CutOff, width > 700));
    }

    private static (string, ImmutableArray<Capture>, CaptureReport?)[] Units(int facts)
    {
        (string, ImmutableArray<Capture>, CaptureReport?)[] all =
        [
            Heard("facility-camera", Capture.Video),
            Silent("facility-camera", Capture.Audio),
            Heard("alpr-fixed", Capture.Plates),
            Heard("red-light-camera", Capture.Stills),
            Silent("public-cctv", Capture.Faces),
            Heard("public-cctv", Capture.Location),
        ];
        return facts == 0 ? [("facility-camera", [Capture.Video], default(CaptureReport).With(Capture.Video, Mode.Off))] : all[..facts];
    }

    private static (string, ImmutableArray<Capture>, CaptureReport?) Heard(string kind, Capture capture) =>
        (kind, [capture], default(CaptureReport).With(capture, Mode.Recorded));

    private static (string, ImmutableArray<Capture>, CaptureReport?) Silent(string kind, Capture capture) => (kind, [capture], null);
}
