using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Http;

/// <summary>What holds for every request and every answer.</summary>
public sealed class RequestGuardTests(SampleCity city)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/", 200)]
    [InlineData("GET", "/no-such-page", 404)]
    [InlineData("GET", "/api/v1/no-such-list", 404)]
    [InlineData("GET", "/staff", 302)]
    [InlineData("TRACE", "/", 405)]
    [InlineData("TRACE", "/api/v1/places", 405)]
    [InlineData("PROPFIND", "/governance", 405)]
    [InlineData("POST", "/api/v1/technologies", 405)]
    [InlineData("GET", "/governance?asOf=%00", 400)]
    [InlineData("GET", "/governance?asOf=9999-12-31", 200)]
    [InlineData("GET", "/governance?asOf=0001-01-01", 200)]
    [InlineData("GET", "/governance?knownAt=0001-01-01T00:00", 200)]
    [InlineData("GET", "/api/v1/governance?knownAt=9999-12-31T23:59:59Z", 200)]
    public async Task Every_answer_has_the_headers_that_restrict_browsers(string method, string address, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        using var answer = await city.Reader.SendAsync(request, Cancellation);
        Assert.Equal(status, (int)answer.StatusCode);
        AssertHeaders(answer.Headers);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/governance")]
    [InlineData("/api/v1/places")]
    [InlineData("/api/v1/instruments/smc-14.18")]
    [InlineData("/api/v1/instruments/no-such")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/changes.atom")]
    [InlineData("/.well-known/jwks.json")]
    public async Task A_request_of_the_head_alone_is_answered_as_one_of_the_whole(string address)
    {
        using var whole = await city.Reader.GetAsync(address, Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        using var head = await city.Reader.SendAsync(request, Cancellation);
        Assert.Equal((whole.StatusCode, whole.Headers.ETag), (head.StatusCode, head.Headers.ETag));
        Assert.Equal(whole.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task A_request_of_the_head_of_a_stream_is_refused_and_holds_no_connection()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/kiosks/kiosk-east-precinct-lobby/Changes/");
        using var answer = await city.Reader.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/v1/technologies", "/problems/method", "It takes GET")]
    [InlineData("DELETE", "/openapi/v1.json", "/problems/method", "It takes GET")]
    [InlineData("POST", "/governance.csv", "/problems/not-found", "Nothing is at this address")]
    [InlineData("GET", "/openapi/v2.json", "/problems/not-found", "Nothing is at this address")]
    [InlineData("GET", "/api/v1/no-such-list", "/problems/not-found", "Nothing is at this address")]
    [InlineData("GET", "/.well-known/nothing", "/problems/not-found", "Nothing is at this address")]
    public async Task A_request_that_no_operation_takes_is_answered_with_a_problem_of_the_document(
        string method,
        string address,
        string type,
        string told
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        using var answer = await city.Reader.SendAsync(request, Cancellation);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!;
        Assert.Equal(["detail", "status", "title", "type"], problem.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal((type, (int)answer.StatusCode), ((string?)problem["type"], (int?)problem["status"]));
        Assert.Contains(told, (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_with_bad_chunks_is_the_fault_of_its_sender()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(city.Url).Port, Cancellation);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(
                "POST /api/v1/claims HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"
            ),
            Cancellation
        );
        var buffer = new byte[8_192];
        var answer = Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Cancellation));
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Security-Policy:", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_law_is_in_force_on_the_last_day_of_the_calendar()
    {
        var table = await city.Json("/api/v1/governance?asOf=9999-12-31");
        var open = table["rows"]!
            .AsArray()
            .Where(row => (string?)row!["effective"]!["toPrecision"] == "open" && (string?)row["effective"]!["fromPrecision"] == "day")
            .ToArray();
        Assert.NotEmpty(open);
        Assert.All(open, row => Assert.NotEqual("ended", (string?)row!["status"]));
    }

    private static void AssertHeaders(System.Net.Http.Headers.HttpResponseHeaders headers)
    {
        Assert.Contains("frame-ancestors 'none'", headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", headers.GetValues("Referrer-Policy").Single());
        Assert.NotNull(headers.CacheControl);
    }
}
