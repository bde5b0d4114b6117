using System.Collections.Immutable;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>
/// Whatever a notice says, in whatever state and language and however long its rules are: all of it can be read, on a wall, on a telephone,
/// zoomed, in forced colors and on paper.
/// </summary>
public sealed class KioskLayoutTests(SampleCity city, Chromium chromium)
{
    /// <summary>WCAG 2.2, success criterion 1.4.6.</summary>
    private const double MinContrast = 7;

    private static readonly string Address = "/kiosks/" + SampleCity.LobbyKiosk;
    private static readonly int[] FactCounts = [0, 1, 3, 6, 8];

    private const int MaxMoves = 200;

    private int _sequence;

    [Theory]
    [InlineData(1080, 1920)]
    [InlineData(1920, 1080)]
    [InlineData(390, 844)]
    [InlineData(320, 640)]
    public async Task Everything_on_the_screen_is_readable_in_every_state_and_language(int width, int height)
    {
        var isWall = width > 700;
        await using var glass = await chromium.Glass(width, height);
        var (page, network) = await Opens(glass, "en");
        var sizes = new HashSet<string>();
        foreach (var language in new[] { "en", "es" })
        {
            await page.Locator($"[data-part=languages] [lang={language}]").ClickAsync();
            foreach (var (facts, rule) in FactCounts.SelectMany(count => (count == 6 ? [1, 6] : new[] { 1 }).Select(rule => (count, rule))))
            {
                await Carries(page, network, facts, rule);
                await IsReadable(page, isWall, $"kiosk-{width}-{facts}-{rule}-{language}");
                await NamesWhatCaptures(page);
                if (facts > 0)
                    sizes.Add(await Sizes(page));
                if (facts is not (0 or 6))
                    continue;
                network.IsCut();
                await page.Clock.FastForwardAsync(36_000);
                await Expect(page.Locator("html")).ToHaveAttributeAsync("data-state", "unconfirmed");
                await IsReadable(page, isWall, $"kiosk-{width}-{facts}-{rule}-{language}-worst");
            }
        }

        Assert.Single(sizes); // However much is recorded, the type and the QR code have one size.
    }

    [Theory]
    [InlineData(1080, 1920)]
    [InlineData(1920, 1080)]
    public async Task Details_that_take_turns_all_come_and_can_be_held(int width, int height)
    {
        await using var glass = await chromium.Glass(width, height);
        var (page, network) = await Opens(glass, "es");
        await Carries(page, network, facts: 6, rule: 6);
        var pages = await page.Locator("[data-part=page]").InnerTextAsync();
        await Chromium.Picture(page, $"kiosk-turning-{width}");
        var count = int.Parse(pages.Split(' ')[^1]);
        Assert.True(count > 1, pages);
        var seen = new HashSet<string>();
        for (var turn = 0; turn < count; turn++)
        {
            seen.UnionWith(await page.EvaluateAsync<string[]>(Lines, false));
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.CutOff, true));
            await page.Locator("[data-part=next]").ClickAsync();
        }

        Assert.Empty((await page.EvaluateAsync<string[]>(Lines, true)).Except(seen));
        Assert.Equal(pages, await page.Locator("[data-part=page]").InnerTextAsync());
        await page.Keyboard.PressAsync("PageDown");
        Assert.NotEqual(pages, await page.Locator("[data-part=page]").InnerTextAsync());
        await page.Keyboard.PressAsync("PageUp");
        await Holds();
        Assert.Equal(pages, await page.Locator("[data-part=page]").InnerTextAsync());
        await Holds();
        Assert.NotEqual(pages, await page.Locator("[data-part=page]").InnerTextAsync());

        async Task Holds()
        {
            await page.Locator("[data-part=pause]").ClickAsync();
            await page.Mouse.MoveAsync(5, 5);
            await page.EvaluateAsync("() => document.activeElement.blur()");
            await Pass(page, network, 50);
        }
    }

    [Theory]
    [InlineData(1080, 1920)]
    [InlineData(1920, 1080)]
    public async Task Zoom_of_200_percent_doubles_the_type_and_scrolls(int width, int height)
    {
        await using var glass = await chromium.Glass(width, height);
        var (page, network) = await Opens(glass, "en");
        await Carries(page, network, facts: 6, rule: 1);
        var before = await Sizes(page);
        await Chromium.Resizes(page, width / 2, height / 2); // What a browser does to a page that is zoomed.
        await Draws(page);
        Assert.Equal(TypeOf(before), TypeOf(await Sizes(page))); // In pixels that are now twice as large.
        Assert.Equal("visible", await page.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).overflowY"));
        await IsReadable(page, isWall: false, $"kiosk-zoomed-{width}");
        await Expect(page.Locator(".details .how").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_chosen_language_is_seen_in_forced_colors()
    {
        await using var glass = await chromium.Glass();
        var (page, _) = await Opens(glass, "en");
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });
        await Chromium.Picture(page, "kiosk-forced-colors");
        Assert.NotEqual(await Colors("true"), await Colors("false"));

        Task<string> Colors(string isPressed) =>
            page.Locator($"[aria-pressed={isPressed}]")
                .First.EvaluateAsync<string>("button => { const s = getComputedStyle(button); return s.backgroundColor + s.color; }");
    }

    [Fact]
    public async Task A_change_is_announced_once_and_leaves_the_focus_where_it_is()
    {
        await using var glass = await chromium.Glass();
        var (page, network) = await Opens(glass, "en");
        await page.GetByRole(AriaRole.Button, new() { Name = "Español" }).FocusAsync();
        var announced = page.Locator("[data-part=announce]");
        await Expect(announced).ToHaveTextAsync("");
        await Carries(page, network, facts: 3, rule: 1);
        await Expect(announced)
            .ToHaveTextAsync(
                "Video and license plates are recorded here. Sound may be, too. "
                    + "Sound: may be recorded. Video: recorded now. License plates: recorded now"
            );
        Assert.Equal("es", await page.EvaluateAsync<string>("() => document.activeElement.lang"));
        await announced.EvaluateAsync("part => { part.textContent = ''; }");
        await Pass(page, network, 20);
        await Expect(announced).ToHaveTextAsync(""); // The age counts on, and is not read aloud.
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "es");
        Assert.Equal("es", await page.EvaluateAsync<string>("() => document.activeElement.lang"));
    }

    [Theory]
    [InlineData("en", "now", "What was recorded here at November 23, 2026 at 3:00:00")]
    [InlineData("es", "ahora", "Qué se grababa aquí: 23 de noviembre de 2026 a las 15:00:00")]
    public async Task A_printed_screen_states_the_time_and_does_not_say_now(string language, string now, string title)
    {
        await using var glass = await chromium.Glass(794, 1123);
        var (page, network) = await Opens(glass, language);
        await Carries(page, network, facts: 6, rule: 1);
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Chromium.Picture(page, "kiosk-print-" + language);
        await Expect(page.Locator("h1")).ToBeHiddenAsync();
        await Expect(page.Locator("[data-part=printed-title]")).ToContainTextAsync(title);
        await Expect(page.Locator("[data-part=printed]")).ToBeVisibleAsync();
        await Expect(page.Locator(".details .how").First).ToBeVisibleAsync();
        Assert.DoesNotMatch($@"\b{now}\b", await page.Locator(".head").InnerTextAsync());
        Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, MinContrast));
    }

    /// <summary>The texts that take turns, each with the number of its line; those that stand on the glass, or all.</summary>
    private const string Lines = """
        isAll => {
          const leaf = document.querySelector("[data-part=leaf]");
          const top = leaf.getBoundingClientRect().top;
          const range = document.createRange();
          return [...leaf.querySelectorAll("dd, dt, h3, p")].flatMap(part => {
            range.selectNodeContents(part);
            return [...range.getClientRects()]
              .map((line, i) => [line, `${part.textContent} ${i}`])
              .filter(([line]) => isAll || line.top + line.height / 10 > top - 2 && line.bottom < top + leaf.clientHeight + 2)
              .map(([, text]) => text);
          });
        }
        """;

    /// <summary>The sizes that must not depend on what is recorded: of the facts, of other texts and of the QR code.</summary>
    private static Task<string> Sizes(IPage page) =>
        page.EvaluateAsync<string>(
            """
            () => {
              const qr = document.querySelector(".qr").getBoundingClientRect();
              const sizes = parts => [...new Set([...document.querySelectorAll(parts)].map(part => getComputedStyle(part).fontSize))];
              const type = ["h1", ".facts h2", ".facts .by", ".items dd"].map(sizes).join(" ");
              return `${type} ${qr.width.toFixed()} × ${qr.height.toFixed()}`;
            }
            """
        );

    /// <summary>The sizes without that of the QR code, which becomes no wider than the glass.</summary>
    private static string TypeOf(string sizes) => string.Join(' ', sizes.Split(' ')[..^3]);

    private static async Task IsReadable(IPage page, bool isWall, string name)
    {
        await Chromium.Picture(page, name);
        var faults = await page.EvaluateAsync<string[]>(LayoutChecks.CutOff, isWall);
        Assert.True(faults.Length == 0, $"{name}: {string.Join(" | ", faults.Take(5))}");
        faults = await page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, MinContrast);
        Assert.True(faults.Length == 0, $"{name}: {string.Join(" | ", faults.Take(5))}");
        if (isWall)
            Assert.True(
                await page.EvaluateAsync<bool>(
                    "() => [...document.querySelectorAll('.qr, h1')].every(part => { const box = part.getBoundingClientRect();"
                        + " return box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth; })"
                ),
                $"{name}: the answer or the QR code is not whole on the glass."
            );
    }

    private async Task<(IPage Page, KioskNetwork Network)> Opens(IBrowserContext glass, string language)
    {
        var page = await glass.NewPageAsync();
        await page.Clock.InstallAsync(new() { TimeDate = city.Time.GetUtcNow().UtcDateTime });
        await page.Clock.PauseAtAsync(city.Time.GetUtcNow().UtcDateTime.AddSeconds(1));
        var network = await KioskNetwork.To(page, city, Notice(facts: 1, rule: 1));
        await page.GotoAsync($"{city.Url}{Address}?lang={language}");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-state", "current");
        return (page, network);
    }

    /// <summary>Two facts may differ only in what captures: each says so on the glass, however much is recorded.</summary>
    private static async Task NamesWhatCaptures(IPage page) =>
        Assert.Equal(
            0,
            await page.EvaluateAsync<int>("() => [...document.querySelectorAll('.facts .by')].filter(by => by.offsetHeight < 10).length")
        );

    /// <summary>Gives the screen another notice at once.</summary>
    private async Task Carries(IPage page, KioskNetwork network, int facts, int rule)
    {
        var notice = Notice(facts, rule);
        network.Carries(notice);
        await page.EvaluateAsync("() => dispatchEvent(new Event('online'))");
        var shown = page.Locator($"html[data-state=current][data-notice-hash='{notice.Hash}']");
        // While a request is under way the screen asks again after it, by a timer: the clock that the test holds must move a little.
        for (var moves = 0; moves < MaxMoves && await shown.CountAsync() == 0; moves++)
            await page.Clock.RunForAsync(10);
        await Expect(shown).ToHaveCountAsync(1);
        await Expect(page.Locator("[data-part=facts] [data-capture]")).ToHaveCountAsync(facts);
        await page.EvaluateAsync("() => document.fonts.ready.then(() => {})"); // The screen divides its pages anew with its fonts.
        await Draws(page);
    }

    /// <summary>Lets the page draw: its frames follow the clock that the test holds.</summary>
    private static Task Draws(IPage page) => page.Clock.RunForAsync(100);

    /// <summary>Lets time pass, with a confirmation whenever the screen expects one.</summary>
    private static async Task Pass(IPage page, KioskNetwork network, int seconds)
    {
        for (var second = 0; second < seconds; second += 4)
        {
            var asked = network.Asked;
            await page.Clock.RunForAsync(4_000);
            if (network.Asked > asked)
                await Draws(page);
        }
    }

    /// <summary>A notice with a number of facts, whose rules are as often repeated as given.</summary>
    private SignedNotice Notice(int facts, int rule) =>
        city.Notice(SampleCity.Lobby, ++_sequence, city.Key, Units(facts))
            .Rewritten(
                city,
                text =>
                {
                    foreach (var fact in text["facts"]!.AsArray())
                        fact!["ruleLine"] = string.Join(' ', Enumerable.Repeat((string)fact["ruleLine"]!, rule));
                }
            );

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
            Silent("holding-cell-camera", Capture.Audio),
            Silent("interview-room-camera", Capture.Audio),
        ];
        return facts == 0 ? [("facility-camera", [Capture.Video], default(CaptureReport).With(Capture.Video, Mode.Off))] : all[..facts];
    }

    private static (string, ImmutableArray<Capture>, CaptureReport?) Heard(string kind, Capture capture) =>
        (kind, [capture], default(CaptureReport).With(capture, Mode.Recorded));

    private static (string, ImmutableArray<Capture>, CaptureReport?) Silent(string kind, Capture capture) => (kind, [capture], null);
}
