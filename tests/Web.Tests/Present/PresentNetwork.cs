using System.Web;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Present;

/// <summary>
/// The connection between a page of the present and the registry. The test decides what it carries. The city's clock stands still: the
/// network moves the time of each answer on with the clock of the browser.
/// </summary>
internal sealed class PresentNetwork
{
    private readonly IPage _page;
    private readonly SampleCity _city;
    private bool _isCut;
    private Func<string, string>? _changes;
    private string? _replayed;

    private PresentNetwork(IPage page, SampleCity city) => (_page, _city) = (page, city);

    /// <summary>How often the page asked to be confirmed.</summary>
    public int Asked { get; private set; }

    /// <summary>Ends when the newest request was answered.</summary>
    public Task Answered { get; private set; } = Task.CompletedTask;

    /// <summary>The nonces of these requests.</summary>
    public List<string> Nonces { get; } = [];

    public static async Task<PresentNetwork> ToAsync(IPage page, SampleCity city)
    {
        var network = new PresentNetwork(page, city);
        await page.RouteAsync("**/*nonce=*", route => network.Answered = network.AnswerAsync(route));
        return network;
    }

    /// <summary>Nothing comes through any more.</summary>
    public void IsCut() => _isCut = true;

    /// <summary>Everything comes through, changed or as it is.</summary>
    public void Carries(Func<string, string>? changes = null) => (_isCut, _replayed, _changes) = (false, null, changes);

    /// <summary>Something in between answers with a page that it stored.</summary>
    /// <param name="html">The page; <c>{nonce}</c> in it becomes the nonce of each request.</param>
    public void Replays(string html) => _replayed = html;

    private async Task AnswerAsync(IRoute route)
    {
        Asked++;
        var nonce = HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query)["nonce"]!;
        Nonces.Add(nonce);
        if (_isCut)
        {
            await route.AbortAsync("connectionfailed");
            return;
        }

        if (_replayed is { } stored)
        {
            await route.FulfillAsync(Html(stored.Replace("{nonce}", nonce, StringComparison.Ordinal)));
            return;
        }

        var answer = await route.FetchAsync();
        var html = (await answer.TextAsync()).Replace(Instant(_city.Time.GetUtcNow()), Instant(await NowAsync()), StringComparison.Ordinal);
        await route.FulfillAsync(Html(_changes?.Invoke(html) ?? html));
    }

    /// <summary>The time of the browser, which the test lets pass.</summary>
    private async Task<DateTimeOffset> NowAsync() =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)await _page.EvaluateAsync<double>("() => Date.now()"));

    private static string Instant(DateTimeOffset at) => NoticePayload.FormatInstant(at);

    private static RouteFulfillOptions Html(string body) => new() { ContentType = "text/html; charset=utf-8", Body = body };
}
