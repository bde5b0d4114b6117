namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>A camera with a microphone said that it captures nothing, and then is not heard, or not heard in order.</summary>
internal static class SilenceAttempts
{
    private static readonly string[] Both = ["video", "audio"];

    public static IEnumerable<Attempt> All =>
        [
            Silent(
                "A camera's wire is cut",
                corner =>
                {
                    corner.Camera.Cut();
                    return Task.CompletedTask;
                }
            ),
            Silent(
                "A camera leaves in order, and does not come back within its deadline",
                async corner =>
                {
                    await corner.City.Host.ShortenDeadlineAsync(corner.CameraId);
                    await corner.Camera.LeaveAsync();
                    await DeadlineAsync();
                }
            ),
            Silent(
                "A camera says itself that it ends",
                corner => corner.Camera.TryAsync($$"""{"epoch":{{corner.Camera.Epoch}}}""", kind: "death")
            ),
            Silent(
                "A camera says no more, and its connection stays",
                async corner =>
                {
                    await corner.City.Host.ShortenDeadlineAsync(corner.CameraId);
                    await DeadlineAsync();
                }
            ),
            Silent(
                "A second connection takes the session over, and says nothing",
                async corner =>
                {
                    await corner.City.Host.ShortenDeadlineAsync(corner.CameraId);
                    await corner.ConnectAgainAsync();
                    await DeadlineAsync();
                }
            ),
            Silent("A clerk issues a new secret, which ends the session", corner => corner.City.Host.IssueSecretAsync(corner.CameraId)),
            Silent(
                "A camera connects and breaks, again and again",
                async corner =>
                {
                    for (var i = 0; i < 6; i++)
                    {
                        await corner.ConnectAgainAsync();
                        await corner.Camera.SayAsync(corner.Nothing);
                        corner.Camera.Cut();
                    }
                }
            ),
            Recording(
                "A late heartbeat says that the microphone is off",
                async corner =>
                {
                    corner.Camera.Seq = 0;
                    await corner.Camera.TryToSayAsync(corner.Nothing);
                }
            ),
            Recording(
                "A heartbeat of an older epoch says that the microphone is off",
                async corner =>
                {
                    corner.Camera.Epoch--;
                    await corner.Camera.TryToSayAsync(corner.Nothing);
                }
            ),
            Recording(
                "The same number says that the microphone is off",
                async corner =>
                {
                    corner.Camera.Seq--;
                    await corner.Camera.TryToSayAsync(corner.Nothing);
                }
            ),
            Recording(
                "A refused message says that the microphone is off",
                corner => corner.Camera.TryAsync(corner.Camera.Payload(corner.Nothing, "\"health\":\"ok\""))
            ),
            Recording("A camera that records leaves in order", corner => corner.Camera.LeaveAsync()),
        ];

    /// <summary>Waits until the shortest deadline has passed, 10 s.</summary>
    private static Task DeadlineAsync() => Task.Delay(TimeSpan.FromSeconds(11), TestContext.Current.CancellationToken);

    private static Attempt Silent(string name, Func<Corner, Task> act) => new(name, true, act, Both);

    private static Attempt Recording(string name, Func<Corner, Task> act) =>
        new(
            name,
            true,
            async corner =>
            {
                await corner.RecordsAsync("audio");
                await act(corner);
            },
            ["audio"]
        );
}
