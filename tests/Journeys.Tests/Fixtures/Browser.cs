using Microsoft.Playwright;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>One Chromium. Each person in it has a context of their own: cookies, cache and storage are not shared.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;

    private Browser(IPlaywright playwright, IBrowser chromium) => (_playwright, _chromium) = (playwright, chromium);

    /// <param name="ignored">Arguments that Playwright gives by itself, and that this browser does without.</param>
    public static Task<Browser> LaunchAsync(params string[] ignored) =>
        FixtureClock.MeasureAsync(
            "browser",
            async () =>
            {
                var playwright = await Playwright.CreateAsync();
                var chromium = await playwright.Chromium.LaunchAsync(
                    new BrowserTypeLaunchOptions
                    {
                        ExecutablePath = Environment.GetEnvironmentVariable("REGISTRY_CHROMIUM") ?? "/usr/bin/chromium",
                        Args = Arguments,
                        IgnoreDefaultArgs = ignored,
                    }
                );
                return new Browser(playwright, chromium);
            }
        );

    /// <summary>A person's own browser profile.</summary>
    public Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options) => _chromium.NewContextAsync(options);

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }
}
