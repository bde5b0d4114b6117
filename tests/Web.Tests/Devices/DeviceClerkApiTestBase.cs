using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices;

/// <summary>Sends requests to the API as a device clerk.</summary>
public abstract class DeviceClerkApiTestBase(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private readonly string _clerk = staffed.City.Staff.AddWithToken($"clerk-{Guid.NewGuid():n}", Role.DeviceClerk).Token;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected SampleCity City { get; } = staffed.City;

    protected Device Mobile => City.Opening.Devices.First(device => device.KindOf.IsMobile);

    protected async Task<(HttpStatusCode, string?)> ProblemAsync(string method, string path, string body, string? etag = null)
    {
        var (status, problem, _) = await SendAsync(method, path, body, etag);
        return (status, (string?)problem?["type"]);
    }

    protected Task<(HttpStatusCode Status, JsonNode? Body, string? ETag)> SendAsync(
        string method,
        string path,
        string? body = null,
        string? etag = null
    ) => SendAsync(method, path, body, etag, City, _clerk);

    /// <summary>Sends a request of the clerk, for its headers.</summary>
    protected async Task<HttpResponseMessage> AnswerAsync(string method, string path, string? body, string? etag)
    {
        using var request = Request(method, path, body, etag, _clerk);
        return await City.Reader.SendAsync(request, Cancellation);
    }

    protected Task<(HttpStatusCode Status, JsonNode? Body, string? ETag)> ReadAsync(string path, string token) =>
        SendAsync("GET", path, null, null, City, token);

    protected static Task<(HttpStatusCode Status, JsonNode? Body, string? ETag)> SendAsync(
        string method,
        string path,
        string body,
        SampleCity city,
        string? token
    ) => SendAsync(method, path, body, null, city, token);

    protected static async Task<(HttpStatusCode Status, JsonNode? Body, string? ETag)> SendAsync(
        string method,
        string path,
        string? body,
        string? etag,
        SampleCity city,
        string? token
    )
    {
        using var request = Request(method, path, body, etag, token);
        using var answer = await city.Reader.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), answer.Headers.ETag?.ToString());
    }

    private static HttpRequestMessage Request(string method, string path, string? body, string? etag, string? token)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1/" + path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (etag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        return request;
    }
}
