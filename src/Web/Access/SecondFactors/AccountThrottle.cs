namespace SurveillanceRegistry.Web.Access.SecondFactors;

/// <summary>
/// Limits wrong codes and wrong current passwords for one account, wherever they come from. Only a person who knows the password, or has a
/// session, can reach it, so that a stranger can lock no account with it. Thread-safe; each process counts by itself.
/// </summary>
internal sealed class AccountThrottle(TimeProvider time)
{
    private const int MaxWrong = 10;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>Bounded by the number of accounts.</summary>
    private readonly Dictionary<string, Tries> _tries = new(StringComparer.Ordinal);

    private readonly Lock _lock = new();

    /// <summary>
    /// Begins a try. It counts as wrong until <see cref="Withdraw"/> is called: a burst of codes would pass while the first one is still
    /// being checked. Returns false, and counts nothing, when there were too many wrong ones.
    /// </summary>
    public bool TryBegin(string staff)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var tries = _tries.TryGetValue(staff, out var before) && before.Until > now ? before : new Tries(0, now + Window);
            if (tries.Wrong >= MaxWrong)
                return false;
            _tries[staff] = tries with { Wrong = tries.Wrong + 1 };
            return true;
        }
    }

    /// <summary>The try was right, or it was not decided.</summary>
    public void Withdraw(string staff)
    {
        lock (_lock)
        {
            if (_tries.TryGetValue(staff, out var tries) && tries.Wrong > 0)
                _tries[staff] = tries with { Wrong = tries.Wrong - 1 };
        }
    }

    /// <param name="Until">When the count is forgotten.</param>
    private readonly record struct Tries(int Wrong, DateTimeOffset Until);
}
