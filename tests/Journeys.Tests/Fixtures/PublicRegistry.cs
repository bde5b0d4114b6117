using Microsoft.Playwright;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>One house without a fleet, and one browser, shared by the journeys that do not break them.</summary>
public sealed class PublicRegistry : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    internal RegistryHost House { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await House.OpenAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Environment.GetEnvironmentVariable("REGISTRY_CHROMIUM") ?? "/usr/bin/chromium",
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }

    /// <summary>A person's browser, with nothing left from anybody before.</summary>
    internal Task<IBrowserContext> PersonAsync() =>
        _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = House.Http.ToString(),
                ViewportSize = new ViewportSize { Width = 1080, Height = 1920 },
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await House.DisposeAsync();
    }
}
