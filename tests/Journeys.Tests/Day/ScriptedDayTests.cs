using System.Collections.Concurrent;

namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>
/// A day of attempts to make the city understate, on real parts: cameras over MQTT, screens and telephones in Chromium, the API, clerks.
/// A recorder outside the pages reads what stood on each face, and when.
/// </summary>
public sealed class ScriptedDayTests(CornerCity city) : IClassFixture<CornerCity>
{
    /// <summary>How many corners are watched at the same time.</summary>
    private const int Lanes = 3;

    /// <summary>How long the faces are watched after they showed what they must.</summary>
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(0.5);

    /// <summary>Every attempt in a long run; one of each four in an ordinary one, which has to be fast.</summary>
    private static IEnumerable<Attempt> Attempts =>
        All.Where((_, number) => Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1" || number % 4 == 0);

    private static IEnumerable<Attempt> All =>
        [.. RefusedWordAttempts.All, .. SilenceAttempts.All, .. ClerkAttempts.All, .. NetworkAttempts.All];

    [Fact]
    public async Task No_attempt_of_a_day_makes_a_public_face_say_less_than_is_the_case()
    {
        var findings = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(
            Attempts,
            new ParallelOptions { MaxDegreeOfParallelism = Lanes, CancellationToken = TestContext.Current.CancellationToken },
            async (attempt, _) =>
            {
                foreach (var finding in await TryAsync(attempt))
                    findings.Enqueue(finding);
            }
        );
        Assert.True(findings.IsEmpty, $"{findings.Count} findings:\n{string.Join('\n', findings)}");
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("stopped")]
    public async Task A_restarted_registry_confirms_nothing_that_it_has_not_heard_again(string end)
    {
        await using var left = city.NextCorner(hasMicrophone: true);
        await using var watched = city.NextCorner(hasMicrophone: true);
        await left.OpenAsync(ownsTime: true);
        await watched.OpenAsync(ownsTime: false);

        await (end == "killed" ? city.Host.KillAsync() : city.Host.StopAsync());
        await left.Glass.Clock.FastForwardAsync(40_000);
        left.Demand("video", "audio"); // The screen is alone, and shows its worst case.
        var started = DateTimeOffset.UtcNow;
        await city.Host.StartAsync();
        await watched.JudgeAsync(10 * Watch); // It demands nothing: the screen may show what it confirmed before, with the age of it.
        var findings = await left.JudgeAsync(Watch);

        Assert.True(findings.Length == 0, string.Join('\n', findings));
        Assert.Empty(watched.SaidAfterStartWithout("audio", started));
    }

    private async Task<string[]> TryAsync(Attempt attempt)
    {
        try
        {
            await using var corner = city.NextCorner(attempt.HasMicrophone);
            await corner.OpenAsync(attempt.OwnsTime);
            await attempt.Act(corner);
            corner.Demand(attempt.Demands);
            return [.. (await corner.JudgeAsync(Watch)).Select(finding => $"{attempt.Name}: {finding}")];
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return [$"{attempt.Name}: {exception.Message}"];
        }
    }
}
