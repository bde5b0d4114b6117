using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SurveillanceRegistry.Web.Connections;

/// <summary>An endpoint whose packets are handled on the thread that received them.</summary>
public sealed class InlineEndPoint(IPEndPoint endpoint) : IPEndPoint(endpoint.Address, endpoint.Port);

/// <summary>How many connections a kind of listener may have open at the same time, counted where they are accepted.</summary>
public sealed class AcceptLimit(int max)
{
    private int _open;

    internal bool TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= max)
            return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref _open);
}

/// <summary>
/// The sockets of all listeners. Devices and strangers are kept apart: a page or a password that takes long on a thread must not delay the
/// acknowledgement of a device, and connections of one kind never take the places of the other. A connection beyond its limit is closed
/// before the next one is accepted, so that a burst cannot use up the open files.
/// </summary>
public sealed class ListenerTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _queued;
    private readonly SocketTransportFactory _inline;
    private readonly AcceptLimit _queuedLimit;
    private readonly AcceptLimit _inlineLimit;

    /// <param name="queued">The limit of ordinary endpoints.</param>
    /// <param name="inline">The limit of all <see cref="InlineEndPoint"/>s together.</param>
    public ListenerTransport(AcceptLimit queued, AcceptLimit inline, IOptionsFactory<SocketTransportOptions> options, ILoggerFactory logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_queuedLimit, _inlineLimit) = (queued, inline);
        _queued = new SocketTransportFactory(Options.Create(options.Create(Options.DefaultName)), logs);
        var inlineOptions = options.Create(Options.DefaultName);
        // A packet is handled on the thread that received it: ten thousand small ones a second must not change threads twice each.
        (inlineOptions.UnsafePreferInlineScheduling, inlineOptions.WaitForDataBeforeAllocatingBuffer) = (true, false);
        _inline = new SocketTransportFactory(Options.Create(inlineOptions), logs);
    }

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var isInline = endpoint is InlineEndPoint;
        var listener = await (isInline ? _inline : _queued).BindAsync(endpoint, cancellationToken);
        return new LimitedListener(listener, isInline ? _inlineLimit : _queuedLimit);
    }

    private sealed class LimitedListener(IConnectionListener listener, AcceptLimit limit) : IConnectionListener
    {
        public EndPoint EndPoint => listener.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await listener.AcceptAsync(cancellationToken) is { } connection)
            {
                if (limit.TryEnter())
                {
                    connection.ConnectionClosed.UnsafeRegister(static limit => ((AcceptLimit)limit!).Leave(), limit);
                    return connection;
                }

                connection.Abort();
                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => listener.DisposeAsync();
    }
}
