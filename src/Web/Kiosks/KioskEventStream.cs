using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;

namespace SurveillanceRegistry.Web.Kiosks;

/// <summary>
/// Tells the kiosks connected to this process that the notice of their place may have changed. It subscribes to each such place and renews
/// the subscription before it lapses. If a message is lost, the kiosk notices at its next poll.
/// </summary>
internal sealed class KioskEventStream(IGrainFactory grains, TimeProvider time, ILogger<KioskEventStream> logger)
    : BackgroundService,
        INoticeWatcher
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(IPlaceGrain.WatchSeconds / 3);

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<ConnectedKiosk, bool>> _places = new(StringComparer.Ordinal);
    private INoticeWatcher? _reference;

    /// <summary>Adds a screen that watches a place until it is disposed.</summary>
    public ConnectedKiosk Watch(string place)
    {
        var screen = new ConnectedKiosk(time, removed => _places[place].TryRemove(removed, out _));
        _places.GetOrAdd(place, _ => new()).TryAdd(screen, true);
        _ = RenewAsync(place);
        return screen;
    }

    public Task NoticeChanged(string place, long sequence)
    {
        foreach (var screen in _places.TryGetValue(place, out var screens) ? screens.Keys : [])
            screen.Wake();
        return Task.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Renewal, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await Task.WhenAll(_places.Where(place => !place.Value.IsEmpty).Select(place => RenewAsync(place.Key)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops, and with it every watch.
        }
    }

    private async Task RenewAsync(string place)
    {
        try
        {
            _reference ??= grains.CreateObjectReference<INoticeWatcher>(this);
            await grains.Place(place).Watch(_reference);
        }
        catch (Exception failure)
        {
            // The next renewal tries again; until then screens poll.
            logger.LogDebug(failure, "The watch of place {Place} could not be renewed; the next renewal tries again.", place);
        }
    }

    /// <summary>The hints of one connected screen. Several hints before the next read count as one.</summary>
    internal sealed class ConnectedKiosk(TimeProvider time, Action<ConnectedKiosk> remove) : IDisposable
    {
        private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );

        public void Wake() => _hints.Writer.TryWrite(true);

        /// <summary>Waits for a hint. Returns true for a hint, and false after the time or when the screen disconnected.</summary>
        public async Task<bool> NextAsync(TimeSpan timeout, CancellationToken cancellationToken)
        {
            using var bound = new CancellationTokenSource(timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
            try
            {
                return await _hints.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        public void Dispose() => remove(this);
    }
}
