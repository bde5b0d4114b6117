using System.Diagnostics;
using System.Globalization;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>Writes down how long fixtures take to set up, so that <c>deploy/test</c> can print the sum.</summary>
internal static class FixtureClock
{
    private static readonly string? TimesFile = Environment.GetEnvironmentVariable("REGISTRY_FIXTURE_TIMES");
    private static readonly Lock Gate = new();

    /// <summary>Runs a set-up. Appends its seconds and its name to the file that <c>REGISTRY_FIXTURE_TIMES</c> names.</summary>
    public static async Task<T> MeasureAsync<T>(string fixture, Func<Task<T>> setUp)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await setUp();
        if (TimesFile is not null)
        {
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            lock (Gate)
                File.AppendAllText(TimesFile, string.Create(CultureInfo.InvariantCulture, $"{seconds:F1}\t{fixture}\n"));
        }

        return result;
    }

    /// <inheritdoc cref="MeasureAsync{T}"/>
    public static Task MeasureAsync(string fixture, Func<Task> setUp) =>
        MeasureAsync(
            fixture,
            async () =>
            {
                await setUp();
                return true;
            }
        );
}
