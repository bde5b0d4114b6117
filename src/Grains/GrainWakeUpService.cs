using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains;

/// <summary>
/// Wakes every presence partition that has devices, and every place, and so keeps them active. A partition that is not active would not
/// notice that a device fell silent.
/// </summary>
public sealed class GrainWakeUpService(
    IGrainFactory grains,
    IDeviceRegister devices,
    IPlaceRegister places,
    ExpectedStateReconciler expectedStates,
    ILogger<GrainWakeUpService> logger
) : IPeriodicTask
{
    private readonly TaskCompletionSource _firstPass = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when every grain was woken once: from then on notices are true.</summary>
    public Task FirstPass => _firstPass.Task;

    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Places need the public address, which is known when the process accepts connections.</summary>
    public bool StartsAfterListeners => true;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await expectedStates.ReconcileAsync(cancellationToken);
        await Task.WhenAll((await devices.PartitionsAsync(cancellationToken)).Select(partition => grains.Partition(partition).Wake()));
        await Task.WhenAll((await places.PlacesAsync(cancellationToken)).Select(place => grains.Place(place.Id).Describe()));
        _firstPass.TrySetResult();
    }

    public void OnFailed(Exception failure) =>
        logger.LogWarning(failure, "Not every grain could be woken; the next attempt follows in {Seconds} s.", Interval.TotalSeconds);
}
