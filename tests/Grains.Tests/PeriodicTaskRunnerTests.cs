using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Grains.Tests;

public sealed class PeriodicTaskRunnerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLifetime _lifetime = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lifetime.Dispose();

    private const int MaxSteps = 100;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_task_runs_at_once_and_again_after_its_interval()
    {
        var task = new CountingTask();
        using var runner = await StartAsync(task);
        await task.UntilRunAsync(1);

        _time.Advance(task.Interval);
        await task.UntilRunAsync(2);

        await runner.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_task_may_change_its_interval()
    {
        var task = new CountingTask { NextInterval = TimeSpan.FromSeconds(5) };
        var began = _time.GetUtcNow();
        using var runner = await StartAsync(task);
        await UntilNextRunAsync(task, 4, step: TimeSpan.FromSeconds(5));
        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10));
        await runner.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_failed_run_is_reported_and_the_task_runs_again()
    {
        var task = new CountingTask { Failure = new IOException("The database is away.") };
        using var runner = await StartAsync(task);
        await task.UntilRunAsync(1);
        await UntilNextRunAsync(task, 2, step: task.Interval);
        Assert.Same(task.Failure, task.Reported);
        await runner.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_task_that_needs_listeners_waits_until_the_process_has_started()
    {
        var task = new CountingTask { StartsAfterListeners = true };
        var early = new CountingTask();
        using var runner = await StartAsync(task, early);
        await early.UntilRunAsync(1);
        Assert.Equal(0, task.Runs);

        _lifetime.Start();
        await task.UntilRunAsync(1);
        await runner.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_by_the_shutdown_is_no_failure()
    {
        var task = new CountingTask { IsEndless = true };
        using var runner = await StartAsync(task);
        await task.UntilRunAsync(1);
        await runner.StopAsync(Cancellation);
        Assert.Null(task.Reported);
    }

    private async Task<PeriodicTaskRunner> StartAsync(params IPeriodicTask[] tasks)
    {
        var runner = new PeriodicTaskRunner(tasks, _lifetime, _time);
        await runner.StartAsync(Cancellation);
        return runner;
    }

    /// <summary>Lets time pass until the task has run again. The runner reads the interval a moment after the run.</summary>
    /// <summary>
    /// Moves the clock step by step until the task has run so often. Each step waits for a run, or for a moment: the runner may not have
    /// set its timer yet.
    /// </summary>
    private async Task UntilNextRunAsync(CountingTask task, int runs, TimeSpan step)
    {
        for (var steps = 0; task.Runs < runs; steps++)
        {
            Assert.InRange(steps, 0, MaxSteps);
            var next = task.NextRun;
            _time.Advance(step);
            await Task.WhenAny(next, Task.Delay(Moment, Cancellation));
        }
    }

    private sealed class CountingTask : IPeriodicTask
    {
        private int _runs;
        private TaskCompletionSource _nextRun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes with the next run.</summary>
        public Task NextRun => Volatile.Read(ref _nextRun).Task;

        public TimeSpan Interval { get; private set; } = TimeSpan.FromHours(1);

        /// <summary>The interval from the first run on; null if it does not change.</summary>
        public TimeSpan? NextInterval { get; init; }

        public bool StartsAfterListeners { get; init; }

        public bool IsEndless { get; init; }

        public Exception? Failure { get; init; }

        public Exception? Reported { get; private set; }

        public int Runs => Volatile.Read(ref _runs);

        public Task RunOnceAsync(CancellationToken cancellationToken)
        {
            Interval = NextInterval ?? Interval;
            Interlocked.Increment(ref _runs);
            Interlocked.Exchange(ref _nextRun, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            if (Failure is not null)
                throw Failure;
            return IsEndless ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask;
        }

        public void OnFailed(Exception failure) => Reported = failure;

        public async Task UntilRunAsync(int runs)
        {
            var deadline = DateTime.UtcNow.AddSeconds(10);
            while (Runs < runs && DateTime.UtcNow < deadline)
                await Task.Yield();
            Assert.True(Runs >= runs);
        }
    }

    private sealed class FakeLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication() { }

        public void Dispose() => _started.Dispose();
    }
}
