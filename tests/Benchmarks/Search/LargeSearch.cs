using System.Diagnostics;
using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Search;

/// <summary>
/// The public search of a whole registry with a hundred thousand devices: words that all of them have, one of them has, and none has.
/// </summary>
internal static class LargeSearch
{
    public const string Verb = "search";

    private const int Devices = 100_000,
        Requests = 400,
        WarmUpRequests = 40;

    private const double LimitMilliseconds = 50;

    public static async Task RunAsync()
    {
        await using var registry = new RegistryHost().WithProfiling();
        await registry.StartAsync();
        await LargeLedger.FillAsync(await registry.ConnectionStringAsync(), LargeLedger.RegisterDevices, Devices);
        using var reader = new HttpClient { BaseAddress = registry.Http };
        foreach (
            var (what, text) in new (string, Func<int, string>)[]
            {
                ("a word that every device has", _ => "bench"),
                ("two words that every device has", _ => "bench police"),
                ("the id of one device", i => $"bench-{i * 37 % Devices}"),
                ("a law", i => $"16.{i % 200}"),
                ("a word that nothing has", i => $"nothing{i}"),
            }
        )
        {
            var times = await MeasureAsync(reader, text);
            var p95 = Figures.Percentile(times, 95);
            Figures.Print(
                $"search among {Devices:N0} devices, {what}",
                $"p50 {Figures.Percentile(times, 50):0.0} ms, p95 {p95:0.0} ms",
                p95,
                LimitMilliseconds
            );
        }
    }

    /// <summary>Returns the sorted milliseconds of the requests after a warm-up.</summary>
    private static async Task<double[]> MeasureAsync(HttpClient reader, Func<int, string> text)
    {
        var times = new List<double>();
        for (var i = -WarmUpRequests; i < Requests; i++)
        {
            var path = "/api/v1/search?q=" + Uri.EscapeDataString(text(Math.Abs(i)));
            var clock = Stopwatch.StartNew();
            using var answer = await reader.GetAsync(path);
            var body = await answer.Content.ReadAsStringAsync();
            if (i >= 0)
                times.Add(clock.Elapsed.TotalMilliseconds);
            answer.EnsureSuccessStatusCode();
            JsonDocument.Parse(body).Dispose();
        }

        return [.. times.Order()];
    }
}
