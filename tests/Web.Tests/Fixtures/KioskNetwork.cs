using System.Net;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Notices;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>
/// The connection between a screen and the registry. The test decides what it carries: a notice, a notice that was tampered with, or
/// nothing. Everything else of the page is the real one.
/// </summary>
internal sealed class KioskNetwork
{
    private string? _carries;
    private string _etag = "";
    private bool _isCut;
    private int? _proxyStatus;

    /// <summary>How often the screen asked for its notice.</summary>
    public int Asked { get; private set; }

    public static async Task<KioskNetwork> To(IPage page, SignedNotice notice)
    {
        var network = new KioskNetwork();
        network.Carries(notice);
        await page.RouteAsync("**/kiosks/*/notice", network.Answer);
        await page.RouteAsync("**/kiosks/*/changes", route => network._isCut ? route.AbortAsync() : route.ContinueAsync());
        return network;
    }

    public void Carries(SignedNotice notice) => (_carries, _etag, _isCut) = (notice.ToJws(), notice.Hash, false);

    public void Carries(string jws) => (_carries, _etag, _isCut) = (jws, "another", false);

    /// <summary>Nothing comes through any more.</summary>
    public void IsCut() => _isCut = true;

    /// <summary>Something in between answers with a status, in words that are not the registry's.</summary>
    public void IsAnsweredByAProxy(int status) => (_carries, _etag, _proxyStatus, _isCut) = ("<h1>Sorry</h1>", "", status, false);

    private async Task Answer(IRoute route)
    {
        Asked++;
        var held = route.Request.Headers.GetValueOrDefault("if-none-match")?.Trim('"');
        if (_isCut)
            await route.AbortAsync("connectionfailed");
        else if (_proxyStatus is { } status)
            await route.FulfillAsync(
                new()
                {
                    Status = status,
                    ContentType = "text/html",
                    Body = _carries!,
                }
            );
        else if (held == _etag)
            await route.FulfillAsync(new() { Status = (int)HttpStatusCode.NotModified });
        else
            await route.FulfillAsync(
                new()
                {
                    ContentType = "application/jose+json",
                    Body = _carries!,
                    Headers = new Dictionary<string, string> { ["ETag"] = $"\"{_etag}\"" },
                }
            );
    }
}
