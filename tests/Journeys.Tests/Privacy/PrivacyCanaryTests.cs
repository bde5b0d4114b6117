using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static SurveillanceRegistry.Journeys.Tests.Fixtures.StaffedRegistry;

namespace SurveillanceRegistry.Journeys.Tests.Privacy;

/// <summary>
/// Plates, names, pictures and positions are sent into the running registry through every adapter and every rejection. Afterwards they are
/// nowhere: not in a table, in the write-ahead log or in any other file of the data folder, not in the log, at any public address or in
/// received telemetry. The counter-proof: the fields beside the markers became state, and every rejection was counted.
/// </summary>
public sealed partial class PrivacyCanaryTests : IAsyncLifetime
{
    private const string Plate = "CANARY7PLT",
        Name = "Mallory Canaryface",
        Picture = "CANARYJFIFPIXELS",
        Position = "47.60621987,-122.33207123",
        Client = "canary-client-7";

    /// <summary>A firmware version that a camera may send, and that is therefore found.</summary>
    private const string Native = "east-precinct-lobby-1",
        Firmware = "7.717.7170";

    private static readonly string[] Markers = [Plate, Name, Picture, Position, Client];

    /// <summary>The markers as they are, and in the encodings in which a program may have written them.</summary>
    private static readonly string[] Traces =
    [
        .. Markers
            .SelectMany(marker =>
                new[]
                {
                    marker,
                    marker.ToLowerInvariant(),
                    marker.ToUpperInvariant(),
                    Convert.ToHexStringLower(Encoding.ASCII.GetBytes(marker)),
                    Convert.ToBase64String(Encoding.ASCII.GetBytes(marker))[..12],
                }
            )
            .Distinct(),
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static string Person => $$"""{"plate":"{{Plate}}","name":"{{Name}}","thumbnail":"{{Picture}}","position":"{{Position}}"}""";

    private static byte[] Jpeg => [0xFF, 0xD8, 0xFF, 0xE0, .. Encoding.ASCII.GetBytes(Picture)];

    private static string[] Pages =>
        [
            "/",
            "/places",
            "/governance",
            "/changes",
            "/changes.atom",
            "/changes.json",
            "/places/east-precinct-lobby",
            "/devices/east-precinct-lobby-1",
            "/api/v1/devices",
            "/api/v1/places",
            "/api/v1/ingest",
            "/openapi/v1.json",
            "/kiosks/kiosk-east-precinct-lobby",
            "/kiosks/kiosk-east-precinct-lobby/notice",
            "/api/v1/log/checkpoint",
            "/api/v1/log/tile/entries/000",
        ];

    private readonly TelemetryCollector _collector = new();
    private RegistryHost _registry = null!;
    private HttpClient _clerk = null!,
        _watcher = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await Snapshot.CreateHostAsync();
        _registry.ExtraSettings["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Address;
        _registry.ExtraSettings["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        _registry.ExtraSettings["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        _registry.ExtraSettings["OTEL_BSP_SCHEDULE_DELAY"] = "200";
        _registry.ExtraSettings["OTEL_TRACES_SAMPLER_ARG"] = "1";
        await FixtureClock.MeasureAsync("registry", () => _registry.StartAsync("--sample-staff"));
        _clerk = await _registry.ApiClientAsync("device-clerk");

        // The ingest figures are on a staff page: the clerk signs in.
        _watcher = new HttpClient { BaseAddress = _registry.Http };
        var signIn = Regex
            .Match(
                _registry.SignInLines.Single(line => line.Contains("clerk@", StringComparison.Ordinal)),
                @"as (?<name>\S+) with (?<password>\S+)"
            )
            .Groups;
        var form = await _watcher.GetStringAsync("/staff/sign-in");
        using var fields = new FormUrlEncodedContent([
            new("sign-in", signIn["name"].Value),
            new("password", signIn["password"].Value),
            new(
                "__RequestVerificationToken",
                Regex.Match(form, "name=\"__RequestVerificationToken\"[^>]* value=\"([^\"]+)\"").Groups[1].Value
            ),
        ]);
        using var welcome = await _watcher.PostAsync("/staff/sign-in", fields);
        welcome.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _collector.DisposeAsync();
        _clerk.Dispose();
        _watcher.Dispose();
    }

    [Fact]
    public async Task No_personal_data_that_devices_send_is_found_anywhere_in_the_registry()
    {
        await SendAsCameraAsync();
        foreach (var vendor in Vendors)
            await SendAsVendorAsync(vendor);
        Assert.Equal(
            Directory.GetFiles(Path.Combine(Programs.Root, "devices/profiles"), "*.yaml").Select(Path.GetFileNameWithoutExtension).Order(),
            Vendors.Select(vendor => vendor.Profile).Order()
        );
        await SignInAsStrangersAsync();

        await AssertResponsesHoldNoTracesAsync();

        await using (var database = NpgsqlDataSource.Create(await _registry.ConnectionStringAsync()))
        await using (var checkpoint = database.CreateCommand("checkpoint"))
            await checkpoint.ExecuteNonQueryAsync();
        foreach (var figure in new[] { "registry.publishes.refused", "registry.connects.refused", "registry.fields.dropped" })
            await _collector.WaitForAsync("/v1/metrics", figure);
        await _collector.WaitForAsync("/v1/traces", "heartbeats.commit");
        Assert.Equal(0, await _registry.StopAsync()); // Then the last telemetry is sent and every dirty page is written.

        AssertNoTraces("what the collector received", _collector.AllBodies);
        AssertNoTraces("the log", _registry.Log);
        Assert.Matches("Rejected [0-9]+ publishes of ", _registry.Log); // The log holds the refusals.
        await AssertFilesHoldNoTracesAsync();
    }

    /// <summary>Every public address, and what staff read. The listed pages must succeed: an error page holds nothing.</summary>
    private async Task AssertResponsesHoldNoTracesAsync()
    {
        using var stranger = new HttpClient { BaseAddress = _registry.Http };
        foreach (var page in Pages)
            AssertNoTraces(page, await stranger.GetStringAsync(page)); // Throws at anything but success.
        var addresses = await PublicAddresses.AllAsync(stranger, Client);
        var read = await PublicResponses.ReadAsync(stranger, addresses);
        Assert.All(
            addresses.Where(address => !address.Contains(Client, StringComparison.Ordinal)),
            address => AssertNoTraces(address, read[address])
        );
        AssertNoTraces("/staff/ingest", await _watcher.GetStringAsync("/staff/ingest"));
        AssertNoTraces("devices", (await GetJsonAsync(_clerk, "devices?limit=1000")).ToString());
        AssertNoTraces("gateways", (await GetJsonAsync(_clerk, "gateways")).ToString());
    }

    /// <summary>Every file of the data folder: tables, write-ahead log, and all others.</summary>
    private async Task AssertFilesHoldNoTracesAsync()
    {
        var files = Directory
            .GetFiles(
                _registry.Data,
                "*",
                new EnumerationOptions
                {
                    RecurseSubdirectories = true,
                    IgnoreInaccessible = false,
                    AttributesToSkip = 0,
                }
            )
            .Where(file => !Path.GetFileName(file).StartsWith(".s.PGSQL", StringComparison.Ordinal))
            .ToArray();
        Assert.Contains(files, file => file.Contains("/pg_wal/", StringComparison.Ordinal));
        var (inTables, inWal) = (false, false);
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.All(
                Traces,
                trace => Assert.True(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(trace)) < 0, $"{trace} stands in {file}.")
            );
            // The search would have found a trace: the accepted firmware version is found in the same files.
            var holds = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Firmware)) >= 0;
            (inTables, inWal) = (
                inTables || holds && file.Contains("/base/", StringComparison.Ordinal),
                inWal || holds && file.Contains("/pg_wal/", StringComparison.Ordinal)
            );
        }

        Assert.Equal((true, true), (inTables, inWal));
    }

    private static void AssertNoTraces(string what, string text) =>
        Assert.All(Traces, trace => Assert.False(text.Contains(trace, StringComparison.OrdinalIgnoreCase), $"{trace} stands in {what}."));

    /// <summary>The figures of received and rejected messages, as the staff page shows them.</summary>
    private async Task<JsonElement> FiguresAsync() =>
        JsonSerializer.Deserialize<JsonElement>(await _watcher.GetStringAsync("/staff/ingest/figures"));

    private static long Refused(JsonElement figures, string reason) => figures.GetProperty("refused").GetProperty(reason).GetInt64();

    /// <summary>Waits for figures: the registry takes them once a second.</summary>
    private async Task WaitForFiguresAsync(Func<JsonElement, bool> isEnough)
    {
        using var bound = new CancellationTokenSource(Patience);
        for (var figures = await FiguresAsync(); !isEnough(figures); figures = await FiguresAsync())
        {
            Assert.False(bound.IsCancellationRequested, $"What was refused is not counted: {figures}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>Waits until the API says that a device was heard after an instant, and that it records.</summary>
    private async Task<JsonElement> WaitUntilRecordingAsync(string deviceId, DateTimeOffset after)
    {
        using var bound = new CancellationTokenSource(Patience);
        while (true)
        {
            var device = await GetJsonAsync(_clerk, "devices/" + deviceId);
            if (
                device.GetProperty("presence").GetString() == "online"
                && device.GetProperty("capture").TryGetProperty("video", out var video)
                && video.GetString() == "recorded"
                && device.GetProperty("lastHeardAt").GetDateTimeOffset() > after
            )
                return device;
            Assert.False(
                bound.IsCancellationRequested,
                $"{deviceId} is not heard to record: its adapter does not work. A clerk reads {device}"
            );
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
