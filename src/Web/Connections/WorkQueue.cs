using System.Threading.RateLimiting;

namespace SurveillanceRegistry.Web.Connections;

/// <summary>Too much of a kind of work waits or lasts too long. The answer is 503, with when to try again.</summary>
internal sealed class BusyException(string sentence) : Exception(sentence)
{
    public const int RetryAfterSeconds = 10;
}

/// <summary>
/// Work that takes long, such as reading a list of fifty thousand rows: few at a time in all, one at a time for each person. What comes
/// meanwhile waits, and what lasts too long ends.
/// </summary>
internal sealed class WorkQueue : IDisposable
{
    private readonly PartitionedRateLimiter<string> _places;
    private readonly TimeSpan _longest;
    private readonly TimeProvider _time;

    /// <param name="inAll">How much is done at a time.</param>
    /// <param name="ofOne">How much is done at a time for one person or program.</param>
    /// <param name="waiting">How much may wait, in all and for each.</param>
    /// <param name="longest">How long waiting and working may last.</param>
    public WorkQueue(int inAll, int ofOne, int waiting, TimeSpan longest, TimeProvider time)
    {
        (_longest, _time) = (longest, time);
        _places = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<string, string>(key =>
                RateLimitPartition.GetConcurrencyLimiter(key, _ => Places(ofOne, waiting))
            ),
            PartitionedRateLimiter.Create<string, bool>(_ => RateLimitPartition.GetConcurrencyLimiter(true, _ => Places(inAll, waiting)))
        );
    }

    /// <summary>Does work when there is a place.</summary>
    /// <exception cref="BusyException">Too much waits, or it lasted too long.</exception>
    public async Task<T> RunAsync<T>(string key, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var limit = new CancellationTokenSource(_longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var place = await _places.AcquireAsync(key, 1, either.Token);
            return place.IsAcquired
                ? await work(either.Token)
                : throw new BusyException("Too much of this is being worked out. Try again in a few seconds.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BusyException($"This lasted longer than {_longest.TotalSeconds:0} seconds. Ask for less, or try again later.");
        }
    }

    public void Dispose() => _places.Dispose();

    private static ConcurrencyLimiterOptions Places(int permits, int waiting) =>
        new()
        {
            PermitLimit = permits,
            QueueLimit = waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
}
