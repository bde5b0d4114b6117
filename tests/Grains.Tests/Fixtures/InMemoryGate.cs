namespace SurveillanceRegistry.Grains.Tests.Fixtures;

/// <summary>Holds up every caller while a test has closed it.</summary>
internal sealed class InMemoryGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _opened = Opened();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    public void Close() => _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _opened.TrySetResult();

    /// <summary>Waits until a number of callers are held up.</summary>
    public async Task Until(int waiting)
    {
        for (; ; )
        {
            Task changed;
            lock (_lock)
            {
                if (_waiting >= waiting)
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The greatest number of callers that were held up at once.</summary>
    public int MaxWaiting { get; private set; }

    public async Task PassAsync()
    {
        var opened = _opened.Task;
        if (opened.IsCompleted)
            return;
        Count(1);
        await opened;
        Count(-1);
    }

    private void Count(int more)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _waiting += more;
            MaxWaiting = Math.Max(MaxWaiting, _waiting);
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
