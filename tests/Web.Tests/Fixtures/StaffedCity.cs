using System.Net;
using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>A sample city of its own, so that its clock can go on for hours without anybody else's devices falling silent.</summary>
public sealed class StaffedCity : IAsyncLifetime
{
    internal SampleCity City { get; } = new();

    public ValueTask InitializeAsync() => City.InitializeAsync();

    public ValueTask DisposeAsync() => City.DisposeAsync();

    internal Visitor Visitor() => new(City.Url);
}

/// <summary>A browser reduced to what counts here: its cookies, and forms that bring their token along.</summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
    private readonly HttpClient _client;

    public Visitor(string url) => _client = new HttpClient(_handler) { BaseAddress = new Uri(url) };

    public CookieContainer Cookies => _handler.CookieContainer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> GetAsync(string address) => _client.GetAsync(address, Cancellation);

    /// <summary>Fills in a page's form and sends it.</summary>
    public async Task<HttpResponseMessage> PostAsync(string address, params (string Name, string Value)[] fields)
    {
        var page = await _client.GetStringAsync(address, Cancellation);
        var token = FormToken().Match(page).Groups[1].Value;
        return await PostWithoutTokenAsync(address, [.. fields, ("__RequestVerificationToken", token)]);
    }

    /// <summary>Fills in one of several forms of a page, by the name of what it does, and sends it.</summary>
    public async Task<(HttpResponseMessage Answer, string Text)> PostToAsync(
        string address,
        string handler,
        params (string Name, string Value)[] fields
    )
    {
        var token = FormToken().Match(await _client.GetStringAsync(address, Cancellation)).Groups[1].Value;
        var answer = await PostWithoutTokenAsync($"{address}?handler={handler}", [.. fields, ("__RequestVerificationToken", token)]);
        return (answer, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    public async Task<HttpResponseMessage> PostWithoutTokenAsync(string address, params (string Name, string Value)[] fields) =>
        await _client.PostAsync(
            address,
            new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
            Cancellation
        );

    public Task<HttpResponseMessage> SignInAsync(string name, string password, string to = "/staff/account") =>
        PostAsync("/staff/sign-in?return=" + Uri.EscapeDataString(to), ("sign-in", name), ("password", password), ("return", to));

    /// <summary>Whether staff pages know who this is.</summary>
    public async Task<bool> IsInAsync() => (await GetAsync("/staff/account")).StatusCode == HttpStatusCode.OK;

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
