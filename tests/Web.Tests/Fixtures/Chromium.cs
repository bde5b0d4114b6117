using Microsoft.Playwright;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>The browser that screens run: the distribution's own Chromium, without a window.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable("REGISTRY_CHROMIUM") ?? "/usr/bin/chromium";
        if (!File.Exists(path))
            throw new InvalidOperationException(
                $"These tests need Chromium, and there is none at {path}: "
                    + "install the package chromium, or set REGISTRY_CHROMIUM to its path."
            );
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = path, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"] }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }

    /// <summary>A glass of a size in pixels, with nothing stored yet.</summary>
    internal Task<IBrowserContext> Glass(int width = 1080, int height = 1920, bool scripts = true) =>
        _browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = height },
                JavaScriptEnabled = scripts,
                Locale = "en-US",
            }
        );

    /// <summary>Gives a page another size, and waits until it was told: on a busy machine that comes after the browser's answer.</summary>
    internal static async Task Resizes(IPage page, int width, int height)
    {
        var told = page.EvaluateAsync("() => new Promise(told => addEventListener('resize', () => told(), { once: true }))");
        await page.SetViewportSizeAsync(width, height);
        await told;
    }

    /// <summary>Keeps a picture for people to look at, when REGISTRY_SCREENSHOTS names a folder.</summary>
    internal static async Task Picture(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("REGISTRY_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
            await page.ScreenshotAsync(
                new()
                {
                    Path = Path.Combine(folder, name + "-top.png"),
                    FullPage = true,
                    Clip = new()
                    {
                        X = 0,
                        Y = 0,
                        Width = page.ViewportSize!.Width,
                        Height = 1500,
                    },
                }
            );
        }
    }
}
