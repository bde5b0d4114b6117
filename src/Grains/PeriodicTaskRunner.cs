using Microsoft.Extensions.Hosting;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Grains;

/// <summary>
/// Repeats every registered <see cref="IPeriodicTask"/>, each in a loop of its own. The first run is at once, or when the process accepts
/// connections, as the task asks.
/// </summary>
public sealed class PeriodicTaskRunner(IEnumerable<IPeriodicTask> tasks, IHostApplicationLifetime lifetime, TimeProvider time)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var early = tasks.Where(task => !task.StartsAfterListeners).Select(task => RepeatAsync(task, stoppingToken)).ToArray();
        return Task.WhenAll([.. early, RepeatAfterListenersAsync(stoppingToken)]);
    }

    private async Task RepeatAfterListenersAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        // One after the other in the order of registration: each loop runs to its first await before the next one begins.
        await Task.WhenAll(tasks.Where(task => task.StartsAfterListeners).Select(task => RepeatAsync(task, stoppingToken)).ToArray());
    }

    private async Task RepeatAsync(IPeriodicTask task, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(task.Interval, time);
        do
        {
            try
            {
                await task.RunOnceAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                task.OnFailed(failure);
            }

            if (timer.Period != task.Interval)
                timer.Period = task.Interval;
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
