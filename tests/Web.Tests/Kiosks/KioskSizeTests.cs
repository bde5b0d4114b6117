using System.Collections.Immutable;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>
/// The type of a screen is as large as its readers are far away, in every state and language and with the longest rules. What does not fit
/// is on another page, whole.
/// </summary>
public sealed class KioskSizeTests(SampleCity city, Chromium chromium)
{
    /// <summary>A telephone: 160 pixels an inch, in a hand.</summary>
    private const double PhonePixels = 160 / 25.4,
        PhoneDistance = 330;

    private static readonly ImmutableArray<Capture> Both = [Capture.Video, Capture.Audio];
    private static readonly CaptureReport Sees = default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off);
    private static readonly CaptureReport Hears = Sees.With(Capture.Audio, Mode.Recorded);

    private static readonly (string Name, (string, ImmutableArray<Capture>, CaptureReport?)[] Devices)[] States =
    [
        ("one fact", [("facility-camera", [Capture.Video], Sees)]),
        (
            "four facts",
            [
                ("facility-camera", [Capture.Video], Sees),
                ("alpr-fixed", [Capture.Plates], default(CaptureReport).With(Capture.Plates, Mode.Recorded)),
                ("public-cctv", [Capture.Faces], null),
                ("interview-room-camera", [Capture.Audio], null),
            ]
        ),
        ("silent", [("facility-camera", Both, null)]),
        ("unlawful sound", [("facility-camera", Both, Hears)]),
        ("off", [("facility-camera", Both, Sees.With(Capture.Video, Mode.Off))]),
        ("nothing registered", []),
    ];

    private int _sequence;

    [Theory]
    [InlineData(1080, 1920, 398, 2_000)]
    [InlineData(1080, 1920, 685, 2_000)]
    [InlineData(1920, 1080, 708, 2_000)]
    [InlineData(1920, 1080, 1_218, 3_000)]
    [InlineData(800, 480, 154, 500)]
    [InlineData(390, 844, 0, 0)]
    public async Task Type_is_as_large_as_readers_are_far_in_every_state_and_language(int width, int height, int widthMm, int distanceMm)
    {
        await using var glass = await chromium.Glass(width, height);
        var page = await glass.NewPageAsync();
        await page.Clock.InstallAsync(new() { TimeDate = city.Time.GetUtcNow().UtcDateTime });
        await page.Clock.PauseAtAsync(city.Time.GetUtcNow().UtcDateTime.AddSeconds(1));
        var network = await KioskNetwork.To(page, city, Notice(States[0].Devices));
        network.Glass = widthMm == 0 ? null : new Glass(width, height, widthMm, distanceMm);
        var (pixels, distance) = widthMm == 0 ? (PhonePixels, PhoneDistance) : ((double)width / widthMm, distanceMm);
        foreach (var language in new[] { "en", "es" })
        {
            foreach (var (name, devices) in States)
            {
                var notice = Notice(devices);
                network.Carries(notice);
                await page.GotoAsync($"{city.Url}/kiosks/{SampleCity.LobbyKiosk}?lang={language}");
                await Expect(page.Locator($"html[data-state=current][data-notice-hash='{notice.Hash}']")).ToHaveCountAsync(1);
                await Fits(page, pixels, distance, $"{width}-{widthMm} {name} {language}");
                if (name is not ("four facts" or "nothing registered"))
                    continue;
                network.IsCut();
                await page.Clock.FastForwardAsync(36_000);
                await Expect(page.Locator("html")).ToHaveAttributeAsync("data-state", "unconfirmed");
                await Fits(page, pixels, distance, $"{width}-{widthMm} {name} {language} cut off");
            }
        }
    }

    [Fact]
    public async Task A_screen_takes_over_new_measures_with_its_next_confirmation()
    {
        await using var glass = await chromium.Glass();
        var page = await glass.NewPageAsync();
        await page.Clock.InstallAsync(new() { TimeDate = city.Time.GetUtcNow().UtcDateTime });
        var network = await KioskNetwork.To(page, city, Notice(States[0].Devices));
        await page.GotoAsync($"{city.Url}/kiosks/{SampleCity.LobbyKiosk}");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-state", "current");
        await Expect(page.Locator("html")).Not.ToHaveAttributeAsync("data-width-mm", "398");
        network.Glass = new Glass(1080, 1920, 398, 4_000);
        await page.EvaluateAsync("() => dispatchEvent(new Event('online'))");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-width-mm", "398");
        Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.Small, new[] { 1080 / 398.0, 4_000 }));
    }

    /// <summary>Looks at every page: nothing is cut off, no type is too small, and the QR code is whole on one of them.</summary>
    private static async Task Fits(IPage page, double pixels, double distance, string name)
    {
        await page.Clock.RunForAsync(1_100);
        await Chromium.Picture(page, "size-" + name.Replace(' ', '-'));
        var small = await page.EvaluateAsync<string[]>(LayoutChecks.Small, new[] { pixels, distance });
        Assert.True(small.Length == 0, $"{name}: {string.Join(" | ", small.Take(5))}");
        var showsCode = false;
        var isWall = await page.Locator("html[data-wall]").CountAsync() > 0;
        Assert.Equal(distance != PhoneDistance, isWall);
        var count = await page.Locator("[data-part=turning]").IsVisibleAsync() ? await PagesOf(page) : 1;
        for (var turn = 0; turn < count; turn++)
        {
            var cut = await page.EvaluateAsync<string[]>(LayoutChecks.CutOff, isWall);
            Assert.True(cut.Length == 0, $"{name}, page {turn + 1} of {count}: {string.Join(" | ", cut.Take(5))}");
            showsCode |= !isWall || await page.EvaluateAsync<bool>(CodeIsWhole);
            if (count > 1)
                await page.Keyboard.PressAsync("PageDown");
        }

        Assert.True(showsCode, $"{name}: the QR code is whole on no page.");
    }

    private const string CodeIsWhole = """
        () => {
          const code = document.querySelector(".qr").getBoundingClientRect();
          const leaf = document.querySelector("[data-part=leaf]");
          const frame = document.querySelector("[data-part=leaf] .qr") ? leaf.getBoundingClientRect() : { top: 0, bottom: innerHeight };
          return code.top >= frame.top - 1 && code.bottom <= frame.bottom + 1 && code.left >= 0 && code.right <= innerWidth;
        }
        """;

    private static async Task<int> PagesOf(IPage page) =>
        int.Parse((await page.Locator("[data-part=page]").InnerTextAsync()).Split(' ')[^1], null);

    /// <summary>A notice whose rules and sources are three times as long as the longest of the city.</summary>
    private SignedNotice Notice((string, ImmutableArray<Capture>, CaptureReport?)[] devices) =>
        city.Notice(SampleCity.Lobby, ++_sequence, city.Key, devices)
            .Rewritten(
                city,
                text =>
                {
                    foreach (var fact in text["facts"]!.AsArray())
                        fact!["ruleLine"] = string.Join(' ', Enumerable.Repeat((string)fact["ruleLine"]!, 3));
                    foreach (var rule in text["firstView"]!["items"]!.AsArray().Where(item => (string?)item!["item"] == "rule"))
                        rule!["text"] = (string)rule["text"]! + ", Acquisition and Use of Surveillance Technologies";
                }
            );
}
