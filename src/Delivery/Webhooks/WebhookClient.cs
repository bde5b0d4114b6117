using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Delivery.Webhooks;

/// <summary>
/// Posts messages to webhooks. It follows no redirect, uses no proxy, and connects only to addresses that are allowed, whatever a name
/// resolves to at that moment. It reads no body of an answer.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    /// <summary>For connecting, sending and the headers of the answer together.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private const int MaxHeadersKilobytes = 16;

    private readonly WebhookNetworks _networks;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public WebhookClient(WebhookNetworks networks, TimeProvider time)
    {
        (_networks, _time) = (networks, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeadersKilobytes,
            MaxResponseDrainSize = 0,
            MaxConnectionsPerServer = 4,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        };
        _client = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a message once.</summary>
    /// <param name="secret">The secret, not encrypted.</param>
    public async Task<DeliveryResult> SendAsync(WebhookDelivery delivery, string secret, CancellationToken cancellationToken)
    {
        if (_networks.RefusalOf(delivery.Url) is not null)
            return DeliveryResult.Failed("address-not-allowed");
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Timeout);
        try
        {
            using var request = Compose(delivery, secret);
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bounded.Token);
            return ResultOf(answer.StatusCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryResult.Failed("timeout");
        }
        catch (HttpRequestException failure)
        {
            return DeliveryResult.Failed(
                failure switch
                {
                    { InnerException: AddressNotAllowedException } => "address-not-allowed",
                    { InnerException: AuthenticationException } => "tls",
                    { HttpRequestError: HttpRequestError.NameResolutionError } => "name-not-found",
                    _ => "unreachable",
                }
            );
        }
    }

    public void Dispose() => _client.Dispose();

    private static DeliveryResult ResultOf(HttpStatusCode status)
    {
        var word = string.Create(CultureInfo.InvariantCulture, $"http-{(int)status}");
        if (status == HttpStatusCode.Gone)
            return new DeliveryResult(DeliveryEnd.Gone, word);
        return status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices ? DeliveryResult.Delivered : DeliveryResult.Failed(word);
    }

    private HttpRequestMessage Compose(WebhookDelivery delivery, string secret)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(delivery.Body)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("SurveillanceRegistry", "1"));
        request.Headers.Add("webhook-id", delivery.Message);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Sign(secret, delivery.Message, timestamp, delivery.Body));
        return request;
    }

    /// <summary>Connects to an address that was checked itself: a name that is resolved again may lead elsewhere.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var resolved = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var permitted = resolved.Where(_networks.Allows).ToArray();
        if (permitted.Length == 0)
            throw new AddressNotAllowedException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(permitted, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A name that leads only to networks that are not allowed.</summary>
    private sealed class AddressNotAllowedException() : IOException("No address of this name is in a network that is allowed.");
}
