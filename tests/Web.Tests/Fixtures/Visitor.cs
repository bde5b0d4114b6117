using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>A minimal browser: it stores cookies, and submits forms with their anti-forgery token. It does not follow redirects.</summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly SocketsHttpHandler _handler = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
    private readonly HttpClient _client;

    /// <param name="from">The address of the browser's machine.</param>
    public Visitor(string url, string from = "127.0.0.1")
    {
        _handler.ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(from).MapToIPv6(), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        };
        _client = new HttpClient(_handler) { BaseAddress = new Uri(url) };
        _client.DefaultRequestHeaders.Add("Accept", "text/html, */*;q=0.8");
    }

    public CookieContainer Cookies => _handler.CookieContainer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> GetAsync(string address) => _client.GetAsync(address, Cancellation);

    /// <summary>The HTML of a page. Fails when the status is not 200.</summary>
    public async Task<string> HtmlAsync(string address)
    {
        using var response = await GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    /// <summary>The document of a page. Fails when the status is not 200.</summary>
    public async Task<IDocument> DocumentAsync(string address) => await ParseAsync(await HtmlAsync(address));

    public static Task<IDocument> ParseAsync(string html) =>
        BrowsingContext.New(Configuration.Default).OpenAsync(request => request.Content(html), Cancellation);

    /// <summary>The hidden field of a device's or gateway's page that holds the state of its credentials.</summary>
    public async Task<string> SeenAsync(string address) =>
        ((IHtmlInputElement)(await DocumentAsync(address)).QuerySelector("input[name=seen]")!).Value;

    /// <summary>Submits the form of a page.</summary>
    public async Task<HttpResponseMessage> PostAsync(string address, params (string Name, string Value)[] fields)
    {
        var page = await _client.GetStringAsync(address, Cancellation);
        var token = FormToken().Match(page).Groups[1].Value;
        return await PostWithoutTokenAsync(address, [.. fields, ("__RequestVerificationToken", token)]);
    }

    /// <summary>Submits one of several forms of a page.</summary>
    /// <param name="handler">The name of the page handler that receives the form.</param>
    public async Task<(HttpResponseMessage Answer, string Text)> PostToAsync(
        string address,
        string handler,
        params (string Name, string Value)[] fields
    )
    {
        var token = FormToken().Match(await _client.GetStringAsync(address, Cancellation)).Groups[1].Value;
        var response = await PostWithoutTokenAsync($"{address}?handler={handler}", [.. fields, ("__RequestVerificationToken", token)]);
        return (response, await response.Content.ReadAsStringAsync(Cancellation));
    }

    public async Task<HttpResponseMessage> PostWithoutTokenAsync(string address, params (string Name, string Value)[] fields) =>
        await _client.PostAsync(
            address,
            new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
            Cancellation
        );

    public Task<HttpResponseMessage> PostContentAsync(string address, HttpContent content) =>
        _client.PostAsync(address, content, Cancellation);

    public Task<HttpResponseMessage> PostJsonAsync(string address, string json) =>
        _client.PostAsync(address, new StringContent(json, Encoding.UTF8, "application/json"), Cancellation);

    /// <param name="to">The page to which sign-in returns.</param>
    public Task<HttpResponseMessage> SignInAsync(string name, string password, string to = "/staff/account") =>
        PostAsync("/staff/sign-in?return=" + Uri.EscapeDataString(to), ("sign-in", name), ("password", password), ("return", to));

    /// <summary>Whether the visitor has a valid session.</summary>
    public async Task<bool> IsInAsync() => (await GetAsync("/staff/account")).StatusCode == HttpStatusCode.OK;

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
