using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>A collector of OpenTelemetry: receives protobuf over HTTP, in which texts are readable bytes.</summary>
internal sealed class TelemetryCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string Body)> _received = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly HttpListener _listener = new();
    private readonly Task _listening;

    public TelemetryCollector()
    {
        using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Address);
        _listener.Start();
        _listening = ListenAsync();
    }

    public string Address { get; }

    public string AllBodies => string.Concat(_received.Select(one => one.Body));

    public int Count(string path, string text) => _received.Where(one => one.Path == path).Sum(one => one.Body.Split(text).Length - 1);

    public async Task WaitForAsync(string path, string text)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Count(path, text) == 0)
        {
            try
            {
                await _arrived.WaitAsync(bound.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"'{text}' was never sent to {path}.");
            }
        }
    }

    private async Task ListenAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _received.Enqueue((context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray())));
                _arrived.Release();
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _listening;
        _arrived.Dispose();
    }
}
