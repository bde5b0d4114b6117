using System.Diagnostics;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// The time from <c>git clone</c> to the ready line of <c>./deploy/run</c>: the first time, with all packages to download, and the second.
/// </summary>
internal static class CloneToReady
{
    private const int FirstLimitSeconds = 180,
        SecondLimitSeconds = 20;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("clone-").FullName;
        try
        {
            var clone = Path.Combine(folder, "clone");
            var settings = new Dictionary<string, string>
            {
                ["REGISTRY_HTTP"] = "127.0.0.1:0",
                ["REGISTRY_MQTT"] = "127.0.0.1:0",
                ["NUGET_PACKAGES"] = Path.Combine(folder, "packages"),
            };
            var began = Stopwatch.GetTimestamp();
            await Programs.RunAsync("git", ["clone", "--quiet", Programs.Root, clone]);
            await RunAsync(clone, settings);
            var first = Stopwatch.GetElapsedTime(began).TotalSeconds;
            began = Stopwatch.GetTimestamp();
            await RunAsync(clone, settings);
            var second = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Figures.Print("clean clone → ready, packages to download", $"{first:0} s", first, FirstLimitSeconds);
            Figures.Print("the same clone, the second time", $"{second:0.0} s", second, SecondLimitSeconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string clone, Dictionary<string, string> settings)
    {
        using var run = Programs.Start(Path.Combine(clone, "deploy/run"), [], settings);
        run.ErrorDataReceived += (_, _) => { };
        run.BeginErrorReadLine();
        var ready = await run.StandardOutput.ReadLineAsync();
        Assert.StartsWith("ready ", ready, StringComparison.Ordinal);
        await Programs.StopAsync(run);
        await run.WaitForExitAsync();
    }
}
