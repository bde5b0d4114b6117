using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static SurveillanceRegistry.Journeys.Tests.Fixtures.StaffedRegistry;

namespace SurveillanceRegistry.Journeys.Tests.Privacy;

/// <summary>
/// A registry of its own whose fleets are two hours old, and in which nothing happens but the test: with a clerk, a reader without a
/// token, and an open event stream for every screen.
/// </summary>
public sealed class Precinct : IAsyncLifetime
{
    /// <summary>A car whose camera is reported by a vendor's gateway.</summary>
    internal const string VendorCar = "in-car-east-02";

    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _devices = Directory.CreateTempSubdirectory("precinct-").FullName;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _notified = new(0);
    private Task _screens = Task.CompletedTask;

    internal RegistryHost Host { get; private set; } = null!;

    internal HttpClient Stranger { get; private set; } = null!;

    internal HttpClient Clerk { get; private set; } = null!;

    /// <summary>The screens that were notified of a change.</summary>
    internal ConcurrentQueue<string> NotifiedScreens { get; } = [];

    public async ValueTask InitializeAsync()
    {
        // The sample has no mobile device behind a vendor's gateway: this registry has one.
        File.Copy(Path.Combine(Programs.Root, "devices/sample-city.yaml"), Path.Combine(_devices, "sample-city.yaml"));
        Directory.CreateDirectory(Path.Combine(_devices, "profiles"));
        await File.WriteAllTextAsync(
            Path.Combine(_devices, "profiles/car-cameras.yaml"),
            $"id: car-cameras\nadapter: axis\nprefix: axis\nrecording: [video]\nunits:\n  - {{unit: ACCC8E000009, device: {VendorCar}}}\n"
        );
        Host = await Snapshot.CreateHostAsync();
        Host.ExtraSettings["REGISTRY_DEVICES"] = Path.Combine(_devices, "sample-city.yaml");
        await FixtureClock.MeasureAsync("registry", () => Host.StartAsync());
        // A fleet is shown as it was an hour ago: the devices of the files were registered long ago.
        await using (var database = NpgsqlDataSource.Create(await Host.ConnectionStringAsync()))
        await using (var earlier = database.CreateCommand("update registry.mobile_act set at = at - interval '2 hours'"))
            Assert.NotEqual(0, await earlier.ExecuteNonQueryAsync());
        Stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Host.Http };
        Clerk = await Host.ApiClientAsync("device-clerk");
        var kiosks = (await GetJsonAsync(Stranger, "/api/v1/kiosks"))
            .GetProperty("items")
            .EnumerateArray()
            .Select(kiosk => kiosk.GetProperty("id").GetString()!)
            .ToArray();
        foreach (var kiosk in kiosks) // A screen that was never seen is shown as such: see each of them before the comparison.
            await Stranger.GetStringAsync($"/kiosks/{kiosk}/notice");
        var watches = kiosks.Select(WatchAsync).ToArray();
        await Task.WhenAll(watches).WaitAsync(Patience);
        _screens = Task.WhenAll(watches.Select(watch => watch.Result));
    }

    /// <summary>Reads a screen's event stream. The outer task ends when the stream is open.</summary>
    private async Task<Task> WatchAsync(string kiosk)
    {
        var lines = new StreamReader(await Stranger.GetStreamAsync($"/kiosks/{kiosk}/changes", _closing.Token));
        while (await lines.ReadLineAsync(_closing.Token) != "data: hello") { }
        return ReadAsync();

        async Task ReadAsync()
        {
            try
            {
                while (await lines.ReadLineAsync(_closing.Token) is { } line)
                {
                    if (line != "data: changed")
                        continue;
                    NotifiedScreens.Enqueue(kiosk);
                    _notified.Release();
                }
            }
            catch (OperationCanceledException)
            {
                lines.Dispose();
            }
        }
    }

    internal async Task WaitForScreenAsync(string kiosk)
    {
        while (!NotifiedScreens.Contains(kiosk))
            Assert.True(await _notified.WaitAsync(Patience), "No screen was notified.");
    }

    internal async Task<string> IssueSecretAsync(string holder)
    {
        var (status, _, answer) = await SendAsync(Clerk, holder + "/credentials", """{"kind":"secret","reason":"First sign-in."}""");
        Assert.True(status == 201, answer.ToString());
        return answer.GetProperty("secret").GetString()!;
    }

    internal async Task<string> RegisterGatewayAsync(string id, string? profile, string behind)
    {
        var (status, _, answer) = await SendAsync(
            Clerk,
            "gateways",
            JsonSerializer.Serialize(
                new
                {
                    id,
                    department = "police",
                    profile,
                }
            )
        );
        Assert.True(status == 201, answer.ToString());
        await ChangeDeviceAsync(behind, $$"""{"gateway":"{{id}}"}""");
        return await IssueSecretAsync("gateways/" + id);
    }

    internal async Task ChangeDeviceAsync(string deviceId, string values)
    {
        using var before = await Clerk.GetAsync("devices/" + deviceId);
        var (status, _, answer) = await SendAsync(
            Clerk,
            "devices/" + deviceId,
            values,
            before.Headers.ETag!.ToString(),
            method: HttpMethod.Patch
        );
        Assert.True(status == 200, answer.ToString());
    }

    /// <summary>A capture in which every sensor of a device records.</summary>
    internal async Task<string> AllSensorsRecordedAsync(string deviceId) =>
        JsonSerializer.Serialize(
            (await GetJsonAsync(Clerk, "devices/" + deviceId))
                .GetProperty("sensors")
                .EnumerateArray()
                .ToDictionary(sensor => sensor.GetString()!, _ => "recorded")
        );

    internal Task WaitForDeviceAsync(string deviceId, string presence) =>
        WaitForDeviceAsync(deviceId, device => device.GetProperty("presence").GetString() == presence);

    /// <summary>Waits for a mode. One that has just changed is in doubt, and not in the answer, until the change is recorded.</summary>
    internal Task WaitForModeAsync(string deviceId, string capture, string mode) =>
        WaitForDeviceAsync(
            deviceId,
            device => device.GetProperty("capture").TryGetProperty(capture, out var actual) && actual.GetString() == mode
        );

    /// <summary>Waits until the clerk's API answers a device as expected.</summary>
    internal async Task WaitForDeviceAsync(string deviceId, Func<JsonElement, bool> isExpected)
    {
        using var bound = new CancellationTokenSource(Patience);
        for (
            var device = await GetJsonAsync(Clerk, "devices/" + deviceId);
            !isExpected(device);
            device = await GetJsonAsync(Clerk, "devices/" + deviceId)
        )
        {
            if (bound.IsCancellationRequested)
                Assert.Fail($"A clerk still reads of {deviceId}: {device}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _screens;
        Stranger.Dispose();
        Clerk.Dispose();
        await Host.DisposeAsync();
        Directory.Delete(_devices, recursive: true);
        _closing.Dispose();
        _notified.Dispose();
    }
}
