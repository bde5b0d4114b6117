using Microsoft.Playwright;

namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>
/// A camera begins to record sound while the screen hears nothing true. The screen cannot know of it, so after 40 s it must show its worst
/// case.
/// </summary>
internal static class NetworkAttempts
{
    private const string Listening = """{"video":"off","audio":"recorded"}""",
        Jose = "application/jose+json";

    private static readonly RouteFulfillOptions NotModified = new() { Status = 304 },
        Portal = new()
        {
            Status = 200,
            ContentType = "text/html",
            Body = "<h1>Welcome to our wireless network</h1>",
        };

    public static IEnumerable<Attempt> All =>
        [
            Answered("is cut off", route => route.AbortAsync()),
            Answered("gets 304 to every question", route => route.FulfillAsync(NotModified)),
            Answered("gets 500", route => route.FulfillAsync(new RouteFulfillOptions { Status = 500 })),
            Answered("gets 503 that asks to wait for an hour", route => route.FulfillAsync(Busy)),
            Answered("stands before a portal", route => route.FulfillAsync(Portal)),
            Answered("gets no content", route => route.FulfillAsync(new RouteFulfillOptions { Status = 204 })),
            Answered("is never answered", _ => Task.CompletedTask),
            Replayed("gets its last answers again", answer => answer),
            Replayed("gets half of each answer", answer => answer[..(answer.Length / 2)]),
            Replayed("gets answers with other letters", answer => answer.Replace('A', 'B')),
            Moved("has a clock that jumps a day ahead", TimeSpan.FromDays(1)),
            Moved("has a clock that falls back a day", TimeSpan.FromDays(-1)),
        ];

    private static RouteFulfillOptions Busy =>
        new() { Status = 503, Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" } };

    /// <summary>Whatever the screen asks, it gets one wrong answer.</summary>
    private static Attempt Answered(string how, Func<IRoute, Task> answer) =>
        CutOff(how, glass => glass.RouteAsync("**/*", answer), TimeSpan.Zero);

    /// <summary>The screen gets what it was answered before, or a part of it.</summary>
    private static Attempt Replayed(string how, Func<string, string> change) =>
        CutOff(
            how,
            async glass =>
            {
                var kept = new Dictionary<string, string>();
                foreach (var path in new[] { "notice", "confirmation?nonce=AAAAAAAAAAAAAAAAAAAAAA" })
                {
                    var answer = await glass.APIRequest.GetAsync($"{new Uri(glass.Url).GetLeftPart(UriPartial.Path)}/{path}");
                    kept[path.Split('?')[0]] = await answer.TextAsync();
                }

                await glass.RouteAsync(
                    "**/*",
                    route =>
                        kept.TryGetValue(new Uri(route.Request.Url).Segments[^1], out var answer)
                            ? route.FulfillAsync(new RouteFulfillOptions { ContentType = Jose, Body = change(answer) })
                            : route.AbortAsync()
                );
            },
            TimeSpan.Zero
        );

    private static Attempt Moved(string how, TimeSpan jump) =>
        CutOff(how, glass => glass.RouteAsync("**/*", route => route.AbortAsync()), jump);

    private static Attempt CutOff(string how, Func<IPage, Task> cut, TimeSpan jump) =>
        new(
            $"A camera begins to record sound while the screen {how}",
            true,
            async corner =>
            {
                await cut(corner.Glass);
                await corner.Camera.SayAsync(Listening);
                if (jump != TimeSpan.Zero)
                    await corner.Glass.Clock.SetSystemTimeAsync((DateTime.UtcNow + jump).ToString("O"));
                await corner.Glass.Clock.FastForwardAsync(40_000);
            },
            ["audio"],
            OwnsTime: true
        );
}
