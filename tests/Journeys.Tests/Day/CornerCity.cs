using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Playwright;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>A city of corners: each has one camera and one screen, so that no attempt disturbs another.</summary>
public sealed class CornerCity : IAsyncLifetime
{
    /// <summary>How many corners have a camera with a sensor for video only, and how many have a microphone too.</summary>
    private const int Silent = 40,
        Listening = 60;

    private readonly string _inventory = Path.Combine(Path.GetTempPath(), $"corners-{Path.GetRandomFileName()}.yaml");
    private int _silent,
        _listening;
    private Browser _browser = null!;

    internal RegistryHost Host { get; } = new();

    internal HttpClient Clerk { get; private set; } = null!;

    internal HttpClient Reader { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_inventory, Inventory());
        Host.ExtraSettings["REGISTRY_DEVICES"] = _inventory;
        Host.ExtraSettings["REGISTRY_HTTP"] = $"127.0.0.1:{FreePort()}"; // A screen finds the registry again after a restart.
        await FixtureClock.MeasureAsync("registry", () => Host.StartAsync());
        Clerk = Host.ApiClient(await Host.CreateTokenAsync("device-clerk"));
        Reader = new HttpClient { BaseAddress = Host.Http };
        _browser = await Browser.LaunchAsync();
    }

    /// <summary>A corner that no other attempt uses. Its camera has a sensor for video, and a microphone when it is asked for.</summary>
    internal Corner NextCorner(bool hasMicrophone) =>
        new(
            this,
            hasMicrophone ? $"loud-{Interlocked.Increment(ref _listening)}" : $"quiet-{Interlocked.Increment(ref _silent)}",
            hasMicrophone
        );

    /// <summary>A browser of its own, in the size of a screen or of a telephone.</summary>
    internal Task<IBrowserContext> NewContextAsync(int width, int height) =>
        _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = Host.Http.ToString(),
                ViewportSize = new ViewportSize { Width = width, Height = height },
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        await Host.DisposeAsync();
        File.Delete(_inventory);
    }

    private static string Inventory()
    {
        var corners = Enumerable
            .Range(1, Silent)
            .Select(number => (Id: $"quiet-{number}", Sensors: "video"))
            .Concat(Enumerable.Range(1, Listening).Select(number => (Id: $"loud-{number}", Sensors: "video, audio")))
            .ToArray();
        var text = new StringBuilder("sample: true\nplaces:\n");
        foreach (var (id, _) in corners.Append(("elsewhere", "")))
            text.Append($"  - {{id: {id}, name: Corner {id}, address: 'Corner {id}, Sample City', area: The corner}}\n");
        text.Append("kiosks:\n");
        foreach (var (id, _) in corners)
            text.Append($"  - {{id: screen-{id}, place: {id}}}\n");
        text.Append("fleets: []\nfleet_bases: []\ndevices:\n");
        foreach (var (id, sensors) in corners)
        {
            text.Append($"  - {{id: camera-{id}, kind: facility-camera, sensors: [{sensors}], place: {id}, ");
            text.Append("department: facilities, lifecycle: active}\n");
        }

        return text.ToString();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
