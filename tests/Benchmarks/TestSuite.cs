using System.Diagnostics;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>The time of both tiers of the test suite, on a checkout that is already built.</summary>
internal static class TestSuite
{
    public static async Task RunAsync()
    {
        await MeasureTierAsync("./deploy/test --fast", ["--fast"], limitSeconds: 60);
        await MeasureTierAsync("./deploy/test", [], limitSeconds: 285);
    }

    private static async Task MeasureTierAsync(string name, string[] arguments, int limitSeconds)
    {
        var began = Stopwatch.GetTimestamp();
        using var test = Programs.Start(Path.Combine(Programs.Root, "deploy/test"), arguments, null);
        test.ErrorDataReceived += (_, _) => { };
        test.BeginErrorReadLine();
        var lastLine = "";
        while (await test.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
                lastLine = line;
        }

        await test.WaitForExitAsync();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Figures.Print($"{name} ({lastLine})", $"{seconds:0} s", seconds, limitSeconds);
    }
}
