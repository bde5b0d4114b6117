using System.Net;
using System.Net.Sockets;
using System.Text;
using SurveillanceRegistry.Delivery.Webhooks;
using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Journeys.Tests.Delivery;

/// <summary>What a receiver can do to the sender of webhooks: nothing but to take a message, or not.</summary>
public sealed class WebhookClientTests : IDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly WebhookClient _client = new(new WebhookNetworks([IPNetwork.Parse("127.0.0.0/8")]), TimeProvider.System);

    public WebhookClientTests() => _listener.Start();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    [Fact]
    public void A_message_is_signed_as_the_example_of_the_standard_is() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSignature.Sign(Secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}")
        );

    [Theory]
    [InlineData("204 No Content", DeliveryEnd.Delivered, "delivered")]
    [InlineData("302 Found\r\nLocation: http://127.0.0.1:1/", DeliveryEnd.Failed, "http-302")]
    [InlineData("500 Internal Server Error", DeliveryEnd.Failed, "http-500")]
    [InlineData("410 Gone", DeliveryEnd.Gone, "http-410")]
    public async Task The_status_alone_decides_and_no_redirect_is_followed(string status, DeliveryEnd end, string word)
    {
        var answered = AnswerAsync(
            $"HTTP/1.1 {status}\r\nContent-Length: 1000000000\r\nConnection: close\r\n\r\nand a body that never ends"
        );
        var result = await SendAsync($"http://127.0.0.1:{Port}/hook");
        Assert.Equal(new DeliveryResult(end, word), result);
        Assert.StartsWith("POST /hook HTTP/1.1", await answered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_with_headers_without_end_is_no_delivery()
    {
        var answered = AnswerAsync("HTTP/1.1 200 OK\r\nX-Long: " + new string('x', 100_000));
        Assert.Equal("unreachable", (await SendAsync($"http://127.0.0.1:{Port}/")).Word);
        await answered;
    }

    [Fact]
    public async Task A_name_that_leads_into_a_private_network_is_not_connected()
    {
        using var strict = new WebhookClient(new WebhookNetworks([]), TimeProvider.System);
        var result = await strict.SendAsync(Message($"https://{Dns.GetHostName()}:{Port}/"), Secret, Cancellation);
        Assert.Equal(DeliveryResult.Failed("address-not-allowed"), result);
        Assert.False(_listener.Pending());
    }

    [Fact]
    public async Task A_server_without_a_valid_certificate_gets_nothing()
    {
        var answered = AnswerAsync("no TLS at all\r\n\r\n");
        Assert.Equal("tls", (await SendAsync($"https://127.0.0.1:{Port}/")).Word);
        Assert.DoesNotContain("occasion", await answered, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _client.Dispose();
        _listener.Dispose();
    }

    private static WebhookDelivery Message(string url) => new(1, 1, "msg_1", "{\"occasion\":true}", "wh-1", url, "");

    private Task<DeliveryResult> SendAsync(string url) => _client.SendAsync(Message(url), Secret, Cancellation);

    /// <summary>Reads the beginning of a request and writes an answer. Returns what it read.</summary>
    private async Task<string> AnswerAsync(string answer)
    {
        using var connection = await _listener.AcceptTcpClientAsync(Cancellation);
        var buffer = new byte[4096];
        var read = await connection.GetStream().ReadAsync(buffer, Cancellation);
        try
        {
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), Cancellation);
        }
        catch (IOException)
        {
            // The client closed, as it should.
        }

        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
