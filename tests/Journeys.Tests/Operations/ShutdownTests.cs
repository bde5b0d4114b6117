using System.Net.Sockets;
using System.Text;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>A registry that is asked to stop finishes what is in progress.</summary>
public sealed class ShutdownTests
{
    /// <summary>Longer than 2 s, after which the command line would end the process by default.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stop_that_takes_longer_than_two_seconds_is_orderly()
    {
        await using var registry = await Snapshot.StartHostAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(registry.Http.Host, registry.Http.Port, Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /api/v1/claims HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
            ),
            Cancellation
        );
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync(Cancellation)); // The registry waits for the body now.

        var stop = registry.StopAsync();
        await Task.Delay(Delay, Cancellation);
        Assert.False(stop.IsCompleted, "The registry ended during a request.");
        await stream.WriteAsync("{}"u8.ToArray(), Cancellation);
        Assert.Equal(0, await stop);
        Assert.Contains("Stopped.", registry.Log, StringComparison.Ordinal);
    }
}
