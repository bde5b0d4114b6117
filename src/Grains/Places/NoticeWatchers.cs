using Microsoft.Extensions.Logging;

namespace SurveillanceRegistry.Grains.Places;

/// <summary>Those that are notified of new notices of one place.</summary>
internal sealed class NoticeWatchers(ILogger logger)
{
    private readonly Dictionary<INoticeWatcher, DateTimeOffset> _until = [];

    /// <summary>Adds a subscription, or renews it.</summary>
    public void Add(INoticeWatcher watcher, DateTimeOffset now) => _until[watcher] = now.AddSeconds(IPlaceGrain.WatchSeconds);

    /// <summary>Notifies those whose subscription has not ended.</summary>
    public async Task NotifyAsync(string place, long sequence, DateTimeOffset now)
    {
        foreach (var expired in _until.Where(watcher => watcher.Value < now).Select(watcher => watcher.Key).ToArray())
            _until.Remove(expired);
        await Task.WhenAll(_until.Keys.Select(watcher => NotifyAsync(watcher, place, sequence)));
    }

    private async Task NotifyAsync(INoticeWatcher watcher, string place, long sequence)
    {
        try
        {
            await watcher.NoticeChanged(place, sequence);
        }
        catch (Exception failure)
        {
            // A lost notification costs only time: kiosks also poll.
            logger.LogDebug(failure, "A watcher of place {Place} does not answer; it is removed.", place);
            _until.Remove(watcher);
        }
    }
}
