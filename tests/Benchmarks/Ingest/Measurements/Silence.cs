using System.Globalization;
using System.Text.Json;
using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;
using SurveillanceRegistry.Benchmarks.Ingest.Report;
using SurveillanceRegistry.Benchmarks.Ingest.UnderTest;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest.Measurements;

/// <summary>
/// Devices stop publishing at different moments and stay connected. Measures, from each device's deadline, when it is recorded as not
/// heard; then the public API must agree. A second run kills the server in between, and counts from the later of the deadline and
/// <c>ready</c>.
/// </summary>
internal static class Silence
{
    private const double MaxSeconds = 1,
        MaxSecondsAfterKill = 2,
        HeartbeatIntervalSeconds = 10;

    private static readonly string[] HeardStates = ["online", "late", "docked"];
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50),
        LongestAfterDeadline = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(BenchmarkScale scale, FigureTable table)
    {
        await using var generator = LoadGenerator.Start();
        await using var registry = await RegistryUnderTest.OpenAsync(
            generator,
            async database =>
            {
                await RegisteredDevices.InsertPlaceAsync(database, 0);
                await RegisteredDevices.InsertDevicesAsync(database, RegisteredDevices.FixedAt(0), 0, scale.SilentDevices);
            }
        );

        var undisturbed = await MeasureAsync(generator, registry, scale, isServerKilled: false);
        table.Add(ToFigure(Invariant($"{scale.SilentDevices} devices fall silent"), undisturbed, MaxSeconds, "deadline + ≤ 1 s p99"));
        var killed = await MeasureAsync(generator, registry, scale, isServerKilled: true);
        table.Add(
            ToFigure(
                "… with a kill -9 of the registry shortly before the deadlines",
                killed,
                MaxSecondsAfterKill,
                "deadline, or ready again, + ≤ 2 s"
            )
        );
    }

    private static Figure ToFigure(string load, (double[] Seconds, string Details) measured, double maxSeconds, string goal)
    {
        var (p50, p99) = (Figures.Percentile(measured.Seconds, 50), Figures.Percentile(measured.Seconds, 99));
        return new Figure(
            load,
            Invariant($"p99 {p99:0.00} s after the deadline"),
            measured.Details,
            Invariant($"p50 {p50:0.00}, p99 {p99:0.00}, longest {measured.Seconds[^1]:0.00} s"),
            "",
            Invariant($"polled every {PollInterval.TotalMilliseconds:0} ms, which counts with it"),
            goal,
            p99 <= maxSeconds
        );
    }

    private static async Task<(double[] Seconds, string Details)> MeasureAsync(
        LoadGenerator generator,
        RegistryUnderTest registry,
        BenchmarkScale scale,
        bool isServerKilled
    )
    {
        await generator.OpenAsync("silent", registry.MqttPort, scale.SilentDevices, scale.SilentDevices);
        await generator.RunPacedAsync("silent", scale.SilentDevices / HeartbeatIntervalSeconds, 2 * HeartbeatIntervalSeconds, registry.Cpu);
        var deadlineAfter = await DeadlineAsync(registry);
        var published = (await generator.PublishedAsync("silent")).PublishedAt!;
        DateTime[] deadlines = [.. published.Select(at => DateTime.UnixEpoch.AddMicroseconds(at) + deadlineAfter)];
        var ready = DateTime.MinValue;
        if (isServerKilled)
            ready = await KillAndOpenAsync(generator, registry, deadlines.Min());

        var recorded = await WaitUntilAllAreRecordedAsync(registry, deadlines, ready);

        if ((await ReadDevicesAsync(registry)).Any(device => HeardStates.Contains(device.GetProperty("presence").GetString())))
            throw new InvalidOperationException("The public API returns a silent device as heard.");
        await generator.CloseAsync("silent");
        double[] seconds =
        [
            .. recorded
                .Select(device => device.Value - Later(ready, deadlines[device.Key]))
                .Select(delay => Math.Max(0, delay.TotalSeconds))
                .Order(),
        ];
        var early = recorded.Count(device => device.Value < deadlines[device.Key]);
        var details = Invariant($"deadline {deadlineAfter.TotalSeconds:0} s; {early} were recorded before it");
        if (isServerKilled)
            details += Invariant($"; deadlines of {deadlines.Count(deadline => deadline < ready)} passed while it was down");
        return (seconds, details);
    }

    /// <summary>
    /// Kills the server two seconds before the first deadline, so that deadlines pass while it starts and right after. Returns when it was
    /// ready again.
    /// </summary>
    private static async Task<DateTime> KillAndOpenAsync(LoadGenerator generator, RegistryUnderTest registry, DateTime firstDeadline)
    {
        var wait = firstDeadline - TimeSpan.FromSeconds(2) - DateTime.UtcNow;
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, WorkerProcess.Interrupted);
        await registry.KillAsync();
        await registry.OpenAsync(generator);
        return DateTime.UtcNow;
    }

    /// <summary>Returns when each device, by its number, was first seen as not heard in the database.</summary>
    private static async Task<Dictionary<int, DateTime>> WaitUntilAllAreRecordedAsync(
        RegistryUnderTest registry,
        DateTime[] deadlines,
        DateTime ready
    )
    {
        var giveUpAt = Later(ready, deadlines.Max()) + LongestAfterDeadline;
        var recorded = new Dictionary<int, DateTime>();
        while (recorded.Count < deadlines.Length)
        {
            foreach (var id in await RegisteredDevices.NotHeardAsync(registry.Database))
                recorded.TryAdd(int.Parse(id[RegisteredDevices.Prefix.Length..], CultureInfo.InvariantCulture), DateTime.UtcNow);

            if (DateTime.UtcNow > giveUpAt)
                throw new InvalidOperationException(
                    $"{deadlines.Length - recorded.Count} of {deadlines.Length} silent devices were never recorded as not heard."
                );
            await Task.Delay(PollInterval, WorkerProcess.Interrupted);
        }

        return recorded;
    }

    private static DateTime Later(DateTime first, DateTime second) => first > second ? first : second;

    private static async Task<TimeSpan> DeadlineAsync(RegistryUnderTest registry) =>
        TimeSpan.FromSeconds((await ReadDevicesAsync(registry))[0].GetProperty("deadlineSeconds").GetInt32());

    /// <summary>Reads all measured devices from the public API, page by page.</summary>
    private static async Task<List<JsonElement>> ReadDevicesAsync(RegistryUnderTest registry)
    {
        using var client = new HttpClient { BaseAddress = registry.Http };
        var devices = new List<JsonElement>();
        string? path = "/api/v1/devices?place=" + RegisteredDevices.PlaceId(0);
        while (path is not null)
        {
            var page = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(path));
            devices.AddRange(page.GetProperty("items").EnumerateArray());
            path = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        return devices;
    }
}
