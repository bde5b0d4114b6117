using System.Net;
using System.Net.Sockets;
using System.Text;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Connections;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Connections;

/// <summary>A city whose registry may open few connections.</summary>
public sealed class SmallHttpCity : IAsyncLifetime
{
    internal static readonly HttpLimits Limits = new()
    {
        Connections = 24,
        ConnectionsPerAddress = 8,
        Streams = 10,
        StreamsPerAddress = 4,
    };

    internal const string Proxy = "127.0.7.1";

    internal SampleCity City { get; } = new() { Limits = Limits, Proxies = TrustedProxies.Parse(Proxy, out _) };

    public ValueTask InitializeAsync() => City.InitializeAsync();

    public ValueTask DisposeAsync() => City.DisposeAsync();
}

/// <summary>Strangers use up their own part of the connections, and no screen's.</summary>
public sealed class HttpConnectionGateTests(SmallHttpCity small) : IClassFixture<SmallHttpCity>
{
    private const string Stream = "/kiosks/" + SampleCity.LobbyKiosk + "/changes",
        Notice = "/kiosks/" + SampleCity.LobbyKiosk + "/notice";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_beyond_the_limit_of_its_address_is_answered_with_503_and_closed()
    {
        var held = await Task.WhenAll(Enumerable.Range(0, SmallHttpCity.Limits.ConnectionsPerAddress).Select(_ => DialAsync("127.0.1.1")));
        foreach (var connection in held)
            Assert.Equal(200, (await AskAsync(connection, "/health/live")).Status);

        using var refused = await DialAsync("127.0.1.1");
        var (status, head) = await AskAsync(refused, "/health/live");
        Assert.Equal(503, status);
        Assert.Contains("Retry-After: 5", head, StringComparison.Ordinal);
        Assert.Contains("Connection: close", head, StringComparison.Ordinal);
        Assert.Contains("Content-Security-Policy:", head, StringComparison.Ordinal);
        Assert.Equal(0, await refused.ReceiveAsync(new byte[1], Cancellation)); // Closed, after the whole answer was read.

        using var neighbour = await DialAsync("127.0.1.2");
        Assert.Equal(200, (await AskAsync(neighbour, "/health/live")).Status);
        Array.ForEach(held, connection => connection.Dispose());
        await EventuallyAsync(async () =>
        {
            using var again = await DialAsync("127.0.1.1");
            return (await AskAsync(again, "/health/live")).Status == 200;
        });
    }

    [Fact]
    public async Task An_event_stream_beyond_the_limit_of_its_address_is_refused_and_closed()
    {
        var streams = await Task.WhenAll(Enumerable.Range(0, SmallHttpCity.Limits.StreamsPerAddress).Select(_ => DialAsync("127.0.2.1")));
        foreach (var stream in streams)
            Assert.Equal(200, (await AskAsync(stream, Stream)).Status);

        using var refused = await DialAsync("127.0.2.1");
        var (status, head) = await AskAsync(refused, Stream);
        Assert.Equal(503, status);
        Assert.Contains("Retry-After: 15", head, StringComparison.Ordinal);
        Assert.Contains("Connection: close", head, StringComparison.Ordinal);

        using var screen = await DialAsync("127.0.2.1");
        Assert.Equal(200, (await AskAsync(screen, Notice)).Status); // The notice itself is answered.
        Array.ForEach(streams, connection => connection.Dispose());
        await EventuallyAsync(async () =>
        {
            using var again = await DialAsync("127.0.2.1");
            return (await AskAsync(again, Stream)).Status == 200;
        });
    }

    [Fact]
    public async Task A_screen_that_is_connected_goes_on_when_strangers_hold_every_place()
    {
        using var screen = await DialAsync("127.0.3.1");
        Assert.Equal(200, (await AskAsync(screen, Notice)).Status);
        var strangers = new List<Socket>();
        for (var i = 0; i < 3 * SmallHttpCity.Limits.Connections; i++)
            strangers.Add(await DialAsync($"127.0.3.{2 + i % 3}"));
        using (var late = await DialAsync("127.0.3.9"))
            Assert.Equal(503, (await AskAsync(late, Notice)).Status);
        for (var i = 0; i < 3; i++)
            Assert.Equal(200, (await AskAsync(screen, Notice)).Status);
        strangers.ForEach(stranger => stranger.Dispose());
        await EventuallyAsync(async () =>
        {
            using var late = await DialAsync("127.0.3.9");
            return (await AskAsync(late, Notice)).Status == 200;
        });
    }

    [Theory]
    [InlineData(SmallHttpCity.Proxy, 200)]
    [InlineData("127.0.7.2", 503)]
    public async Task Only_a_trusted_proxy_says_whose_request_it_passes_on(string from, int statusOfAnother)
    {
        var streams = await Task.WhenAll(Enumerable.Range(0, SmallHttpCity.Limits.StreamsPerAddress).Select(_ => DialAsync(from)));
        foreach (var stream in streams)
            Assert.Equal(200, (await AskAsync(stream, Stream, "X-Forwarded-For: 203.0.113.1\r\n")).Status);
        using (var same = await DialAsync(from))
            Assert.Equal(503, (await AskAsync(same, Stream, "X-Forwarded-For: 203.0.113.1\r\n")).Status);
        using (var another = await DialAsync(from))
            Assert.Equal(statusOfAnother, (await AskAsync(another, Stream, "X-Forwarded-For: 203.0.113.2\r\n")).Status);
        Array.ForEach(streams, stream => stream.Dispose());
        await EventuallyAsync(async () =>
        {
            using var again = await DialAsync(from);
            return (await AskAsync(again, Stream, "X-Forwarded-For: 203.0.113.1\r\n")).Status == 200;
        });
    }

    private async Task<Socket> DialAsync(string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(small.City.Url).Port, Cancellation);
        return socket;
    }

    /// <summary>
    /// Sends a request and reads the head of the answer, and its body if it has a length. A connection that was closed has the status 0.
    /// </summary>
    private static async Task<(int Status, string Head)> AskAsync(Socket connection, string path, string headers = "")
    {
        try
        {
            await connection.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n"), Cancellation);
            var text = new StringBuilder();
            var buffer = new byte[64 * 1024];
            while (true)
            {
                var read = await connection.ReceiveAsync(buffer, Cancellation);
                if (read == 0)
                    return (0, text.ToString());
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
                if (IsWhole(text.ToString()))
                    return (int.Parse(text.ToString().AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), text.ToString());
            }
        }
        catch (SocketException)
        {
            return (0, "");
        }
    }

    /// <summary>Whether the head was read, and the last chunk of a body other than an event stream's.</summary>
    private static bool IsWhole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        var head = answer[..end];
        if (head.Contains("text/event-stream", StringComparison.Ordinal))
            return true;
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal))
            return answer.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        const string Length = "Content-Length: ";
        var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith(Length, StringComparison.Ordinal))?[Length.Length..];
        return length is null
            || Encoding.UTF8.GetByteCount(answer.AsSpan(end + 4)) >= int.Parse(length, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task EventuallyAsync(Func<Task<bool>> isTrue)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await isTrue())
            await Task.Delay(5, bound.Token);
    }
}
