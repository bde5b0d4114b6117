using System.Globalization;
using Microsoft.Playwright;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Kiosks;

/// <summary>rule → device → live state → posted notice, on real parts: the executable, mosquitto_pub, PostgreSQL, Chromium.</summary>
[Collection(PublicRegistryGroup.Name)]
public sealed class HeartbeatToScreenTests(PublicRegistry open)
{
    private const string Camera = "east-precinct-lobby-1",
        Kiosk = "/kiosks/kiosk-east-precinct-lobby";
    private const string Quiet = """{"video":"recorded","audio":"off"}""",
        Listening = """{"video":"recorded","audio":"recorded"}""";

    private static readonly LocatorAssertionsToBeVisibleOptions WithinASecond = new() { Timeout = 1_000 };

    private static long _seq = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private async Task PublishAsync(string secret, string capture, string version = "mqttv5")
    {
        var payload =
            $$"""{"epoch":1764000000123,"seq":{{Interlocked.Increment(ref _seq)}},"at":"2026-11-23T15:00:00.000Z","capture":"""
            + $$"""{{capture}},"health":"ok","firmware":"10.12.1"}""";
        var (code, _, errors) = await Programs.RunAsync(
            "mosquitto_pub",
            [
                "-h",
                open.Host.Mqtt.Address.ToString(),
                "-p",
                open.Host.Mqtt.Port.ToString(CultureInfo.InvariantCulture),
                "-V",
                version,
                "-q",
                "1",
                "-i",
                Camera,
                "-u",
                Camera,
                "-P",
                secret,
                "-t",
                $"registry/v1/devices/{Camera}/heartbeat",
                "-m",
                payload,
            ]
        );
        Assert.True(code == 0 && errors.Length == 0, errors);
    }

    /// <summary>Every camera of the lobby reports video without audio, so that one microphone makes a difference.</summary>
    private async Task<string> SilenceMicrophonesAsync()
    {
        foreach (var other in new[] { "east-precinct-lobby-2", "east-precinct-lobby-3" })
        {
            using var client = await open.Host.ConnectAsync(other, await open.Host.IssueSecretAsync(other));
            await client.PublishAsync(RegistryHost.Heartbeat(other, 1764000000123, Interlocked.Increment(ref _seq), Quiet));
        }

        var secret = await open.Host.IssueSecretAsync(Camera);
        await PublishAsync(secret, Quiet);
        return secret;
    }

    [Fact]
    public async Task The_screen_shows_audio_within_a_second_with_chapter_title_and_date()
    {
        var secret = await SilenceMicrophonesAsync();
        await using var person = await open.NewBrowserContextAsync();
        var page = await person.NewPageAsync();
        await page.GotoAsync(Kiosk);
        await Expect(page.Locator("html[data-state=current]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-technology=facility-camera][data-capture=video][data-certainty=reported]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-technology=facility-camera][data-capture=audio]")).ToHaveCountAsync(0);

        await PublishAsync(secret, Listening, "mqttv311");

        var audio = page.Locator("[data-technology=facility-camera][data-capture=audio][data-mode=recorded][data-certainty=reported]");
        await Expect(audio).ToBeVisibleAsync(WithinASecond);
        await Expect(page.Locator("[data-row=audio]")).ToContainTextAsync("No rule allows this");
        await Expect(page.Locator("h1")).ToContainTextAsync("Video and sound are recorded here");
        var detail = page.Locator("[data-detail='facility-camera audio reported']");
        await Expect(detail).ToContainTextAsync("SPD Manual 10.060");
        await Expect(detail).ToContainTextAsync("Holding Cell and Security Video");
        await Expect(detail).ToContainTextAsync("March 1, 2019");
        await Expect(detail).ToContainTextAsync("under review");
        var hash = (await open.Host.GetAsync("/api/v1/places/east-precinct-lobby/notice")).GetProperty("hash").GetString()!;
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-notice-hash", hash);
    }

    [Fact]
    public async Task A_screen_that_is_offline_shows_the_worst_case_and_its_age()
    {
        await SilenceMicrophonesAsync();
        await using var person = await open.NewBrowserContextAsync();
        var page = await person.NewPageAsync();
        await page.Clock.InstallAsync();
        await page.GotoAsync(Kiosk);
        await Expect(page.Locator("html[data-state=current]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-technology=facility-camera][data-capture=audio]")).ToHaveCountAsync(0);

        await person.SetOfflineAsync(true);
        await page.Clock.FastForwardAsync(30_000);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-state", "current");
        await page.Clock.FastForwardAsync(50_000);

        await Expect(page.Locator("html[data-state=unconfirmed]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-technology=facility-camera][data-capture=audio][data-mode=recorded][data-certainty=unknown]"))
            .ToBeVisibleAsync();
        await Expect(page.Locator("[data-technology=facility-camera][data-capture=video][data-certainty=unknown]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-part=age]")).ToContainTextAsync("Last confirmed 1 min");

        await person.SetOfflineAsync(false);
        await page.Clock.FastForwardAsync(20_000);
        await Expect(page.Locator("html[data-state=current]")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(1080, 1920, 4)]
    [InlineData(1920, 1080, 4)]
    [InlineData(390, 844, 2)]
    public async Task The_QR_code_of_a_screen_is_read_from_a_much_smaller_picture(int width, int height, int times)
    {
        await using var person = await open.NewBrowserContextAsync();
        var page = await person.NewPageAsync();
        await page.SetViewportSizeAsync(width, height);
        await page.GotoAsync(Kiosk);
        await Expect(page.Locator("html[data-state=current]")).ToBeVisibleAsync();
        var picture = Convert.ToBase64String(await page.ScreenshotAsync(new() { FullPage = true }));
        await page.GotoAsync("about:blank");
        await page.AddScriptTagAsync(
            new() { Path = Path.Combine(Programs.Root, "tests/Journeys.Tests/npm/node_modules/jsqr/dist/jsQR.js") }
        );
        var read = await page.EvaluateAsync<string>(
            """
            async ([picture, times]) => {
              const image = new Image();
              image.src = `data:image/png;base64,${picture}`;
              await image.decode();
              const canvas = document.createElement("canvas");
              [canvas.width, canvas.height] = [image.width / times, image.height / times].map(Math.round);
              const pen = canvas.getContext("2d");
              pen.imageSmoothingQuality = "high";
              pen.drawImage(image, 0, 0, canvas.width, canvas.height);
              const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
              return jsQR(data, canvas.width, canvas.height)?.data ?? "";
            }
            """,
            new object[] { picture, times }
        );
        Assert.Equal($"{open.Host.Http.ToString().TrimEnd('/')}/places/east-precinct-lobby", read);
    }

    [Fact]
    public async Task The_screen_refuses_a_notice_with_one_changed_byte()
    {
        await using var person = await open.NewBrowserContextAsync();
        var page = await person.NewPageAsync();
        await page.RouteAsync(
            "**/notice",
            async route =>
            {
                var answer = await route.FetchAsync();
                var jws = await answer.TextAsync();
                var at = jws.IndexOf("\"payload\":\"", StringComparison.Ordinal) + 200;
                await route.FulfillAsync(
                    new RouteFulfillOptions { Response = answer, Body = jws[..at] + (jws[at] == 'A' ? 'B' : 'A') + jws[(at + 1)..] }
                );
            }
        );
        await page.GotoAsync(Kiosk);
        await Expect(page.Locator("[data-part=standing]")).ToContainTextAsync("could not confirm");
        await Expect(page.Locator("html[data-state=unconfirmed]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-capture]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_third_party_JWS_library_verifies_the_notice_and_refuses_a_changed_byte()
    {
        var (code, output, errors) = await Programs.RunAsync(
            "node",
            [
                Path.Combine(Programs.Root, "tests/Journeys.Tests/npm/verify.mjs"),
                open.Host.Http.ToString().TrimEnd('/'),
                "east-precinct-lobby",
            ]
        );
        Assert.True(code == 0, errors);
        Assert.Contains("verified ES256", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/governance")]
    [InlineData("/places")]
    [InlineData("/places/harbor-bridge")]
    [InlineData("/places/harbor-bridge?lang=es")]
    [InlineData(Kiosk)]
    public async Task Public_pages_set_no_cookie_load_nothing_from_elsewhere_and_say_sample(string path)
    {
        await using var person = await open.NewBrowserContextAsync();
        var page = await person.NewPageAsync();
        var asked = new List<string>();
        var faults = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);
        page.PageError += (_, fault) => faults.Add(fault);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                faults.Add(message.Text);
        };
        await page.GotoAsync(path);
        await Expect(page.GetByText("Sample data, not a notice of any city").First).ToBeVisibleAsync();
        Assert.All(asked, url => Assert.StartsWith(open.Host.Http.ToString(), url, StringComparison.Ordinal));
        Assert.Empty(await person.CookiesAsync());
        Assert.Empty(faults);
    }
}
