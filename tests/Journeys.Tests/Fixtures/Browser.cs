using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(SurveillanceRegistry.Journeys.Tests.Fixtures.SharedChromium))]

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>
/// The people of one test or fixture in a Chromium. Each person has a context of their own: cookies, cache and storage are not shared. Its
/// end closes their pages, so that no page asks a registry that has stopped. The pages of a test close before the next test opens one: a
/// page that is left open goes on counting seconds and listening to its registry.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly SharedChromium? _own;
    private readonly IBrowser _chromium;
    private readonly Lock _guard = new();
    private readonly List<(string? Test, IBrowserContext Context)> _contexts = [];

    private Browser(IBrowser chromium, SharedChromium? own) => (_chromium, _own) = (chromium, own);

    /// <summary>In the Chromium that all tests share; in one of its own if it has to be started in another way.</summary>
    /// <param name="ignored">Arguments that Playwright gives by itself, and that this browser does without.</param>
    public static async Task<Browser> LaunchAsync(params string[] ignored)
    {
        if (ignored is [])
            return new Browser(await SharedChromium.LaunchedAsync(), null);
        var own = await SharedChromium.LaunchAsync(ignored);
        return new Browser(own.Chromium, own);
    }

    /// <summary>A person's own browser profile.</summary>
    public async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options)
    {
        var test = TestContext.Current.Test?.UniqueID;
        foreach (var earlier in TakeContexts(one => one.Test is not null && one.Test != test))
            await earlier.CloseAsync(); // Closed twice is closed.
        var context = await _chromium.NewContextAsync(options);
        lock (_guard)
            _contexts.Add((test, context));
        return context;
    }

    private List<IBrowserContext> TakeContexts(Predicate<(string? Test, IBrowserContext Context)> isTaken)
    {
        lock (_guard)
        {
            var taken = _contexts.FindAll(isTaken).ConvertAll(one => one.Context);
            _contexts.RemoveAll(isTaken);
            return taken;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in TakeContexts(_ => true))
            await context.CloseAsync();
        if (_own is not null)
            await _own.DisposeAsync();
    }
}

/// <summary>One process of Chromium. That of the assembly is launched by the first test that needs it.</summary>
public sealed class SharedChromium : IAsyncDisposable
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

    private static readonly Lazy<Task<SharedChromium>> Launched = new(() => LaunchAsync([]));

    private IPlaywright? _playwright;

    internal IBrowser Chromium { get; private set; } = null!;

    internal static async Task<IBrowser> LaunchedAsync() => (await Launched.Value).Chromium;

    internal static Task<SharedChromium> LaunchAsync(string[] ignored) =>
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
                return new SharedChromium { _playwright = playwright, Chromium = chromium };
            }
        );

    public async ValueTask DisposeAsync()
    {
        if (_playwright is not null)
        {
            await Chromium.DisposeAsync();
            _playwright.Dispose();
        }
        else if (Launched.IsValueCreated)
            await (await Launched.Value).DisposeAsync();
    }
}
