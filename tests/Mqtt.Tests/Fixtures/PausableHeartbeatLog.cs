using System.Collections.Concurrent;
using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>Keeps heartbeats; while held, no commit returns.</summary>
internal sealed class PausableHeartbeatLog : IHeartbeatLog
{
    private TaskCompletionSource? _held;

    public ConcurrentQueue<Heartbeat> Heartbeats { get; } = new();

    public SemaphoreSlim Appended { get; } = new(0);

    public bool IsBroken { get; set; }

    /// <summary>Those that the log had to look for before it wrote them.</summary>
    public ConcurrentQueue<Heartbeat> LookedUp { get; } = new();

    /// <summary>How many places are left in the queue. As many as in the log on PostgreSQL; who finds none waits.</summary>
    public SemaphoreSlim Places { get; } = new(8192);

    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        _held?.SetResult();
        _held = null;
    }

    public ValueTask AppendAsync(LogWrite delivery)
    {
        if (!Places.Wait(0))
            return WaitAsync();
        _ = SettleAsync(delivery);
        return ValueTask.CompletedTask;

        async ValueTask WaitAsync()
        {
            await Places.WaitAsync();
            _ = SettleAsync(delivery);
        }
    }

    /// <summary>In the order in which they came, as the log does.</summary>
    private Task _settling = Task.CompletedTask;

    private Task SettleAsync(LogWrite delivery)
    {
        lock (Appended)
            return _settling = AfterAsync(_settling, _held?.Task ?? Task.CompletedTask);

        async Task AfterAsync(Task before, Task held)
        {
            Appended.Release();
            await before;
            await held;
            Places.Release();
            if (delivery is { MayBeStored: true, Heartbeat: { } looked })
                LookedUp.Enqueue(looked);
            if (!IsBroken && delivery.Heartbeat is not null)
                Heartbeats.Enqueue(delivery.Heartbeat);
            delivery.Complete(IsBroken ? WriteResult.Failed : WriteResult.Durable);
            delivery.Flush();
        }
    }

    public Task<ImmutableArray<Heartbeat>> LatestAsync(int partition, CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<Heartbeat>.Empty);
}
