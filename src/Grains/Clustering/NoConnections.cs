using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace SurveillanceRegistry.Grains.Clustering;

/// <summary>
/// The transport of a silo that is alone: it listens on no socket and connects to nothing. Its grains call each other inside the process.
/// No program can join such a silo, whatever the program knows, because there is nothing to connect to.
/// </summary>
internal sealed class NoConnections : IConnectionListenerFactory, IConnectionListener, IConnectionFactory
{
    private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The name by which the silo knows itself; nothing is bound to it.</summary>
    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    /// <summary>Replaces every transport of a silo.</summary>
    public static void AddTo(IServiceCollection services)
    {
        // Orleans keeps the keys of its transports to itself, so they are found by type: one factory, one listener for silos and one for
        // clients. If a later version has others, the start fails here and no socket is opened.
        var transports = services.Index().Where(service => IsTransport(service.Item)).ToArray();
        if (transports.Count(service => service.Item.ServiceType == typeof(IConnectionListenerFactory)) != 2)
            throw new InvalidOperationException("Orleans has other listeners than this version of the registry knows how to close.");
        foreach (var (index, transport) in transports)
            services[index] = ServiceDescriptor.KeyedSingleton(transport.ServiceType, transport.ServiceKey, new NoConnections());
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return new ValueTask<IConnectionListener>(this);
    }

    /// <summary>Waits for the end of the silo: nothing ever connects.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _unbound.Task.WaitAsync(cancellationToken);

    public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException($"This silo is alone: it does not connect to {endpoint}.");

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbound.TrySetResult(null);
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync(CancellationToken.None);

    private static bool IsTransport(ServiceDescriptor service) =>
        service.IsKeyedService
        && (service.ServiceType == typeof(IConnectionListenerFactory) || service.ServiceType == typeof(IConnectionFactory));
}
