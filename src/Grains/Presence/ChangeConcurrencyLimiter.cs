namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Limits the concurrent state writes of a silo. After a network failure thousands of devices change at once. Without the limit they would
/// exhaust the connection pool, and the health monitor would report an outage. A single change does not wait.
/// </summary>
public sealed class ChangeConcurrencyLimiter : IDisposable
{
    /// <summary>Enough for one efficient commit, and less than the size of the connection pool.</summary>
    public const int MaxConcurrent = 64;

    private readonly SemaphoreSlim _free = new(MaxConcurrent);

    /// <summary>Waits for a permit. Dispose the returned lease to give it back.</summary>
    internal ValueTask<Lease> EnterAsync()
    {
        var entering = _free.WaitAsync();
        return entering.IsCompletedSuccessfully ? new ValueTask<Lease>(new Lease(_free)) : EnterWhenFreeAsync(entering);
    }

    public void Dispose() => _free.Dispose();

    private async ValueTask<Lease> EnterWhenFreeAsync(Task entering)
    {
        await entering;
        return new Lease(_free);
    }

    internal readonly struct Lease(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
