using Microsoft.Playwright;
using MQTTnet;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Pages;

/// <summary>No page that stays open says "now" of what the registry no longer confirms. The registry and the browser are real.</summary>
public sealed class PresentPageTests(PresentPageTests.WatchedRegistry watched)
    : IClassFixture<PresentPageTests.WatchedRegistry>,
        IAsyncLifetime
{
    private const string Camera = "east-precinct-lobby-1",
        Place = "/places/east-precinct-lobby";

    /// <summary>What only a device that is heard now makes a page say.</summary>
    private const string OfThePresent = "[data-certainty=reported], [data-presence=online], [data-state=current]";

    private IMqttClient _camera = null!;

    public async ValueTask InitializeAsync()
    {
        if (!watched.Registry.IsRunning) // The test before killed it.
            await watched.Registry.StartAsync();
        _camera = await watched.Registry.ConnectAsync(Camera, watched.Secret);
        await PublishAsync();
        await watched.Registry.WaitForDeviceAsync(Camera, device => device.GetProperty("presence").GetString() == "online");
    }

    private async Task PublishAsync() =>
        await _camera.PublishAsync(
            RegistryHost.Heartbeat(Camera, 1764000000123, watched.NextSequence(), """{"video":"recorded","audio":"off"}""")
        );

    public ValueTask DisposeAsync()
    {
        _camera.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_public_page_that_is_open_says_its_worst_case_when_the_registry_was_killed()
    {
        using var stranger = new HttpClient { BaseAddress = watched.Registry.Http };
        string[] addresses = [.. await PublicAddresses.PagesAsync(stranger), Place, "/devices/" + Camera];
        await using var person = await PersonAsync();
        var pages = new List<(string Address, IPage Page, bool SpeaksOfThePresent)>();
        foreach (var address in addresses.Distinct())
        {
            await PublishAsync(); // The camera stays heard, however long all pages take.
            var page = await person.NewPageAsync();
            await page.Clock.InstallAsync();
            await page.GotoAsync(address);
            var speaks = await page.Locator(".as-of, [data-kiosk]").CountAsync() > 0;
            if (speaks)
                await Expect(page.Locator("html[data-state=current]")).ToBeAttachedAsync();
            pages.Add((address, page, speaks));
        }

        foreach (var address in new[] { "/", "/places", Place, "/devices/" + Camera })
            await Expect(pages.Single(one => one.Address == address).Page.Locator(OfThePresent).Nth(1)).ToBeAttachedAsync();
        await watched.Registry.KillAsync();
        foreach (var (address, page, speaks) in pages)
        {
            await page.Clock.FastForwardAsync(40_000);
            if (speaks)
                await Expect(page.Locator("html[data-state=unconfirmed]")).ToBeAttachedAsync();
            Assert.True(await page.Locator(OfThePresent).CountAsync() == 0, $"{address} still speaks of the present.");
        }
    }

    [Fact]
    public async Task A_page_says_the_present_again_when_the_registry_is_back()
    {
        await using var person = await PersonAsync();
        var page = await person.NewPageAsync();
        await page.Clock.InstallAsync();
        await page.GotoAsync(Place);
        await Expect(page.Locator("html[data-state=current]")).ToBeAttachedAsync();
        await person.SetOfflineAsync(true);
        await page.Clock.FastForwardAsync(40_000);
        await Expect(page.Locator("html[data-state=unconfirmed]")).ToBeAttachedAsync();
        await Expect(page.Locator(OfThePresent)).ToHaveCountAsync(0);
        await person.SetOfflineAsync(false);
        await page.Clock.FastForwardAsync(20_000);
        // The browser's clock went on by a minute, the registry's did not: for this page its answers are old.
        await Expect(page.Locator("html[data-state=unconfirmed]")).ToBeAttachedAsync();
        await page.ReloadAsync();
        await Expect(page.Locator("html[data-state=current]")).ToBeAttachedAsync();
    }

    /// <summary>A browser that stores pages restores one as it was left; another loads it again.</summary>
    [Fact]
    public async Task A_page_that_a_person_goes_back_to_does_not_say_what_was_so_when_it_was_left()
    {
        await using var person = await PersonAsync();
        var page = await person.NewPageAsync();
        await page.GotoAsync(Place);
        var stated = page.Locator(".as-of .stated time");
        var first = await stated.GetAttributeAsync("data-as-of");
        await page.GotoAsync("/governance");
        await page.GoBackAsync();
        await Expect(page.Locator(OfThePresent).Nth(1)).ToBeAttachedAsync();
        await Expect(stated).Not.ToHaveAttributeAsync("data-as-of", first!);

        await page.GotoAsync("/governance");
        await watched.Registry.KillAsync();
        await page.EvaluateAsync("() => { setTimeout(() => history.back(), 50); }");
        await Expect(page.Locator(".ask")).ToHaveCountAsync(0);
        await Expect(page.Locator(OfThePresent)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_page_without_scripts_states_its_time_and_is_loaded_again()
    {
        await using var person = await PersonAsync(scripts: false);
        var page = await person.NewPageAsync();
        // The network shortens the half minute.
        await page.RouteAsync(
            "**" + Place,
            async route =>
            {
                var answer = await route.FetchAsync();
                var html = (await answer.TextAsync()).Replace("content=\"30\"", "content=\"1\"", StringComparison.Ordinal);
                await route.FulfillAsync(new() { Response = answer, Body = html });
            }
        );
        await page.GotoAsync(Place);
        var stated = page.Locator(".as-of .stated time");
        await Expect(page.Locator(".as-of")).ToContainTextAsync("If this time is old, all that these devices can capture may be recorded.");
        await Expect(page.Locator(".as-of noscript p")).ToBeVisibleAsync();
        var first = await stated.GetAttributeAsync("data-as-of");
        await page.WaitForResponseAsync("**" + Place);
        await Expect(stated).Not.ToHaveAttributeAsync("data-as-of", first!);
    }

    [Fact]
    public async Task A_proxy_that_replays_a_page_does_not_renew_it()
    {
        await using var person = await PersonAsync();
        var page = await person.NewPageAsync();
        await page.Clock.InstallAsync();
        using var stranger = new HttpClient { BaseAddress = watched.Registry.Http };
        var stored = await stranger.GetStringAsync(Place);
        await page.RouteAsync(
            $"**{Place}*",
            route => route.FulfillAsync(new() { ContentType = "text/html; charset=utf-8", Body = stored })
        );
        await page.GotoAsync(Place);
        await Expect(page.Locator(OfThePresent).Nth(1)).ToBeAttachedAsync();
        for (var second = 0; second < 40; second++)
            await page.Clock.RunForAsync(1_000);
        await Expect(page.Locator("html[data-state=unconfirmed]")).ToBeAttachedAsync();
        await Expect(page.Locator(OfThePresent)).ToHaveCountAsync(0);
    }

    private Task<IBrowserContext> PersonAsync(bool scripts = true) =>
        watched.Browser.NewContextAsync(
            new()
            {
                BaseURL = watched.Registry.Http.ToString(),
                JavaScriptEnabled = scripts,
                ViewportSize = new() { Width = 390, Height = 844 },
            }
        );

    /// <summary>One registry for all of these tests. One that was killed is started again on its data.</summary>
    public sealed class WatchedRegistry : IAsyncLifetime
    {
        private long _sequence;

        internal RegistryHost Registry { get; private set; } = null!;

        internal Browser Browser { get; private set; } = null!;

        internal string Secret { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Registry = await Snapshot.StartHostAsync();
            // A person's browser stores pages for back and forward; the browser of a test does not.
            Browser = await Browser.LaunchAsync("--disable-back-forward-cache");
            Secret = await Registry.IssueSecretAsync(Camera);
        }

        /// <summary>The number of the camera's next heartbeat.</summary>
        internal long NextSequence() => ++_sequence;

        public async ValueTask DisposeAsync()
        {
            await Browser.DisposeAsync();
            await Registry.DisposeAsync();
        }
    }
}
