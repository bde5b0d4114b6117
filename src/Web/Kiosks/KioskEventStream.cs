using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;

namespace SurveillanceRegistry.Web.Kiosks;

/// <summary>
/// One watcher for all screens of this process: renews its watch of every place that a screen looks at, and wakes the screens there.
/// A hint that is lost costs time, never truth: screens ask by themselves.
/// </summary>
internal sealed class KioskEventStream(IGrainFactory grains, TimeProvider time, ILogger<KioskEventStream> logger)
    : BackgroundService,
        INoticeWatcher
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(IPlaceGrain.WatchSeconds / 3);

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<ConnectedKiosk, bool>> _places = new(StringComparer.Ordinal);
    private INoticeWatcher? _reference;

    /// <summary>A screen begins to watch a place, until it is disposed.</summary>
    public ConnectedKiosk Watch(string place)
    {
        var screen = new ConnectedKiosk(time, gone => _places[place].TryRemove(gone, out _));
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
            // The process ends, and with it every watch.
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
            // Renewed again in a while; until then screens poll.
            logger.LogDebug(failure, "The watch of place {Place} could not be renewed.", place);
        }
    }

    /// <summary>One screen's wait for hints. Many hints at once are one.</summary>
    internal sealed class ConnectedKiosk(TimeProvider time, Action<ConnectedKiosk> gone) : IDisposable
    {
        private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );

        public void Wake() => _hints.Writer.TryWrite(true);

        /// <summary>True when something changed; false when nothing did for so long.</summary>
        public async Task<bool> NextAsync(TimeSpan atMost, CancellationToken cancellationToken)
        {
            using var bound = new CancellationTokenSource(atMost, time);
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

        public void Dispose() => gone(this);
    }
}
