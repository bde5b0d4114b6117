using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>A screen in a real browser, whose clock and network a test holds.</summary>
public abstract class KioskTestBase(SampleCity city, Chromium chromium) : IAsyncLifetime
{
    private protected static readonly ImmutableArray<Capture> Sensors = [Capture.Video, Capture.Audio];
    private protected static readonly CaptureReport Sees = default(CaptureReport)
        .With(Capture.Video, Mode.Recorded)
        .With(Capture.Audio, Mode.Off);
    private protected static readonly CaptureReport Hears = Sees.With(Capture.Audio, Mode.Recorded);

    private protected SampleCity City => city;

    private protected Chromium Browser => chromium;

    private protected List<string> Foreign { get; } = [];

    private protected IBrowserContext Glass { get; private set; } = null!;

    private protected IPage Page { get; set; } = null!;

    private protected ILocator Root => Page.Locator("html");

    public async ValueTask InitializeAsync()
    {
        Glass = await chromium.Glass();
        Page = await Glass.NewPageAsync();
        Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(city.Url + "/", StringComparison.Ordinal))
                Foreign.Add(request.Url);
        };
        await Freezes();
    }

    public async ValueTask DisposeAsync()
    {
        await Glass.CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Time stands still in the browser; only a test lets it pass.</summary>
    private protected async Task Freezes()
    {
        await Page.Clock.InstallAsync(new() { TimeDate = city.Time.GetUtcNow().UtcDateTime });
        await Page.Clock.PauseAtAsync(city.Time.GetUtcNow().UtcDateTime.AddSeconds(1));
    }

    private protected Task<IResponse?> Opens() => Page.GotoAsync($"{city.Url}/kiosks/{SampleCity.LobbyKiosk}");

    private protected async Task<KioskNetwork> Watches(SignedNotice notice, Action<KioskNetwork>? prepare = null)
    {
        var network = await KioskNetwork.To(Page, city, notice);
        prepare?.Invoke(network);
        await Opens();
        return network;
    }

    private protected SignedNotice Issued(long sequence, CaptureReport heard) =>
        city.Notice(SampleCity.Lobby, sequence, city.Key, ("facility-camera", Sensors, heard));

    private protected Task Stands(string state) => Expect(Root).ToHaveAttributeAsync("data-state", state);

    private protected async Task Shows(params string[] facts)
    {
        var shown = Page.Locator("[data-part=facts] [data-capture]:not([data-fleet])");
        await Expect(shown).ToHaveCountAsync(facts.Length);
        foreach (var fact in facts)
            await Expect(Page.Locator($"[data-capture={fact.Split(' ')[0]}][data-certainty={fact.Split(' ')[1]}]:not([data-fleet])"))
                .ToHaveCountAsync(1);
    }

    private protected async Task SaysThatItCouldNotConfirm()
    {
        await Expect(Page.Locator("[data-part=standing]"))
            .ToContainTextAsync("could not confirm the notice. Recording may be in progress.");
        await Stands("unconfirmed");
        await Shows();
        await Expect(Root).Not.ToHaveAttributeAsync("data-sequence", new System.Text.RegularExpressions.Regex(".*"));
    }

    /// <summary>Lets seconds pass in the browser, one by one.</summary>
    private protected async Task Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
            await Page.Clock.RunForAsync(1_000);
    }

    /// <summary>Lets time pass until the screen asks for a confirmation, as it must every 15 seconds.</summary>
    private protected async Task Asks(KioskNetwork network)
    {
        var asked = network.Asked;
        for (var second = 0; network.Asked == asked; second++)
        {
            Assert.True(second <= 15, "The screen did not ask for a confirmation within 15 s.");
            await Pass(1);
        }
    }

    private protected Task<string> Age() => Page.Locator("[data-part=age]").InnerTextAsync();

    /// <summary>One bit of the payload is another: "recorded" is now "qecorded", say.</summary>
    private protected static string Flipped(SignedNotice notice)
    {
        var bytes = notice.PayloadBytes();
        bytes[bytes.Length / 2] ^= 1;
        var jws = JsonNode.Parse(notice.ToJws())!;
        jws["payload"] = Base64Url.EncodeToString(bytes);
        return jws.ToJsonString();
    }
}
