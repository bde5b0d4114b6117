using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// How many units are in which state, counted where they sit, and not more often than every few seconds however many ask.
/// </summary>
public sealed class PresenceStateCounts(
    IGrainFactory grains,
    IDeviceRegister devices,
    TimeProvider time,
    ILogger<PresenceStateCounts> logger
) : IDisposable
{
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _counting = new(1);
    private ImmutableArray<(PresenceState State, int Units)>? _last;
    private ImmutableArray<int> _partitions = [];
    private long _countedAt;

    /// <summary>Units by state, in the order of states; null when they cannot be counted now.</summary>
    public async Task<ImmutableArray<(PresenceState State, int Units)>?> CountAsync(CancellationToken cancellationToken)
    {
        await _counting.WaitAsync(cancellationToken);
        try
        {
            if (_countedAt == 0 || time.GetElapsedTime(_countedAt) >= Holds)
                (_last, _countedAt) = (await CountNowAsync(cancellationToken), time.GetTimestamp());
            return _last;
        }
        finally
        {
            _counting.Release();
        }
    }

    private async Task<ImmutableArray<(PresenceState, int)>?> CountNowAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Only partitions that have units: the others would be woken for nothing.
            _partitions = await devices.PartitionsAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The register does not answer; presence goes on without it, and so does the count.
            logger.LogDebug("Units are counted in the partitions that were known last ({Reason}).", failure.Message);
        }

        try
        {
            var counts = await Task.WhenAll(_partitions.Select(partition => grains.Partition(partition).CountStates()));
            return [.. Enum.GetValues<PresenceState>().Select(state => (state, counts.Sum(count => count[(int)state])))];
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // What cannot be counted is shown as not known.
            logger.LogWarning("Units cannot be counted by their state ({Reason}).", failure.Message);
            return null;
        }
    }

    public void Dispose() => _counting.Dispose();
}
