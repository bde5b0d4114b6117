namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// How many changes of a silo's units are on their way to be remembered at once. When a switch in a cellar fails, ten thousand units change
/// in
/// one moment, and most of them have to be looked up first: without a bound they would take every connection to the database, and the
/// registry would take itself for blind. A change that comes alone waits for nobody.
/// </summary>
public sealed class ChangeConcurrencyLimiter : IDisposable
{
    /// <summary>At most so many: a good commit, and fewer than there are connections.</summary>
    public const int MaxConcurrent = 64;

    private readonly SemaphoreSlim _free = new(MaxConcurrent);

    /// <summary>Waits for its turn, which ends when what is returned is disposed.</summary>
    internal ValueTask<Lease> EnterAsync()
    {
        var entering = _free.WaitAsync();
        return entering.IsCompletedSuccessfully ? new ValueTask<Lease>(new Lease(_free)) : AfterAsync(entering);
    }

    private async ValueTask<Lease> AfterAsync(Task entering)
    {
        await entering;
        return new Lease(_free);
    }

    public void Dispose() => _free.Dispose();

    internal readonly struct Lease(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
