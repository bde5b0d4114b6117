using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>Counts the devices in each state. Asks the partitions at most every two seconds, however many requests there are.</summary>
public sealed class PresenceStateCounts(
    IGrainFactory grains,
    IDeviceRegister devices,
    TimeProvider time,
    ILogger<PresenceStateCounts> logger
) : IDisposable
{
    private static readonly TimeSpan CacheDuration = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _counting = new(1);
    private ImmutableArray<(PresenceState State, int Devices)>? _last;
    private ImmutableArray<int> _partitions = [];
    private long _countedAt;

    /// <summary>Returns the number of devices by state, in the order of states; null if they cannot be counted now.</summary>
    public async Task<ImmutableArray<(PresenceState State, int Devices)>?> CountAsync(CancellationToken cancellationToken)
    {
        await _counting.WaitAsync(cancellationToken);
        try
        {
            if (_countedAt == 0 || time.GetElapsedTime(_countedAt) >= CacheDuration)
            {
                _last = await CountNowAsync(cancellationToken);
                _countedAt = time.GetTimestamp();
            }

            return _last;
        }
        finally
        {
            _counting.Release();
        }
    }

    public void Dispose() => _counting.Dispose();

    private async Task<ImmutableArray<(PresenceState, int)>?> CountNowAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Only partitions that have devices: a call would activate the others for nothing.
            _partitions = await devices.PartitionsAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Presence works without the register, and so does the count.
            logger.LogDebug("The register does not answer ({Reason}); devices are counted in the partitions known last.", failure.Message);
        }

        try
        {
            var counts = await Task.WhenAll(_partitions.Select(partition => grains.Partition(partition).CountStates()));
            return [.. Enum.GetValues<PresenceState>().Select(state => (state, counts.Sum(count => count[(int)state])))];
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("Devices cannot be counted by their state ({Reason}); the counts are shown as not known.", failure.Message);
            return null;
        }
    }
}
