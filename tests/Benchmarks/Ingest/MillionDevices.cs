using System.Diagnostics;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// The same beats a second into a registry with a thousand devices and into one with a million, turn about: what a beat costs must not
/// depend on how many others are known, and what is known of each must be small.
/// </summary>
internal static class MillionDevices
{
    private const double MaxTimes = 1.2,
        MaxBytes = 64;
    private const int InFlight = 200,
        MaxTries = 60;

    public static async Task RunAsync(Scale scale, Table table)
    {
        await using var generator = LoadGenerator.Start();
        await using var few = await OpenAsync(scale.Few);
        await using var many = await OpenAsync(scale.Many);
        var heapOfFew = await ServerHeap.LiveBytesAsync(few.House.Pid);
        var heapUnheard = await ServerHeap.LiveBytesAsync(many.House.Pid);

        await generator.OpenAsync("few", few.Port, scale.Few, scale.Gateways, InFlight);
        await generator.OpenAsync("many", many.Port, scale.Many, scale.Gateways, InFlight);
        var (coresOfFew, coresOfMany) = (
            few.Cores.With(("other registry", many.House.Pid)),
            many.Cores.With(("other registry", few.House.Pid))
        );
        await generator.PacedAsync("few", scale.Beats, scale.WarmSeconds, coresOfFew);
        // Long enough that each has spoken: at the first word of a device in this process it is asked who that is and what it said last.
        var began = Stopwatch.GetTimestamp();
        var warm = await generator.PacedAsync(
            "many",
            scale.Beats,
            Math.Max(scale.WarmSeconds, scale.Many / scale.Beats * 1.1),
            coresOfMany
        );
        for (var (tried, left) = (0, long.MaxValue); warm.Outcome.Unanswered > 0; tried++)
        {
            if (warm.Outcome.Unanswered < left)
                (tried, left) = (0, warm.Outcome.Unanswered);
            else if (tried == MaxTries)
                throw new InvalidOperationException($"{warm.Outcome.Unanswered} first words are not acknowledged, and no more come to be.");
            warm = await generator.PacedAsync("many", 1, 1, coresOfMany);
        }

        table.Note(
            Invariant(
                $"{scale.Many:#,0} devices: each spoke for the first time since the registry opened, at {scale.Many / Stopwatch.GetElapsedTime(began).TotalSeconds:#,0}/s."
            )
        );
        var heapHeard = await ServerHeap.LiveBytesAsync(many.House.Pid);
        var heapOfFewHeard = await ServerHeap.LiveBytesAsync(few.House.Pid);

        var (ofFew, ofMany) = (new Runs(), new Runs());
        for (var round = 0; round < scale.Runs; round++)
        {
            ofFew.Add(await generator.PacedAsync("few", scale.Beats, scale.TimedSeconds, coresOfFew, scale.SettleSeconds));
            ofMany.Add(await generator.PacedAsync("many", scale.Beats, scale.TimedSeconds, coresOfMany, scale.SettleSeconds));
        }

        var (cheap, dear) = (Microseconds(ofFew), Microseconds(ofMany));
        table.Add(
            new Figure(
                Invariant($"{scale.Many:#,0} registered devices, {scale.Beats:#,0} beats/s over {scale.Gateways} gateway connections"),
                Invariant($"{dear:0.0} µs of CPU a beat"),
                Invariant($"{cheap:0.0} µs with {scale.Few:#,0} devices ({ofFew.Cores}); ratio **{dear / cheap:0.00}**"),
                Invariant($"{ofMany.Latency}; with {scale.Few:#,0}: {ofFew.Latency}"),
                ofMany.Cores,
                ofMany.Took,
                "≤ 1.2 × that at 1,000 devices",
                dear / cheap <= MaxTimes
            )
        );
        // A registered device has its seat before it speaks; what comes with speaking is also what sessions remember of it.
        var more = (double)(scale.Many - scale.Few);
        var (presence, heard) = ((heapUnheard - heapOfFew) / more, (heapHeard - heapOfFewHeard) / more);
        table.Add(
            new Figure(
                "… memory of presence",
                Invariant($"{presence:0} bytes a device"),
                Invariant(
                    $"live on the server's heap after a full collection: {heapOfFew / 1e6:0.0} MB with {scale.Few:#,0} registered, {heapUnheard / 1e6:0.0} MB with {scale.Many:#,0}; when all had spoken {heapHeard / 1e6:0.0} MB, all told {heard:0} bytes a device with the sessions'"
                ),
                "",
                "",
                "",
                "≤ 64 bytes",
                presence <= MaxBytes
            )
        );

        // As a city's registry opens again: all have spoken before, and what is known of them does not change. With so few beats for so
        // many each
        // speaks once in a minute or two, and must not be late for that.
        Task<Subject> OpenAsync(int devices) =>
            Subject.OpenAsync(
                generator,
                async database =>
                {
                    await Registered.DevicesAsync(
                        database,
                        Registered.Moving with
                        {
                            OwnDeadlineSeconds = 3600,
                        },
                        0,
                        devices,
                        scale.Gateways
                    );
                    await Registered.SpokeAsync(
                        database,
                        new Heartbeat(
                            0,
                            "",
                            1,
                            1,
                            DateTimeOffset.UtcNow,
                            null,
                            default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off),
                            Health.Ok,
                            "10.12.1",
                            null
                        )
                    );
                }
            );

        static double Microseconds(Runs runs) => (runs.Median.Cores["server"] + runs.Median.Cores["PostgreSQL"]) * 1e6 / runs.PerSecond;
    }
}
