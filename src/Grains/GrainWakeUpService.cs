using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains;

/// <summary>
/// Wakes every presence partition that has devices, and every place, and so keeps them active. A partition that is not active would not
/// notice that a device fell silent. When the register changed, every place reads its devices again: a notification of the change may have
/// been lost with the connection that would have brought it.
/// </summary>
public sealed class GrainWakeUpService(
    IGrainFactory grains,
    IDeviceRegister devices,
    IPlaceRegister places,
    ExpectedStateReconciler expectedStates,
    IExpectedStateRegister register,
    ILogger<GrainWakeUpService> logger
) : IPeriodicTask
{
    private readonly TaskCompletionSource _firstPass = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when every grain was woken once: from then on notices are true.</summary>
    public Task FirstPass => _firstPass.Task;

    /// <summary>The version of the register at the last whole pass; null before the first.</summary>
    private long? _registerVersion;

    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Places need the public address, which is known when the process accepts connections.</summary>
    public bool StartsAfterListeners => true;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await expectedStates.ReconcileAsync(cancellationToken);
        await Task.WhenAll((await devices.PartitionsAsync(cancellationToken)).Select(partition => grains.Partition(partition).Wake()));
        var version = await register.DeviceRegisterVersionAsync(cancellationToken);
        var hasChanged = _registerVersion is { } before && before != version;
        await Task.WhenAll((await places.PlacesAsync(cancellationToken)).Select(place => WakeAsync(grains.Place(place.Id), hasChanged)));
        _registerVersion = version;
        _firstPass.TrySetResult();
    }

    private static async Task WakeAsync(IPlaceGrain place, bool hasChanged)
    {
        if (hasChanged)
            await place.MarkDevicesChanged();
        await place.Describe();
    }

    public void OnFailed(Exception failure) =>
        logger.LogWarning(failure, "Not every grain could be woken; the next attempt follows in {Seconds} s.", Interval.TotalSeconds);
}
