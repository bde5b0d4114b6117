using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Simulator;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// A capture change published by a device → the verified notice drawn in Chromium, with the sample fleet publishing beside it. Its peer
/// in the same run is the durable acknowledgement of the same heartbeat: no screen can be sooner than that.
/// </summary>
internal static class FromChangeToScreen
{
    private const int Changes = 300,
        WarmUp = 20,
        LimitMilliseconds = 500;
    private const string Camera = "east-precinct-lobby-1";

    public static async Task RunAsync()
    {
        await using var house = new RegistryHost();
        await house.OpenAsync();
        using var stop = new CancellationTokenSource();
        var (units, others) = await FleetAsync(house);
        var fleet = Fleet.RunAsync(house.Mqtt, units, [], TimeProvider.System, NullLogger.Instance, stop.Token);
        using var camera = await house.ConnectAsync(Camera, await house.SecretAsync(Camera));

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
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
        var page = await browser.NewPageAsync(
            new BrowserNewPageOptions
            {
                BaseURL = house.Http.ToString(),
                ViewportSize = new ViewportSize { Width = 1080, Height = 1920 },
            }
        );
        var drawn = new TaskCompletionSource<bool>();
        await page.ExposeFunctionAsync(
            "drawn",
            (bool isAudio) =>
            {
                drawn.TrySetResult(isAudio);
            }
        );
        await page.GotoAsync("/kiosks/kiosk-east-precinct-lobby");
        await page.WaitForSelectorAsync("html[data-state=current]");
        await page.EvaluateAsync(
            "new MutationObserver(() => drawn(document.querySelector('[data-capture=audio][data-certainty=reported]') !== null)).observe(document.documentElement, { attributes: true, attributeFilter: ['data-notice-hash'] })"
        );

        var (acknowledged, onScreen) = (new List<double>(), new List<double>());
        var epoch = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var change = 1; change <= WarmUp + Changes; change++)
        {
            drawn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            var began = Stopwatch.GetTimestamp();
            var answer = await camera.PublishAsync(
                RegistryHost.Heartbeat(
                    Camera,
                    epoch,
                    change,
                    change % 2 == 0 ? """{"video":"recorded","audio":"off"}""" : """{"video":"recorded","audio":"recorded"}"""
                )
            );
            var durable = Stopwatch.GetElapsedTime(began);
            Assert.True(answer.IsSuccess);
            while (await drawn.Task.WaitAsync(TimeSpan.FromSeconds(10)) != (change % 2 == 1))
                drawn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (change <= WarmUp)
                continue;
            acknowledged.Add(durable.TotalMilliseconds);
            onScreen.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        await stop.CancelAsync();
        await fleet;
        acknowledged.Sort();
        onScreen.Sort();
        var (p50, p99) = (Figures.Percentile(onScreen, 50), Figures.Percentile(onScreen, 99));
        Figures.Print(
            $"capture change published → verified notice drawn ({Changes} changes, {others} units beside it)",
            $"p50 {p50:0.0} ms, p99 {p99:0.0} ms",
            p99,
            LimitMilliseconds
        );
        Console.WriteLine(
            $"{"  of that: published → durable PUBACK (the floor)", -64} p50 {Figures.Percentile(acknowledged, 50):0.0} ms, p99 {Figures.Percentile(acknowledged, 99):0.0} ms       screen/PUBACK at p50: {p50 / Figures.Percentile(acknowledged, 50):0.0}"
        );
    }

    /// <summary>The sample fleet but for the camera under measurement, each unit with a new secret.</summary>
    private static async Task<(List<(Device, string)> Units, int Count)> FleetAsync(RegistryHost house)
    {
        var devices = SeedFiles.Read(house.Settings["REGISTRY_POLICIES"], house.Settings["REGISTRY_DEVICES"]).Value!.Devices;
        await using var services = new ServiceCollection().AddPostgres(await house.DatabaseAsync()).BuildServiceProvider();
        var units = devices
            .Where(device => device.Id != Camera && device.Lifecycle == Lifecycle.Active)
            .Select(device => (Device: device, Secret: DeviceSecret.New()))
            .ToList();
        await services
            .GetRequiredService<IEnrolment>()
            .IssueSecretsAsync(
                [.. units.Select(unit => (unit.Device.Id, DeviceSecret.Hash(unit.Secret)))],
                Attribution.Registry,
                "A measurement.",
                DateTimeOffset.UtcNow,
                CancellationToken.None
            );
        return (units, units.Count);
    }
}
