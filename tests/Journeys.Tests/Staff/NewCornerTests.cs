using System.Diagnostics;
using Microsoft.Playwright;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>
/// A clerk adds a corner with two cameras and a screen by pages alone, and the screen shows its notice. Then the corner is renamed, the
/// screen moves and is retired.
/// </summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class NewCornerTests(StaffedRegistry city)
{
    /// <summary>The time that the whole may take a clerk (issue 15), and far more than a machine needs.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clerk_adds_a_corner_with_two_cameras_and_a_screen_that_shows_its_notice(bool withScript)
    {
        var corner = withScript ? "fifth-and-pine" : "fifth-and-main";
        var clock = Stopwatch.StartNew();
        var clerk = await city.SignInAsync("clerk", withScript);
        await clerk.GotoAsync("/staff");
        await clerk.ClickAsync("nav >> text=Places");
        await clerk.ClickAsync("text=Add a place");
        await clerk.FillAsync("#id", corner);
        await clerk.FillAsync("#name", "Fifth and Main");
        await clerk.FillAsync("#address", "500 Fifth Ave");
        await clerk.FillAsync("#area", "the crossing and its four corners");
        await clerk.FillAsync("#reason", "New corner.");
        await clerk.ClickAsync("main form button");
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("its notice is signed");
        foreach (var number in (int[])[1, 2])
            await AddCameraAsync(clerk, corner, $"{corner}-cam-{number}");
        await clerk.GotoAsync("/staff/places/" + corner);
        await clerk.ClickAsync("text=Add a screen here");
        await clerk.FillAsync("#id", corner + "-screen");
        await clerk.FillAsync("#reason", "New screen.");
        await clerk.ClickAsync("main form button");

        var screen = await city.VisitorPageAsync(withScript: true);
        await screen.GotoAsync($"/kiosks/{corner}-screen");
        await ShowsAsync(screen, corner, "Fifth and Main");
        await Expect(screen.Locator("[data-part=facts] [data-capture=video]")).ToHaveAttributeAsync("data-certainty", "unknown");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, MaxTime);
        await PictureAsync(screen, $"screen-{withScript}");

        await RenameAsync(clerk, corner, screen);
        await MoveAsync(clerk, corner, screen);
        await RetireAsync(clerk, corner);
        var (code, output, errors) = await Programs.CommandAsync(city.Host.Settings, "ledger", "verify");
        Assert.True(code == 0, output + errors);
    }

    private static async Task AddCameraAsync(IPage clerk, string corner, string camera)
    {
        await clerk.GotoAsync("/staff/places/" + corner);
        await clerk.ClickAsync("text=Register a device here");
        await clerk.FillAsync("#id", camera);
        await clerk.SelectOptionAsync("#kind", "traffic-camera");
        await clerk.CheckAsync("input[value=video]");
        await Expect(clerk.Locator("#place")).ToHaveValueAsync(corner);
        await clerk.FillAsync("#reason", "New at the corner.");
        await clerk.ClickAsync("main form button");
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("Registered.");
    }

    private static async Task RenameAsync(IPage clerk, string corner, IPage screen)
    {
        await clerk.GotoAsync("/staff/places/" + corner);
        await clerk.FillAsync("#name", "Fifth and Market");
        await clerk.FillAsync("#reason", "The street has another name.");
        await PictureAsync(clerk, "place");
        await clerk.ClickAsync("text=Show the effect on the notice");
        await Expect(clerk.Locator("[aria-labelledby=effect] ins").First).ToContainTextAsync("Market");
        await Expect(screen.Locator("[data-part=place]")).ToContainTextAsync("Fifth and Main");
        await PictureAsync(clerk, "effect");
        await clerk.ClickAsync("text=Change the place");
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("signed again");
        await ShowsAsync(screen, corner, "Fifth and Market");
    }

    private static async Task MoveAsync(IPage clerk, string corner, IPage screen)
    {
        await clerk.ClickAsync($"a[href='/staff/screens/{corner}-screen']");
        await clerk.SelectOptionAsync("#place", "harbor-bridge");
        await clerk.FillAsync("#reason", "Needed at the bridge.");
        await clerk.ClickAsync("text=Show the effect on the screen");
        await Expect(clerk.Locator("[aria-labelledby=effect]")).ToContainTextAsync("Fifth and Market");
        await PictureAsync(clerk, "move");
        await clerk.ClickAsync("text=Move the screen");
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("The screen is moved.");
        await ShowsAsync(screen, "harbor-bridge", "Harbor Bridge");

        await clerk.FillAsync("#retire-reason", "Broken.");
        await clerk.ClickAsync("text=Retire the screen");
        await Expect(screen.Locator("html")).ToHaveAttributeAsync("data-state", "closed");
        await Expect(screen.Locator("[data-part=standing]")).ToContainTextAsync("taken out of service");
    }

    private async Task RetireAsync(IPage clerk, string corner)
    {
        await clerk.GotoAsync("/staff/places/" + corner);
        await clerk.FillAsync("#retire-reason", "Built over.");
        await clerk.ClickAsync("text=Retire the place");
        await Expect(clerk.Locator("[role=alert]")).ToContainTextAsync($"named by the devices {corner}-cam-1, {corner}-cam-2");
        using var program = await city.ApiClientAsync("device-clerk");
        foreach (var number in (int[])[1, 2])
        {
            using var removal = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/devices/{corner}-cam-{number}")
            {
                Content = new StringContent("""{"place":"harbor-bridge","reason":"Moved."}""", null, "application/json"),
            };
            removal.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
            Assert.True((await program.SendAsync(removal, Cancellation)).IsSuccessStatusCode);
        }

        // The cameras were installed there: until another person has been on the spot, the notice counts them.
        await clerk.GotoAsync("/staff/places/" + corner);
        await clerk.FillAsync("#retire-reason", "Built over.");
        await clerk.ClickAsync("text=Retire the place");
        await Expect(clerk.Locator("[role=alert]")).ToContainTextAsync("another person must confirm on the spot");
    }

    private static async Task ShowsAsync(IPage screen, string place, string name)
    {
        await Expect(screen.Locator("html")).ToHaveAttributeAsync("data-place", place);
        await Expect(screen.Locator("html")).ToHaveAttributeAsync("data-state", "current");
        await Expect(screen.Locator("[data-part=place]")).ToContainTextAsync(name);
    }

    /// <summary>Keeps pictures for people to look at, when REGISTRY_SCREENSHOTS names a folder.</summary>
    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("REGISTRY_SCREENSHOTS") is not { } folder)
            return;
        foreach (var width in (int[])[390, 1280])
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}.png"), FullPage = true });
        }
    }
}
