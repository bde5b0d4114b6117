using Microsoft.Playwright;

namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>
/// A camera begins to record sound while a screen, or a telephone at an open page, hears nothing true. Neither can know of it, so after
/// 40 s they must show their worst case.
/// </summary>
internal static class NetworkAttempts
{
    private const string Listening = """{"video":"off","audio":"recorded"}""",
        Jose = "application/jose+json";

    private static readonly RouteFulfillOptions NotModified = new() { Status = 304 },
        Failed = new() { Status = 500 },
        Empty = new() { Status = 204 },
        Busy =
            new()
            {
                Status = 503,
                Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" },
            },
        Portal =
            new()
            {
                Status = 200,
                ContentType = "text/html",
                Body = "<h1>Welcome to our wireless network</h1>",
            };

    public static IEnumerable<Attempt> All => [.. On(isPhone: false), .. On(isPhone: true), .. Replays];

    private static IEnumerable<Attempt> On(bool isPhone) =>
        [
            CutOff(isPhone, "is cut off", page => page.RouteAsync("**/*", route => route.AbortAsync())),
            CutOff(isPhone, "gets 304 to every question", page => page.RouteAsync("**/*", route => route.FulfillAsync(NotModified))),
            CutOff(isPhone, "gets 500", page => page.RouteAsync("**/*", route => route.FulfillAsync(Failed))),
            CutOff(isPhone, "gets 503 that asks to wait for an hour", page => page.RouteAsync("**/*", route => route.FulfillAsync(Busy))),
            CutOff(isPhone, "stands before a portal", page => page.RouteAsync("**/*", route => route.FulfillAsync(Portal))),
            CutOff(isPhone, "gets no content", page => page.RouteAsync("**/*", route => route.FulfillAsync(Empty))),
            CutOff(isPhone, "is never answered", page => page.RouteAsync("**/*", _ => Task.CompletedTask)),
            CutOff(isPhone, "is cut off and has a clock that jumps a day ahead", page => MoveClockAsync(page, TimeSpan.FromDays(1))),
            CutOff(isPhone, "is cut off and has a clock that falls back a day", page => MoveClockAsync(page, TimeSpan.FromDays(-1))),
        ];

    /// <summary>The page gets what it was answered before, or a part of it.</summary>
    private static IEnumerable<Attempt> Replays =>
        [
            CutOff(false, "gets its last answers again", page => ReplayAsync(page, Jose, answer => answer, "notice", Confirmation)),
            CutOff(false, "gets half of each answer", page => ReplayAsync(page, Jose, Half, "notice", Confirmation)),
            CutOff(false, "gets answers with other letters", page => ReplayAsync(page, Jose, Others, "notice", Confirmation)),
            CutOff(true, "gets its page of before again", page => ReplayAsync(page, "text/html", answer => answer, "")),
            CutOff(true, "gets half of its page", page => ReplayAsync(page, "text/html", Half, "")),
        ];

    private static string Confirmation => "confirmation?nonce=AAAAAAAAAAAAAAAAAAAAAA";

    private static string Half(string answer) => answer[..(answer.Length / 2)];

    private static string Others(string answer) => answer.Replace('A', 'B');

    private static async Task ReplayAsync(IPage page, string type, Func<string, string> change, params string[] paths)
    {
        var address = new Uri(page.Url);
        var kept = new Dictionary<string, string>();
        foreach (var path in paths)
        {
            var asked = new Uri(path.Length == 0 ? page.Url : $"{address.GetLeftPart(UriPartial.Path)}/{path}");
            var answer = await page.APIRequest.GetAsync(asked.ToString());
            kept[asked.Segments[^1]] = await answer.TextAsync();
        }

        await page.RouteAsync(
            "**/*",
            route =>
                kept.TryGetValue(new Uri(route.Request.Url).Segments[^1], out var answer)
                    ? route.FulfillAsync(new RouteFulfillOptions { ContentType = type, Body = change(answer) })
                    : route.AbortAsync()
        );
    }

    private static async Task MoveClockAsync(IPage page, TimeSpan jump)
    {
        await page.RouteAsync("**/*", route => route.AbortAsync());
        await page.Clock.SetSystemTimeAsync((DateTime.UtcNow + jump).ToString("O"));
    }

    private static Attempt CutOff(bool isPhone, string how, Func<IPage, Task> cut) =>
        new(
            $"A camera begins to record sound while the {(isPhone ? "telephone" : "screen")} {how}",
            true,
            async corner =>
            {
                var page = isPhone ? corner.Phone : corner.Glass;
                corner.PhoneReloads = !isPhone;
                await cut(page);
                await corner.Camera.SayAsync(Listening);
                await page.Clock.FastForwardAsync(40_000);
            },
            ["audio"],
            OwnsTime: true
        );
}
