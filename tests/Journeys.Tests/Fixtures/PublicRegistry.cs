using Microsoft.Playwright;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>One registry and one browser, shared by the journeys that change no rule and break nothing.</summary>
public sealed class PublicRegistry : IAsyncLifetime
{
    private Browser _browser = null!;

    internal RegistryHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await Snapshot.StartHostAsync();
        _browser = await Browser.LaunchAsync();
    }

    /// <summary>A person's browser in the size of a screen in a lobby, with nothing left from an earlier person.</summary>
    internal Task<IBrowserContext> NewBrowserContextAsync() =>
        _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = Host.Http.ToString(),
                ViewportSize = new ViewportSize { Width = 1080, Height = 1920 },
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        await Host.DisposeAsync();
    }
}

/// <summary>The journeys that share <see cref="PublicRegistry"/>. They run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PublicRegistryGroup : ICollectionFixture<PublicRegistry>
{
    internal const string Name = "The public registry";
}
