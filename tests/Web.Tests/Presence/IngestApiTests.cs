using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Presence;

/// <summary>The page of those who run the registry, the totals for everybody, and what the registry answers about its health.</summary>
public sealed class IngestApiTests(Chromium chromium) : IAsyncLifetime
{
    private static readonly string[] Reasons = ["forbidden", "malformed", "qos", "rate", "retain", "shape", "size", "topic", "alias"];

    private readonly SampleCity _city = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IngestStatistics Figures => _city.Part<IngestStatistics>();

    public async ValueTask InitializeAsync()
    {
        await _city.InitializeAsync();
        Figures.RegisterReasons(Reasons); // The broker says so where there is one.
        (Figures.Connections, Figures.Sessions) = (() => 1234, () => 1230);
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    /// <summary>So many heartbeats come in, each acknowledged after a while, and a second passes.</summary>
    private void Beats(int count, double milliseconds = 0)
    {
        var received = Enumerable.Range(0, count).Select(_ => Figures.Received()).ToArray();
        _city.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        foreach (var at in received)
            Figures.Completed(at, isAcknowledged: true);
        _city.Time.Advance(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_public_sees_ingest_totals_and_nothing_of_a_device()
    {
        Beats(3);
        Figures.Refused("shape");
        var totals = await _city.Json("/api/v1/ingest");
        // Neither how many heartbeats nor how many refusals: who subtracts what fixed devices send would see how many mobile units are out.
        Assert.Equal(["at", "since", "droppedFields"], totals.AsObject().Select(member => member.Key));
        Assert.Equal("{}", totals["droppedFields"]!.ToJsonString());
        Assert.EndsWith("Z", (string?)totals["since"]);
        Assert.DoesNotContain(_city.Opening.Devices, device => totals.ToJsonString().Contains(device.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_administrators_and_auditors_see_the_ingest_page()
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            using var visitor = new Visitor(_city.Url);
            var (member, _, password) = _city.Staff.AddWithToken("watch-" + Json.Word(role), role);
            await visitor.SignInAsync(member.SignIn, password);
            var mayWatch = role is Role.DeviceClerk or Role.Administrator or Role.Auditor;
            foreach (var address in new[] { "/staff/ingest", "/staff/ingest/figures" })
                Assert.Equal(mayWatch ? HttpStatusCode.OK : HttpStatusCode.Redirect, (await visitor.GetAsync(address)).StatusCode);
            var desk = await (await visitor.GetAsync("/staff")).Content.ReadAsStringAsync(Cancellation);
            Assert.Equal(mayWatch, desk.Contains("href=\"/staff/ingest\"", StringComparison.Ordinal));
        }

        using var stranger = new Visitor(_city.Url);
        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync("/staff/ingest/figures")).StatusCode);
    }

    [Fact]
    public async Task The_ingest_API_has_the_figures_of_the_page()
    {
        Beats(120, milliseconds: 5);
        Figures.Refused("rate");
        Figures.Received();
        _city.Time.Advance(TimeSpan.FromSeconds(1));
        using var clerk = await SignedInAsync();
        var figures = JsonNode.Parse(await (await clerk.GetAsync("/staff/ingest/figures")).Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal(
            ("sees", 120, 0, 1),
            (
                (string?)figures["state"],
                (int?)figures["lastMinute"]!["acknowledged"],
                (int?)figures["lastSecond"]!["acknowledged"],
                (int?)figures["inFlight"]
            )
        );
        Assert.InRange((double)figures["lastMinute"]!["ackP99Ms"]!, 5, 5.625);
        Assert.Equal(
            (1, 1234, 1230),
            ((int?)figures["lastMinute"]!["refused"]!["rate"], (int?)figures["connections"], (int?)figures["sessions"])
        );
        var units = figures["presence"]!.AsObject();
        Assert.Equal(_city.Opening.Devices.Length, units.Sum(state => (int)state.Value!));
        Assert.Equal(
            _city.Opening.Devices.Count(device =>
                device is { Place: not null and not SampleCity.School, Lifecycle: Lifecycle.Active or Lifecycle.Paused }
            ),
            (int?)units["online"]
        );
        Assert.Equal("1,234", (string?)figures["words"]!["connections"]);
        Assert.DoesNotContain(_city.Opening.Devices, device => figures.ToJsonString().Contains(device.Id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1280, 900, true)]
    [InlineData(390, 844, true)]
    [InlineData(1280, 900, false)]
    public async Task The_ingest_page_is_readable_on_desktop_and_phone_without_scripts(int width, int height, bool scripts)
    {
        Beats(4321, milliseconds: 4);
        Figures.Refused("shape");
        await using var glass = await chromium.Glass(width, height, scripts);
        var page = await glass.NewPageAsync();
        await InAsync(page);
        var failures = new List<string>();
        page.Console += (_, message) => failures.Add(message.Text);
        page.PageError += (_, failure) => failures.Add(failure);
        Assert.Equal(200, (await page.GotoAsync(_city.Url + "/staff/ingest"))!.Status);
        await Expect(page.Locator("[role=status]")).ToContainTextAsync("The registry stores and acknowledges heartbeats");
        await Expect(page.Locator("[data-words=acknowledged]")).ToHaveTextAsync("4,321");
        await Expect(page.Locator("[data-words=at]")).ToContainTextAsync("PM, November 23, 2026");
        await Chromium.Picture(page, $"staff-ingest-{width}-{scripts}");
        if (scripts)
        {
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, 7.0));
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.CutOff, false));
            Assert.Empty(failures);
            return;
        }

        await Expect(page.Locator(".ingest button")).ToBeHiddenAsync();
        Beats(1);
        await page.ClickAsync("text=Refresh");
        await Expect(page.Locator("[data-words=acknowledged]")).ToHaveTextAsync("4,322");
    }

    [Fact]
    public async Task The_ingest_page_updates_until_paused_and_reports_a_lost_server()
    {
        await using var glass = await chromium.Glass(1280, 900, scripts: true);
        var page = await glass.NewPageAsync();
        await page.Clock.InstallAsync();
        await InAsync(page);
        await page.GotoAsync(_city.Url + "/staff/ingest");
        Beats(7);
        await Expect(page.Locator("[data-words=acknowledged]")).ToHaveTextAsync("7");

        var waiting = Figures.Received();
        _city.Time.Advance(TimeSpan.FromSeconds(6));
        await Expect(page.Locator("[role=status]")).ToContainTextAsync("Heartbeats are queued");
        await Expect(page.Locator(".ingest")).ToHaveAttributeAsync("data-state", "waits");
        Figures.Completed(waiting, isAcknowledged: true);
        await Expect(page.Locator("[role=status]")).ToContainTextAsync("The registry stores and acknowledges heartbeats");

        await page.RouteAsync("**/figures", route => route.AbortAsync());
        await Expect(page.Locator("[role=alert]")).ToContainTextAsync("does not answer");
        await page.UnrouteAsync("**/figures");
        await Expect(page.Locator("[role=alert]")).ToBeHiddenAsync();

        var asked = 0;
        await page.ClickAsync("text=Pause");
        await Expect(page.Locator(".ingest button")).ToHaveTextAsync("Resume");
        await page.RouteAsync(
            "**/figures",
            route =>
            {
                asked++;
                return route.ContinueAsync();
            }
        );
        await page.Clock.RunForAsync(10_000);
        Assert.Equal(0, asked);
        await page.ClickAsync("text=Resume");
        await page.RunAndWaitForResponseAsync(() => page.Clock.RunForAsync(1000), "**/figures");
        Assert.NotEqual(0, asked);

        await page.Context.ClearCookiesAsync();
        await Expect(page.Locator("[role=alert]")).ToContainTextAsync("Your session has ended");
    }

    [Fact]
    public async Task The_registry_is_live_but_not_ready_while_it_cannot_store_heartbeats()
    {
        await _city.MakesItsFirstRound();
        var sight = _city.Part<IngestHealthMonitor>();
        using var runner = new PeriodicTaskRunner([sight], _city.Part<IHostApplicationLifetime>(), _city.Time);
        await runner.StartAsync(Cancellation);
        await IsAsync(HttpStatusCode.OK);

        _city.Memory.IsOutOfReach = true;
        _city.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Contains("cannot be stored", await IsAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        using (var clerk = await SignedInAsync())
            Assert.Contains(
                "The registry cannot store heartbeats",
                await (await clerk.GetAsync("/staff/ingest")).Content.ReadAsStringAsync(Cancellation),
                StringComparison.Ordinal
            );
        _city.Memory.IsOutOfReach = false;
        for (var patience = DateTime.UtcNow.AddSeconds(10); sight.CannotObserve && DateTime.UtcNow < patience; await Task.Yield())
            _city.Time.Advance(IngestHealthMonitor.CheckInterval);
        await IsAsync(HttpStatusCode.OK);

        var waiting = Figures.Received();
        for (var i = 0; i < 6; i++)
            _city.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("heartbeats are queued", await IsAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        Assert.True(sight.CannotObserve); // A registry that cannot store heartbeats cannot observe devices.
        Figures.Completed(waiting, isAcknowledged: true);
        for (var patience = DateTime.UtcNow.AddSeconds(10); sight.CannotObserve && DateTime.UtcNow < patience; await Task.Yield())
            _city.Time.Advance(IngestHealthMonitor.CheckInterval);
        await IsAsync(HttpStatusCode.OK);
        await runner.StopAsync(CancellationToken.None);

        async Task<string> IsAsync(HttpStatusCode expected)
        {
            Assert.Equal("alive", await _city.Reader.GetStringAsync("/health/live", Cancellation));
            using var answer = await _city.Reader.GetAsync("/health/ready", Cancellation);
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            Assert.True(expected == answer.StatusCode, text);
            Assert.Equal(
                expected == HttpStatusCode.OK ? "text/plain" : "application/problem+json",
                answer.Content.Headers.ContentType!.MediaType
            );
            return text;
        }
    }

    private async Task<Visitor> SignedInAsync()
    {
        var (member, _, password) = _city.Staff.AddWithToken("clerk-" + Guid.NewGuid().ToString("N")[..8], Role.DeviceClerk);
        var visitor = new Visitor(_city.Url);
        await visitor.SignInAsync(member.SignIn, password);
        return visitor;
    }

    private async Task InAsync(IPage page)
    {
        var (member, _, password) = _city.Staff.AddWithToken("clerk-" + Guid.NewGuid().ToString("N")[..8], Role.DeviceClerk);
        await page.GotoAsync(_city.Url + "/staff/sign-in?return=/staff/account");
        await page.FillAsync("#sign-in", member.SignIn);
        await page.FillAsync("#password", password);
        await page.ClickAsync("main button");
        await page.WaitForURLAsync(_city.Url + "/staff/account");
    }
}
