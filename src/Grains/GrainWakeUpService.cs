using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains;

/// <summary>
/// Makes the rounds: wakes every presence partition that has devices, and every place, and keeps them awake. A grain that nobody calls
/// would otherwise not notice silence.
/// </summary>
public sealed class GrainWakeUpService(
    IGrainFactory grains,
    IDeviceRegister devices,
    IPlaceRegister places,
    ExpectedStateReconciler expectations,
    TimeProvider time,
    ILogger<GrainWakeUpService> logger
) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _firstPass = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when everything was woken once: from then on notices are true.</summary>
    public Task FirstPass => _firstPass.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await WakeAllAsync(stoppingToken);
                _firstPass.TrySetResult();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The next round tries again.
                logger.LogWarning(failure, "A round could not be finished; the next begins in {Seconds} s.", Every.TotalSeconds);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task WakeAllAsync(CancellationToken cancellationToken)
    {
        await expectations.ReconcileAsync(cancellationToken);
        await Task.WhenAll((await devices.PartitionsAsync(cancellationToken)).Select(partition => grains.Partition(partition).Wake()));
        await Task.WhenAll((await places.PlacesAsync(cancellationToken)).Select(place => grains.Place(place.Id).Describe()));
    }
}
