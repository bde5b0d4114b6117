using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Presence;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>Partitions that record each call; while held, no call returns.</summary>
internal sealed class RecordingPartitions : IPresencePartitions
{
    private readonly Channel<ImmutableArray<Heartbeat>> _calls = Channel.CreateUnbounded<ImmutableArray<Heartbeat>>();
    private readonly Channel<long> _deaths = Channel.CreateUnbounded<long>();
    private readonly Channel<(SessionEnd, bool)> _ends = Channel.CreateUnbounded<(SessionEnd, bool)>();
    private TaskCompletionSource? _held;

    public ConcurrentQueue<Heartbeat> Heartbeats { get; } = new();

    public ConcurrentQueue<long> Deaths { get; } = new();

    public bool IsUnreachable { get; set; }

    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        _held?.SetResult();
        _held = null;
    }

    /// <summary>The next call, as soon as it begins.</summary>
    public Task<ImmutableArray<Heartbeat>> CallAsync() => _calls.Reader.ReadAsync().AsTask().WaitAsync(BrokerFixture.Timeout);

    /// <summary>How the next session ended, and whether a death was recorded with it.</summary>
    public Task<(SessionEnd End, bool IsDeath)> EndAsync() => _ends.Reader.ReadAsync().AsTask().WaitAsync(BrokerFixture.Timeout);

    public Task<long> DeathAsync() => _deaths.Reader.ReadAsync().AsTask().WaitAsync(BrokerFixture.Timeout);

    public async Task ApplyHeartbeats(int partition, ImmutableArray<Heartbeat> heartbeats)
    {
        await _calls.Writer.WriteAsync(heartbeats);
        if (_held is { } held)
            await held.Task;
        if (IsUnreachable)
            throw new TimeoutException("The partition does not answer.");
        foreach (var heartbeat in heartbeats)
            Heartbeats.Enqueue(heartbeat);
    }

    /// <summary>While it is held, no death is stored; then it is, or is not.</summary>
    public TaskCompletionSource? PausedDeath { get; set; }

    public SemaphoreSlim DeathsAsked { get; } = new(0);

    public async Task ApplyDeath(int partition, int number, long epoch, long session, SessionEnd end)
    {
        await _ends.Writer.WriteAsync((end, true));
        Deaths.Enqueue(epoch);
        await _deaths.Writer.WriteAsync(epoch);
    }

    public async Task WaitUntilRecorded(int partition, int number)
    {
        DeathsAsked.Release();
        if (PausedDeath is { } held)
            await held.Task;
    }

    public async Task RecordSessionEnd(int partition, int number, long session, SessionEnd end) =>
        await _ends.Writer.WriteAsync((end, false));

    /// <summary>What rejected publishes reported, in order, each with the newest sequence before it.</summary>
    public ConcurrentQueue<(int Number, CaptureReport Reported, CaptureSet Unregistered, (long, long) After)> Rejected { get; } = new();

    /// <summary>The sessions that brought rejected publishes, in order.</summary>
    public ConcurrentQueue<long> RejectedSessions { get; } = new();

    public Task ApplyRejected(
        int partition,
        int number,
        CaptureReport reported,
        CaptureSet unregistered,
        long afterEpoch,
        long afterSeq,
        long session
    )
    {
        RejectedSessions.Enqueue(session);
        Rejected.Enqueue((number, reported, unregistered, (afterEpoch, afterSeq)));
        return Task.CompletedTask;
    }

    private readonly Channel<(int Number, DateTimeOffset At)> _knocks = Channel.CreateUnbounded<(int, DateTimeOffset)>();

    /// <summary>The next knock.</summary>
    public Task<(int Number, DateTimeOffset At)> KnockAsync() => _knocks.Reader.ReadAsync().AsTask().WaitAsync(BrokerFixture.Timeout);

    public bool HasKnock => _knocks.Reader.TryPeek(out _);

    public async Task RecordKnock(int partition, int number, DateTimeOffset at) => await _knocks.Writer.WriteAsync((number, at));

    /// <summary>The newest sequence of each device before the start.</summary>
    public ConcurrentDictionary<int, (long, long)> Known { get; } = new();

    public Task<(long Epoch, long Seq)> NewestSequence(int partition, int number) =>
        Task.FromResult(Known.GetValueOrDefault(number, (-1L, -1L)));
}
