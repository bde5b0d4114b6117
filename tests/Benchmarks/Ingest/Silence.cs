using System.Globalization;
using System.Text.Json;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// Devices that stop speaking, all at different moments, with their connections still open: when that is on record of each, counted from
/// its
/// last beat and its deadline; then the public API must say so too. Then the same with a kill -9 in between, counted from when the registry
/// was ready again if that was later.
/// </summary>
internal static class Silence
{
    private const double MaxSeconds = 1,
        MaxSecondsAfterKill = 2,
        SecondsBetweenBeats = 10;

    private static readonly string[] Heard = ["online", "late", "docked"];
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50),
        LongestAfterDeadline = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(Scale scale, Table table)
    {
        await using var generator = LoadGenerator.Start();
        await using var subject = await Subject.OpenAsync(
            generator,
            async database =>
            {
                await Registered.PlaceAsync(database, 0);
                await Registered.DevicesAsync(database, Registered.Fixed(0), 0, scale.Silent);
            }
        );

        var ordinary = await SpeakAndStopAsync(generator, subject, scale, isKilled: false);
        Add(Invariant($"{scale.Silent} devices fall silent"), ordinary, MaxSeconds, "deadline + ≤ 1 s p99");
        var killed = await SpeakAndStopAsync(generator, subject, scale, isKilled: true);
        Add(
            "… with a kill -9 of the registry shortly before the deadlines",
            killed,
            MaxSecondsAfterKill,
            "deadline, or ready again, + ≤ 2 s"
        );

        void Add(string load, (double[] Seconds, string Words) found, double limit, string goal)
        {
            var (p50, p99) = (Figures.Percentile(found.Seconds, 50), Figures.Percentile(found.Seconds, 99));
            table.Add(
                new Figure(
                    load,
                    Invariant($"p99 {p99:0.00} s after the deadline"),
                    found.Words,
                    Invariant($"p50 {p50:0.00}, p99 {p99:0.00}, longest {found.Seconds[^1]:0.00} s"),
                    "",
                    Invariant($"looked at every {BetweenLooks.TotalMilliseconds:0} ms, which counts with it"),
                    goal,
                    p99 <= limit
                )
            );
        }
    }

    private static async Task<(double[] Seconds, string Words)> SpeakAndStopAsync(
        LoadGenerator generator,
        Subject subject,
        Scale scale,
        bool isKilled
    )
    {
        await generator.OpenAsync("silent", subject.Port, scale.Silent, scale.Silent);
        await generator.PacedAsync("silent", scale.Silent / SecondsBetweenBeats, 2 * SecondsBetweenBeats, subject.Cores);
        var spoke = (await generator.SpokenAsync("silent"))
            .SpokeAt!.Select(microseconds => DateTime.UnixEpoch.AddMicroseconds(microseconds))
            .ToArray();
        var deadline = TimeSpan.FromSeconds((await DevicesAsync(subject)).First().Value.GetProperty("deadlineSeconds").GetInt32());

        var ready = DateTime.MinValue;
        if (isKilled)
        {
            // Before the first deadline, but late enough that deadlines fall due while the registry starts and right after.
            var wait = spoke.Min() + deadline - TimeSpan.FromSeconds(2) - DateTime.UtcNow;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Child.Interrupted);
            await subject.KillAsync();
            await subject.OpenAsync(generator);
            ready = DateTime.UtcNow;
        }

        var found = new Dictionary<int, DateTime>();
        while (found.Count < scale.Silent)
        {
            foreach (var id in await Registered.NotHeardAsync(subject.Database))
                found.TryAdd(int.Parse(id[Registered.Prefix.Length..], CultureInfo.InvariantCulture), DateTime.UtcNow);

            if (DateTime.UtcNow > (ready > spoke.Max() + deadline ? ready : spoke.Max() + deadline) + LongestAfterDeadline)
                throw new InvalidOperationException(
                    $"{scale.Silent - found.Count} of {scale.Silent} silent devices were never found to be."
                );
            await Task.Delay(BetweenLooks, Child.Interrupted);
        }

        if ((await DevicesAsync(subject)).Values.Any(device => Heard.Contains(device.GetProperty("presence").GetString())))
            throw new InvalidOperationException("The public API says of a silent device that it is heard.");
        await generator.CloseAsync("silent");
        var early = found.Count(one => one.Value < spoke[one.Key] + deadline);
        var seconds = found
            .Select(one => one.Value - (ready > spoke[one.Key] + deadline ? ready : spoke[one.Key] + deadline))
            .Select(late => Math.Max(0, late.TotalSeconds))
            .Order()
            .ToArray();
        return (
            seconds,
            Invariant($"deadline {deadline.TotalSeconds:0} s; {early} were named before it")
                + (isKilled ? Invariant($"; deadlines of {spoke.Count(one => one + deadline < ready)} passed while it was down") : "")
        );
    }

    private static async Task<Dictionary<string, JsonElement>> DevicesAsync(Subject subject)
    {
        using var client = new HttpClient { BaseAddress = subject.House.Http };
        var devices = new Dictionary<string, JsonElement>();
        for (string? path = "/api/v1/devices?place=" + Registered.Place(0); path is not null; )
        {
            var page = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(path));
            foreach (var device in page.GetProperty("items").EnumerateArray())
                devices[device.GetProperty("id").GetString()!] = device;
            path = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        return devices;
    }
}
