using System.Diagnostics;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>The two tiers of the suite, on a checkout that is built already.</summary>
internal static class Suite
{
    public static async Task RunAsync()
    {
        await TierAsync("./deploy/test --fast", ["--fast"], limitSeconds: 90);
        await TierAsync("./deploy/test", [], limitSeconds: 480);
    }

    private static async Task TierAsync(string name, string[] arguments, int limitSeconds)
    {
        var began = Stopwatch.GetTimestamp();
        using var test = Programs.Start(Path.Combine(Programs.Root, "deploy/test"), arguments, null);
        test.ErrorDataReceived += (_, _) => { };
        test.BeginErrorReadLine();
        string? line,
            last = null;
        while ((line = await test.StandardOutput.ReadLineAsync()) is not null)
            last = line.Length > 0 ? line : last;
        await test.WaitForExitAsync();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Figures.Print($"{name} ({last})", $"{seconds:0} s", seconds, limitSeconds);
    }
}
