using System.Net;
using System.Web;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Kiosks;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>
/// The connection between a screen and the registry. The test decides what it carries: a notice, a forged notice, earlier answers, or
/// nothing. Everything else of the page is the real one.
/// </summary>
internal sealed class KioskNetwork
{
    private readonly NoticeKey _key;
    private readonly TimeProvider _time;
    private SignedNotice _inForce = null!;
    private string? _carries;
    private string? _lastConfirmation;
    private Replay _replays;
    private bool _isCut;
    private int? _proxyStatus;

    private KioskNetwork(NoticeKey key, TimeProvider time) => (_key, _time) = (key, time);

    /// <summary>What a network answers that has stored what it carried.</summary>
    private enum Replay
    {
        Nothing,
        LastAnswers,
        NotModified,
    }

    /// <summary>How often the screen asked which notice is in force.</summary>
    public int Asked { get; private set; }

    /// <summary>How often the screen fetched a notice.</summary>
    public int Fetched { get; private set; }

    /// <summary>How long the city's confirmations hold.</summary>
    public int ValidSeconds { get; set; } = 90;

    /// <summary>The measures of the screen that the city confirms; null when it was not measured.</summary>
    public Glass? Glass { get; set; }

    /// <summary>Whether a question for a notice is never answered.</summary>
    public bool NoticeHangs { get; set; }

    /// <summary>Stands between a page and the city. The city confirms the notice that is carried.</summary>
    public static async Task<KioskNetwork> To(IPage page, SampleCity city, SignedNotice notice)
    {
        var network = new KioskNetwork(city.Key, city.Time);
        network.Carries(notice);
        await page.RouteAsync("**/kiosks/*/notice", network.AnswerNotice);
        await page.RouteAsync("**/kiosks/*/confirmation?*", network.AnswerConfirmation);
        await page.RouteAsync("**/kiosks/*/changes", route => network._isCut ? route.AbortAsync() : route.ContinueAsync());
        return network;
    }

    /// <summary>Carries a notice, which is in force.</summary>
    public void Carries(SignedNotice notice) => (_inForce, _carries, _isCut) = (notice, notice.ToJws(), false);

    /// <summary>Carries something else in place of the notice that is in force.</summary>
    public void Carries(string jws, SignedNotice inForce) => (_inForce, _carries, _isCut) = (inForce, jws, false);

    /// <summary>Nothing comes through any more.</summary>
    public void IsCut() => _isCut = true;

    /// <summary>Something in between answers with what it stored: correctly signed, and of earlier.</summary>
    public void ReplaysItsLastAnswers() => _replays = Replay.LastAnswers;

    /// <summary>Something in between answers every request with 304.</summary>
    public void AnswersNotModified() => _replays = Replay.NotModified;

    /// <summary>Something in between answers with a status, in words that are not the registry's.</summary>
    public void IsAnsweredByAProxy(int status) => (_carries, _proxyStatus, _isCut) = ("<h1>Sorry</h1>", status, false);

    private Task AnswerNotice(IRoute route)
    {
        Fetched++;
        if (NoticeHangs)
            return Task.CompletedTask;
        return Answer(route, () => _carries!);
    }

    private Task AnswerConfirmation(IRoute route)
    {
        Asked++;
        if (_replays == Replay.LastAnswers)
            return Answer(route, () => _lastConfirmation!);
        var address = new Uri(route.Request.Url);
        return Answer(
            route,
            () =>
                _lastConfirmation = new NoticeConfirmation(
                    address.Segments[2].TrimEnd('/'),
                    _inForce.Place,
                    _inForce.Sequence,
                    _inForce.Hash,
                    _time.GetUtcNow(),
                    HttpUtility.ParseQueryString(address.Query)["nonce"]!,
                    ValidSeconds
                )
                {
                    Glass = Glass,
                }.ToJws(_key)
        );
    }

    private Task Answer(IRoute route, Func<string> body) =>
        _isCut ? route.AbortAsync("connectionfailed")
        : _proxyStatus is { } status
            ? route.FulfillAsync(
                new()
                {
                    Status = status,
                    ContentType = "text/html",
                    Body = _carries!,
                }
            )
        : _replays == Replay.NotModified ? route.FulfillAsync(new() { Status = (int)HttpStatusCode.NotModified })
        : route.FulfillAsync(new() { ContentType = "application/jose+json", Body = body() });
}
