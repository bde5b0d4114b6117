using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Connections;

/// <summary>
/// Counts the connections of the HTTP listeners. A connection beyond the limits is still answered, with 503, and closed: a client that gets
/// no answer at all cannot tell a full registry from a broken one. There is room for a few such connections, for a few seconds.
/// </summary>
internal sealed class HttpConnectionGate(HttpLimits limits, TrustedProxies proxies, TimeProvider time, ILogger<HttpConnectionGate> logger)
    : IDisposable
{
    /// <summary>How many connections beyond the limits are answered with 503 at the same time. Further ones are closed.</summary>
    public const int RefusalRoom = 64;

    /// <summary>After how many seconds a refused client may try again.</summary>
    private const int RetryAfterSeconds = 5;

    private static readonly TimeSpan RefusalTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);

    private readonly NetworkLimiter _places = new(limits.Connections, limits.ConnectionsPerAddress, proxies.Contains);
    private readonly NetworkLimiter _refusals = new(RefusalRoom, RefusalRoom);
    private long _refused;
    private long _loggedAt;

    /// <summary>Runs as the first middleware of a listener.</summary>
    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        using var place = _places.TryTake((connection.RemoteEndPoint as IPEndPoint)?.Address);
        if (place is not null)
        {
            await next(connection);
            return;
        }

        LogRefusal();
        using var room = _refusals.TryTake(IPAddress.None);
        if (room is null)
            return;
        connection.Features.Set(new Refused());
        using var bound = new CancellationTokenSource(RefusalTime, time);
        await using var closing = bound.Token.Register(() => connection.Abort());
        await next(connection);
    }

    /// <summary>Answers the requests of refused connections with 503. Runs before everything that costs more.</summary>
    public static Task OnRequestAsync(HttpContext http, RequestDelegate next) =>
        http.Features.Get<Refused>() is null
            ? next(http)
            : Problem.Busy(http, RetryAfterSeconds, "Too many connections are open. Close some, or try again.").ExecuteAsync(http);

    public void Dispose()
    {
        _places.Dispose();
        _refusals.Dispose();
    }

    private void LogRefusal()
    {
        var refused = Interlocked.Increment(ref _refused);
        var (before, now) = (Interlocked.Read(ref _loggedAt), time.GetTimestamp());
        if (before != 0 && time.GetElapsedTime(before, now) < LogEvery || Interlocked.CompareExchange(ref _loggedAt, now, before) != before)
            return;
        logger.LogWarning(
            "HTTP connections are at their limit ({Limit} in all, {PerAddress} for one address): {Count} were refused since the start. "
                + "Open connections go on.",
            limits.Connections,
            limits.ConnectionsPerAddress,
            refused
        );
    }

    /// <summary>Marks a connection that was refused.</summary>
    private sealed record Refused;
}
