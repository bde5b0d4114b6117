using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>A browser reduced to cookies and forms, if wanted behind a proxy that terminates TLS.</summary>
internal sealed partial class StaffVisitor(Uri http, bool isBehindTls = false) : IDisposable
{
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly ConcurrentDictionary<string, string> _cookies = [];
    private Uri _http = http;

    /// <summary>Every cookie that was set, as it was set.</summary>
    public ConcurrentQueue<string> Set { get; } = [];

    public void GoTo(Uri http) => _http = http;

    public async Task<bool> SignInAsync(string name, string password)
    {
        using var page = await SendAsync(HttpMethod.Get, "/staff/sign-in");
        var token = FormToken().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        using var answer = await SendAsync(
            HttpMethod.Post,
            "/staff/sign-in",
            new()
            {
                ["sign-in"] = name,
                ["password"] = password,
                ["__RequestVerificationToken"] = token,
            }
        );
        return answer.StatusCode == HttpStatusCode.Redirect && await IsInAsync();
    }

    public async Task<bool> IsInAsync()
    {
        using var page = await SendAsync(HttpMethod.Get, "/staff/account");
        return page.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Reads a page.</summary>
    public async Task<string> GetTextAsync(string address)
    {
        using var page = await SendAsync(HttpMethod.Get, address);
        return await page.Content.ReadAsStringAsync();
    }

    /// <summary>Submits a form of a page. Returns the status of the answer.</summary>
    /// <param name="from">A page with a form. Every page of a session has one: that of signing out, in the layout.</param>
    public async Task<HttpStatusCode> SubmitAsync(string address, Dictionary<string, string> form, string from = "/staff/account")
    {
        using var answer = await PostAsync(address, form, from);
        return answer.StatusCode;
    }

    /// <summary>Submits a form of a page that answers with a page.</summary>
    public async Task<string> SubmitForTextAsync(string address, Dictionary<string, string> form)
    {
        using var answer = await PostAsync(address, form, "/staff/account");
        return await answer.Content.ReadAsStringAsync();
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> PostAsync(string address, Dictionary<string, string> form, string from)
    {
        using var page = await SendAsync(HttpMethod.Get, from);
        form["__RequestVerificationToken"] = FormToken().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        return await SendAsync(HttpMethod.Post, address, form);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, Dictionary<string, string>? form = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_http, address));
        if (isBehindTls)
            request.Headers.Host = "registry.city.example";
        if (!_cookies.IsEmpty)
            request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        request.Content = form is null ? null : new FormUrlEncodedContent(form);
        var answer = await _client.SendAsync(request);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            Set.Enqueue(cookie);
            var (name, value) = (
                cookie[..cookie.IndexOf('=', StringComparison.Ordinal)],
                cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..cookie.IndexOf(';', StringComparison.Ordinal)]
            );
            _cookies[name] = value;
        }

        return answer;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
